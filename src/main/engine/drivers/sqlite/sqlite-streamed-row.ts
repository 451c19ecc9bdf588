/**
 * One row that is too large to hold as row text: its fields are put together from the pieces as they come, bytes decoded
 * at once, so that a value is held once and not beside its hex.
 */
import { isUtf8 } from 'node:buffer';
import type { SQLInputValue } from 'node:sqlite';
import { RowsRefused } from '../../driver/rows-refused.ts';
import { backslash, lineFeed, tab } from '../../model/row-bundle.ts';
import type { ColumnPlan, TablePlan } from '../../model/table-plan.ts';
import { unescapeField } from '../../row-text/decode-row.ts';
import { decoderOf } from './sqlite-value-decoder.ts';

/** Fields up to this length are decoded as a whole, the way of any other row. */
const shortFieldBytes = 64 * 1024;

export interface StreamedRow {
  /** By column. */
  readonly values: readonly SQLInputValue[];
  /** Positions of texts that are given as their bytes: a string of them would be another copy. */
  readonly texts: ReadonlySet<number>;
}

/** Throws RowsRefused. */
export async function readStreamedRow(pieces: AsyncIterable<Buffer>, plan: TablePlan): Promise<StreamedRow> {
  const values: SQLInputValue[] = [];
  const texts = new Set<number>();
  let field = new FieldCollector(plan.columns[0]!);
  for await (const piece of pieces) {
    let start = 0;
    for (let end = endOfField(piece, start); end !== -1; end = endOfField(piece, start)) {
      field.add(piece.subarray(start, end));
      if (field.isLongText) texts.add(values.length);
      values.push(field.value());
      start = end + 1;
      if (values.length < plan.columns.length) field = new FieldCollector(plan.columns[values.length]!);
    }
    field.add(piece.subarray(start));
  }
  return { values, texts };
}

function endOfField(piece: Buffer, from: number): number {
  const end = piece.indexOf(tab, from);
  return end === -1 ? piece.indexOf(lineFeed, from) : end;
}

class FieldCollector {
  readonly #column: ColumnPlan;
  /** Row text while the field is short; afterwards what it means. */
  #parts: Buffer[] = [];
  #length = 0;
  #long: LongField | null = null;

  constructor(column: ColumnPlan) {
    this.#column = column;
  }

  add(rowText: Buffer): void {
    if (rowText.length === 0) return;
    if (this.#long) return this.#long.add(rowText);
    this.#parts.push(rowText);
    this.#length += rowText.length;
    if (this.#length <= shortFieldBytes) return;
    const start = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#long = longField(start, this.#column);
  }

  get isLongText(): boolean {
    return this.#long instanceof LongText;
  }

  value(): SQLInputValue {
    if (this.#long) return this.#long.end();
    const field = Buffer.concat(this.#parts).toString('utf8');
    return field === '\\N' ? null : decoderOf(this.#column)(unescapeField(field));
  }
}

interface LongField {
  add(rowText: Buffer): void;
  end(): SQLInputValue;
}

/** `start`: the first 64 KB or more of the field, which tell its form. */
function longField(start: Buffer, column: ColumnPlan): LongField {
  const isLiteral = column.wire.kind === 'any';
  const isHex = isLiteral ? start.subarray(0, 2).toString('latin1') === "x'" : column.wire.kind === 'bytes';
  if (isHex) {
    const hex = new LongBytes(column);
    hex.add(start.subarray(isLiteral ? 2 : 3));
    return hex;
  }
  const text = new LongText(column, isLiteral);
  text.add(start);
  return text;
}

/** Pieces that join without a copy of all of them standing beside the result: the result grows by halves. */
class Joined {
  #bytes = Buffer.allocUnsafeSlow(1024 * 1024);
  #length = 0;

  append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.floor(this.#bytes.length * 1.5)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

class LongBytes implements LongField {
  readonly #column: ColumnPlan;
  readonly #joined = new Joined();
  /** A hex digit whose pair is in the next piece. */
  #odd = '';

  constructor(column: ColumnPlan) {
    this.#column = column;
  }

  add(rowText: Buffer): void {
    let hex = this.#odd + rowText.toString('latin1');
    // The closing quote of a literal.
    if (hex.endsWith("'")) hex = hex.slice(0, -1);
    const whole = hex.length - (hex.length % 2);
    this.#odd = hex.slice(whole);
    const bytes = Buffer.from(hex.slice(0, whole), 'hex');
    if (bytes.length * 2 !== whole) throw refusal(this.#column, 'bytes that are not hexadecimal');
    this.#joined.append(bytes);
  }

  end(): SQLInputValue {
    if (this.#odd !== '') throw refusal(this.#column, 'bytes that are not hexadecimal');
    return this.#joined.bytes;
  }
}

const refusal = ({ target }: ColumnPlan, what: string) =>
  new RowsRefused(`Column ${target.name} (${target.nativeType}) does not take ${what}`, 'SQLITE_MISMATCH', target.name);

class LongText implements LongField {
  readonly #column: ColumnPlan;
  readonly #isLiteral: boolean;
  readonly #joined = new Joined();
  #escape = false;

  constructor(column: ColumnPlan, isLiteral: boolean) {
    this.#column = column;
    this.#isLiteral = isLiteral;
  }

  /** Unescapes: a backslash may be the last byte of one piece and its letter the first of the next. */
  add(rowText: Buffer): void {
    let start = 0;
    while (start < rowText.length) {
      if (this.#escape) {
        this.#joined.append(Buffer.from(unescapeField(`\\${String.fromCharCode(rowText[start]!)}`), 'latin1'));
        this.#escape = false;
        start++;
        continue;
      }
      const at = rowText.indexOf(backslash, start);
      const end = at === -1 ? rowText.length : at;
      this.#joined.append(rowText.subarray(start, end));
      this.#escape = at !== -1;
      start = end + 1;
    }
  }

  end(): SQLInputValue {
    const { bytes } = this.#joined;
    if (!isUtf8(bytes)) throw refusal(this.#column, 'text that is not UTF-8');
    return this.#isLiteral ? this.#withoutQuotes(bytes) : bytes;
  }

  /** `'it''s'` => it's, in place. */
  #withoutQuotes(literal: Buffer): Buffer {
    if (literal[0] !== quote || literal.at(-1) !== quote) throw refusal(this.#column, 'what is not an SQLite literal');
    let length = 0;
    for (let start = 1; start < literal.length - 1;) {
      // Of two quotes the first one is kept.
      const at = literal.indexOf(quote, start);
      const end = at === literal.length - 1 ? at : at + 1;
      literal.copyWithin(length, start, end);
      length += end - start;
      start = end + 1;
    }
    return literal.subarray(0, length);
  }
}

/** Byte of `'`. */
const quote = 0x27;
