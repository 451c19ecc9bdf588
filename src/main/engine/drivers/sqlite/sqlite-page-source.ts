/**
 * Rows of a plan in pages of a few milliseconds. Tables are paged along their rowid, each page a query of its own; what
 * has no rowid (views, queries, WITHOUT ROWID) is one statement that is stepped.
 */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { RowBundle } from '../../model/row-bundle.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { TableSchema } from '../../model/table-schema.ts';
import { allRows, type SqliteRow } from './sqlite-connection.ts';
import { heldBack } from './sqlite-held-back.ts';
import { quoteName } from './sqlite-names.ts';
import { PageText } from './sqlite-page-text.ts';
import { firstStatement } from './sqlite-first-statement.ts';

export interface PageSource {
  /** The next rows as row text, where that takes no more than SQLite itself; null: see `next`. */
  nextText(): RowBundle | null;
  /** The next rows, the plan's columns first and in its order; null at the end. Large cells are `heldBack`. */
  next(): SqliteRow[] | null;
  /** How many bytes of row text the rows given out last became, from which the next page's length is chosen. */
  adjust(bytes: number, rows: number): void;
  /** How messages call a row of the page given out last. */
  describeRow(index: number): string;
  /** The value of a cell that was held back. */
  fetchCell(index: number, column: number): SQLOutputValue;
  /** The stored bytes of a text, in the database's encoding. */
  fetchBytes(index: number, column: number): Uint8Array;
}

/** SQLITE_MAX_COLUMN, for results too. */
const mostResultColumns = 2000;
const pageBytes = 256 * 1024;
const mostRows = 2000;
/** Cells longer than this are read one at a time. */
const mostCellBytes = 1024 * 1024;
/** Bound for all cells of a page together, so that a page cannot fill the memory. */
const mostPageBytes = 16 * 1024 * 1024;

export function openPageSource(database: DatabaseSync, plan: TablePlan, range: KeyRange | null): PageSource {
  const alias = plan.source.query === null ? rowidName(plan.source.schema) : null;
  // The rowid is one column more than the plan's.
  return alias === null || plan.columns.length >= mostResultColumns
    ? new SteppedSource(database, plan, range)
    : new RowidSource(database, plan, range, alias);
}

/** A name for the rowid that no column takes; null where there is no rowid. */
export function rowidName(
  table: Pick<TableSchema, 'kind' | 'traits'> & { readonly columns: readonly { readonly name: string }[] },
): string | null {
  if (table.kind !== 'table' || table.traits.includes('without-rowid')) return null;
  const taken = new Set(table.columns.map((column) => column.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null;
}

/** FROM and WHERE of a plan. The user's own text ends with a line, since its last one may be a comment. */
function originOf(plan: TablePlan, conditions: readonly string[]): string {
  const { where, table } = plan.source;
  const query = plan.source.query === null ? null : firstStatement(plan.source.query).text;
  const all = where === null ? conditions : [...conditions, `(\n${where}\n)`];
  const from = query === null ? quoteName(table.name) : `(\n${query}\n)`;
  return ` FROM ${from}${all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`}`;
}

const boundOf = (bound: string | null | undefined): bigint[] => (typeof bound === 'string' ? [BigInt(bound)] : []);

/** Types whose values are never long enough to fill a page. */
const isShort = ({ kind }: NeutralType) => kind === 'integer' || kind === 'float' || kind === 'boolean';

class RowidSource implements PageSource {
  readonly #database: DatabaseSync;
  readonly #table: string;
  readonly #rowid: string;
  readonly #columns: readonly string[];
  readonly #statement: StatementSync;
  readonly #text: PageText | null;
  /** Cells of a row whose length is looked at. */
  readonly #guarded: number;
  readonly #to: bigint;
  #from: bigint;
  #page: SqliteRow[] = [];
  #rows = 100;
  #ended = false;

  constructor(database: DatabaseSync, plan: TablePlan, range: KeyRange | null, rowid: string) {
    this.#database = database;
    this.#table = quoteName(plan.source.table.name);
    this.#rowid = rowid;
    this.#columns = plan.columns.map((column) => quoteName(column.source.name));
    const cells = plan.columns.map(({ wire }, index) => {
      const name = this.#columns[index]!;
      return isShort(wire) ? name : `iif(octet_length(${name}) > ?3, ?5, ${name})`;
    });
    this.#guarded = cells.filter((cell, index) => cell !== this.#columns[index]).length;
    this.#from = BigInt(range?.from ?? -(2n ** 63n));
    this.#to = BigInt(range?.to ?? 2n ** 63n - 1n);
    const origin = originOf(plan, [`${rowid} >= ?1`, `${rowid} ${typeof range?.to === 'string' ? '<' : '<='} ?4`]);
    const isUtf8 = allRows(database, 'PRAGMA encoding')[0]![0] === 'UTF-8';
    this.#text = isUtf8 ? PageText.for(database, plan.columns, origin, rowid) : null;
    this.#statement = database.prepare(
      // Names ?3 and ?5 once more, since a parameter that no cell uses could not be bound.
      `SELECT ${[...cells, rowid].join(', ')}${origin} ORDER BY ${rowid} LIMIT ?2 + 0 * (?3 IS ?5)`,
    );
  }

  nextText(): RowBundle | null {
    if (this.#ended || this.#text === null) return null;
    const page = this.#text.read({ from: this.#from, rows: this.#rows, to: this.#to });
    if (page === null) return null;
    this.#pass(page.bundle.rows, page.last);
    return page.bundle;
  }

  next(): SqliteRow[] | null {
    if (this.#ended) return null;
    const perCell = Math.floor(mostPageBytes / (this.#rows * Math.max(1, this.#guarded)));
    const values = [this.#from, this.#rows, Math.min(mostCellBytes, perCell), this.#to, heldBack];
    this.#page = this.#statement.all(...values) as unknown as SqliteRow[];
    if (this.#page.length === 0) return null;
    this.#pass(this.#page.length, this.#key(this.#page.length - 1));
    return this.#page;
  }

  #pass(rows: number, last: bigint): void {
    this.#ended = rows < this.#rows || last === 2n ** 63n - 1n;
    this.#from = last + 1n;
  }

  adjust(bytes: number, rows: number): void {
    const wanted = Math.floor((pageBytes * rows) / Math.max(1, bytes));
    this.#rows = Math.min(mostRows, this.#rows * 4, Math.max(1, wanted));
  }

  describeRow(index: number): string {
    return `rowid ${this.#key(index)}`;
  }

  fetchCell(index: number, column: number): SQLOutputValue {
    return this.#fetch(index, this.#columns[column]!);
  }

  fetchBytes(index: number, column: number): Uint8Array {
    return this.#fetch(index, `CAST(${this.#columns[column]} AS BLOB)`) as Uint8Array;
  }

  #key(index: number): bigint {
    return this.#page[index]![this.#columns.length] as bigint;
  }

  #fetch(index: number, expression: string): SQLOutputValue {
    const sql = `SELECT ${expression} FROM ${this.#table} WHERE ${this.#rowid} = ?`;
    return allRows(this.#database, sql, this.#key(index))[0]![0]!;
  }
}

class SteppedSource implements PageSource {
  readonly #database: DatabaseSync;
  readonly #columns: readonly string[];
  readonly #origin: string;
  readonly #bounds: SQLInputValue[];
  readonly #rows: Iterator<SqliteRow>;
  /** Number of rows before the page given out last, and in it. */
  #before = 0;
  #length = 0;
  /** Cells that were taken out of the page's last row. */
  readonly #large = new Map<number, SQLOutputValue>();

  constructor(database: DatabaseSync, plan: TablePlan, range: KeyRange | null) {
    this.#database = database;
    this.#columns = plan.columns.map((column) => quoteName(column.source.name));
    const conditions: string[] = [];
    this.#bounds = [];
    for (const [bound, comparison] of [[range?.from, '>='] as const, [range?.to, '<'] as const]) {
      for (const value of boundOf(bound)) {
        conditions.push(`${quoteName(range!.column)} ${comparison} ?`);
        this.#bounds.push(value);
      }
    }
    this.#origin = originOf(plan, conditions);
    const statement = database.prepare(`SELECT ${this.#columns.join(', ')}${this.#origin}`);
    this.#rows = statement.iterate(...this.#bounds) as unknown as Iterator<SqliteRow>;
  }

  nextText(): null {
    return null;
  }

  next(): SqliteRow[] | null {
    this.#before += this.#length;
    this.#large.clear();
    const page: SqliteRow[] = [];
    for (let bytes = 0; bytes < pageBytes && page.length < mostRows && this.#large.size === 0;) {
      const step = this.#rows.next();
      if (step.done) break;
      page.push(step.value);
      bytes += this.#takeLarge(step.value);
    }
    this.#length = page.length;
    return page.length === 0 ? null : page;
  }

  /** Takes the large cells out of a row; returns about how many bytes are left. */
  #takeLarge(row: SqliteRow): number {
    let bytes = 0;
    for (const [index, value] of row.entries()) {
      const length = typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
      if (length > mostCellBytes) {
        this.#large.set(index, value);
        row[index] = heldBack;
      } else bytes += length;
    }
    return bytes;
  }

  /** Pages end by bytes already. */
  adjust(): void {}

  describeRow(index: number): string {
    return `row ${this.#before + index + 1} of the result`;
  }

  fetchCell(_index: number, column: number): SQLOutputValue {
    return this.#large.get(column)!;
  }

  /** Reads the row again, by its number: the same columns of the same snapshot come in the same order. */
  fetchBytes(index: number, column: number): Uint8Array {
    const casts = this.#columns.map((name) => `CAST(${name} AS BLOB)`).join(', ');
    const sql = `SELECT ${casts}${this.#origin} LIMIT 1 OFFSET ${this.#before + index}`;
    return allRows(this.#database, sql, ...this.#bounds)[0]![column] as Uint8Array;
  }
}
