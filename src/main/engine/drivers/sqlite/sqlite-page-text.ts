/**
 * Pages that SQLite itself puts together as row text: one blob per page, and no value ever becomes one of JavaScript's
 * (measured for 1 M rows of five columns: 0.4 s of CPU against 1.0 s). It is done on trust and then checked: a page with a
 * character to escape, a value of another class or a large one is not given out, and has to be read row by row.
 */
import { isUtf8 } from 'node:buffer';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { backslash, carriageReturn, type RowBundle } from '../../model/row-bundle.ts';
import type { ColumnPlan } from '../../model/table-plan.ts';
import type { SqliteRow } from './sqlite-connection.ts';
import { quoteName } from './sqlite-names.ts';
import { affinityOf } from './sqlite-types.ts';

/** Below SQLite's limits of 1,000 arguments and 1,000 levels of an expression. */
const mostColumns = 300;
/** Cells longer than this are left to the other way. */
const mostCellBytes = 8 * 1024;
/** After a page that was not given out, so many pages are not tried; doubled each time, up to the second number. */
const firstPause = 1;
const longestPause = 64;

export interface TextPage {
  readonly bundle: RowBundle;
  /** Rowid of the page's last row. */
  readonly last: bigint;
}

/** Rowids from `from` to `to`, at most `rows` of them. */
export interface PageBounds {
  readonly from: bigint;
  readonly to: bigint;
  readonly rows: number;
}

export class PageText {
  readonly #statement: StatementSync;
  readonly #columns: number;
  #pause = firstPause;
  /** Pages that are still to be left out. */
  #resting = 0;

  /** `origin`: FROM and WHERE, with the bounds as ?1 and ?4. Null where a column's values are not SQLite's to write. */
  static for(database: DatabaseSync, columns: readonly ColumnPlan[], origin: string, rowid: string): PageText | null {
    if (columns.length > mostColumns) return null;
    const fields = columns.map(fieldOf);
    return fields.every((field) => field !== null) ? new PageText(database, fields, origin, rowid) : null;
  }

  private constructor(database: DatabaseSync, fields: readonly Field[], origin: string, rowid: string) {
    this.#columns = fields.length;
    const line = fields.map(({ text }, index) => `${text}, '${index === fields.length - 1 ? '\n' : '\t'}'`);
    // CASE stops at the first that is true, where OR works out all of them.
    const odd = fields.flatMap((field) => (field.odd === null ? [] : [`WHEN ${field.odd} THEN 1`]));
    const backslashes = fields.map((field) => field.backslashes);
    this.#statement = database.prepare(
      `SELECT CAST(group_concat(line, '') AS BLOB), count(*), max(key), sum(backslashes), sum(odd) FROM (
        SELECT ${rowid} AS key, concat(${line.join(', ')}) AS line, ${backslashes.join(' + ')} AS backslashes,
          CASE WHEN ?3 < 0 THEN 1 ${odd.join(' ')} END AS odd${origin} ORDER BY ${rowid} LIMIT ?2)`,
    );
  }

  /** Null where the page has to be read row by row. */
  read({ from, rows, to }: PageBounds): TextPage | null {
    if (this.#resting > 0) {
      this.#resting--;
      return null;
    }
    const [bytes, count, last, backslashes, odd] = this.#statement.get(
      from,
      rows,
      mostCellBytes,
      to,
    ) as unknown as SqliteRow as [Uint8Array | null, bigint, bigint, bigint, bigint | null];
    if (bytes === null) return null;
    const bundle = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rows: Number(count) };
    // Separators and marks are all there may be: one more byte like them is one that had to be escaped.
    const expected = bundle.rows * this.#columns + Number(backslashes);
    if (odd || countSpecial(bundle.bytes) !== expected || !isUtf8(bundle.bytes)) {
      this.#resting = this.#pause;
      this.#pause = Math.min(longestPause, this.#pause * 2);
      return null;
    }
    this.#pause = firstPause;
    return { bundle, last };
  }
}

/** Bytes that row text escapes, and NUL; some control characters that need no escape are among them, and cost time only. */
function countSpecial(bytes: Buffer): number {
  let count = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (byte <= carriageReturn || byte === backslash) count++;
  }
  return count;
}

interface Field {
  /** Expression of the field's text, as it is without escapes. */
  readonly text: string;
  /** Expression: how many backslashes the field holds. */
  readonly backslashes: string;
  /** Condition: the value is not for SQLite to write. May be NULL for a NULL. null: never. */
  readonly odd: string | null;
}

function fieldOf({ source, wire }: ColumnPlan): Field | null {
  const c = quoteName(source.name);
  const affinity = affinityOf(source.nativeType);
  const plain = (odd: string | null): Field => ({ text: `coalesce(${c}, '\\N')`, backslashes: `(${c} IS NULL)`, odd });
  // Storage classes sort: numbers before texts, texts before blobs.
  const isLong = `octet_length(${c}) > ?3`;
  const isNoText = `${c} >= x'' OR ${isLong}`;
  switch (wire.kind) {
    case 'integer':
      if (source.identity !== null) return plain(null);
      return affinity === 'integer' ? plain(`${c} IS NOT NULL AND typeof(${c}) <> 'integer'`) : null;
    case 'float':
      return affinity === 'real' ? plain(`${c} NOT BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308`) : null;
    case 'decimal':
      if (affinity === 'text') return plain(isNoText);
      return affinity === 'numeric' ? plain(isNoShortDecimal(c, wire.precision, wire.scale ?? 0)) : null;
    case 'boolean':
      return {
        text: `CASE ${c} WHEN 1 THEN 't' WHEN 0 THEN 'f' ELSE '\\N' END`,
        backslashes: `(${c} IS NULL)`,
        odd: `${c} IS NOT NULL AND (typeof(${c}) <> 'integer' OR ${c} NOT IN (0, 1))`,
      };
    case 'bytes':
      return {
        text: `iif(${c} IS NULL, '\\N', '\\\\x' || lower(hex(${c})))`,
        backslashes: `iif(${c} IS NULL, 1, 2)`,
        odd: `${c} IS NOT NULL AND typeof(${c}) <> 'blob' OR ${isLong}`,
      };
    case 'date':
      return plain(`date(${c}) IS NOT ${c} OR ${c} < '0001'`);
    case 'time':
      return plain(isNoClock(c, 'time', 8));
    case 'timestamp':
    case 'timestamptz':
      return plain(`${isNoClock(c, 'datetime', 19)} OR ${c} < '0001'`);
    case 'uuid':
      return affinity === 'text' ? plain(`${c} <> lower(${c}) OR ${isNoText}`) : null;
    case 'any':
      return null;
    default:
      return plain(affinity === 'text' ? isNoText : `${c} < '' OR ${isNoText}`);
  }
}

/**
 * SQLite writes a REAL with 15 digits where they mean the same float, else with 17, which are not the shortest, and very large
 * and small ones with an exponent. Arithmetic is cheaper than a look at the digits.
 */
function isNoShortDecimal(c: string, precision: number | null, scale: number): string {
  if (precision === null || precision > 15 || scale > 4) {
    return `${c} >= '' OR typeof(${c}) = 'real' AND (length(${c}) > 16 OR abs(${c}) < 1e-4 OR abs(${c}) >= 1e15)`;
  }
  return `${c} >= 1e${precision - scale} OR ${c} <= -1e${precision - scale} OR round(${c} * 1e${scale}) / 1e${scale} <> ${c}`;
}

/** Not canonical as it is: that has nothing after the seconds, or a fraction of up to six digits and no zero at its end. */
function isNoClock(c: string, call: 'time' | 'datetime', length: number): string {
  const start = `substr(${c}, 1, ${length})`;
  return (
    `CASE WHEN ${c} IS NULL OR ${call}(${c}) IS ${c} THEN 0 ` +
    `WHEN substr(${c}, ${length + 1}, 1) = '.' AND ltrim(substr(${c}, ${length + 2}), '0123456789') = '' ` +
    `THEN ${call}(${start}) IS NOT ${start} OR length(${c}) > ${length + 7} OR substr(${c}, -1) NOT BETWEEN '1' AND '9' ` +
    `ELSE 1 END`
  );
}
