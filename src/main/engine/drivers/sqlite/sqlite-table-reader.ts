/** Reads tables of one snapshot connection as row text. */
import { isUtf8 } from 'node:buffer';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { BinaryReader, TableReader } from '../../driver/driver.ts';
import type { RowBundle } from '../../model/row-bundle.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import { FileReader } from './file-format/file-reader.ts';
import type { HeldFile } from './file-format/held-file.ts';
import type { SqliteRow } from './sqlite-connection.ts';
import type { ErrorPlace } from './sqlite-errors.ts';
import { sqliteError } from './sqlite-errors.ts';
import { isHeldBack } from './sqlite-held-back.ts';
import { largeField } from './sqlite-large-value.ts';
import { openPageSource, type PageSource } from './sqlite-page-source.ts';
import { encoderOf, NeedsCare, UnencodableValue, type EncodeValue } from './sqlite-value-encoder.ts';

export interface ReaderContext {
  readonly place: ErrorPlace;
  readonly held: HeldFile;
  /** Throws once the session is cancelled: SQLite's own work cannot be interrupted, only not gone on with. */
  readonly throwIfEnded: () => void;
}

export class SqliteTableReader implements TableReader {
  readonly #database: DatabaseSync;
  readonly #place: ErrorPlace;
  readonly #throwIfEnded: () => void;

  readonly binary: BinaryReader;

  constructor(database: DatabaseSync, { place, held, throwIfEnded }: ReaderContext) {
    this.#database = database;
    this.#place = place;
    this.#throwIfEnded = throwIfEnded;
    this.binary = new FileReader(database, place.path, held, throwIfEnded);
  }

  async *read(plan: TablePlan, range: KeyRange | null): AsyncGenerator<RowBundle> {
    this.#throwIfEnded();
    try {
      const source = openPageSource(this.#database, plan, range);
      const encoder = new PageEncoder(plan, source);
      for (;;) {
        const bundles = nextBundles(source, encoder);
        if (bundles === null) return;
        let bytes = 0;
        let rows = 0;
        for (const bundle of bundles) {
          bytes += bundle.bytes.length;
          rows += bundle.rows;
          yield bundle;
        }
        source.adjust(bytes, rows);
        // All work here is synchronous: other pipelines, timers and signals get their turn between pages.
        await setImmediate();
        this.#throwIfEnded();
      }
    } catch (error) {
      this.#throwIfEnded();
      throw sqliteError(error, this.#place);
    }
  }
}

function nextBundles(source: PageSource, encoder: PageEncoder): Iterable<RowBundle> | null {
  const text = source.nextText();
  if (text) return [text];
  const page = source.next();
  return page && encoder.encode(page);
}

class PageEncoder {
  readonly #plan: TablePlan;
  readonly #source: PageSource;
  readonly #encoders: readonly EncodeValue[];

  constructor(plan: TablePlan, source: PageSource) {
    this.#plan = plan;
    this.#source = source;
    this.#encoders = plan.columns.map((column) => encoderOf(column));
  }

  /** A page without large or suspect values is one bundle. */
  *encode(page: readonly SqliteRow[]): Generator<RowBundle> {
    for (let row = 0; row < page.length;) {
      const { text, rows } = this.#encodeRows(page, row);
      if (rows > 0) yield { bytes: Buffer.from(text, 'utf8'), rows };
      row += rows;
      if (row < page.length) yield* this.#encodeWithCare(page[row]!, row++);
    }
  }

  /** Rows from `start` on, up to the first one that needs care. */
  #encodeRows(page: readonly SqliteRow[], start: number): { text: string; rows: number } {
    const encoders = this.#encoders;
    const columns = encoders.length;
    let text = '';
    let index = start;
    let column = 0;
    try {
      for (; index < page.length; index++) {
        const row = page[index]!;
        column = 0;
        let line = encoders[0]!(row[0]!);
        for (column = 1; column < columns; column++) line += `\t${encoders[column]!(row[column]!)}`;
        text += `${line}\n`;
      }
    } catch (error) {
      if (!(error instanceof NeedsCare)) throw this.#explain(error, index, column);
    }
    return { text, rows: index - start };
  }

  *#encodeWithCare(row: SqliteRow, index: number): Generator<RowBundle> {
    const { columns } = this.#plan;
    for (const [position, column] of columns.entries()) {
      try {
        const value = this.#careful(row[position]!, index, position);
        for (const bytes of largeField(value, column)) yield { bytes, rows: 0 };
      } catch (error) {
        throw this.#explain(error, index, position);
      }
      if (position < columns.length - 1) yield { bytes: Buffer.from('\t'), rows: 0 };
    }
    yield { bytes: Buffer.from('\n'), rows: 1 };
  }

  /** The cell's whole value; text in it is what is stored, and not what node:sqlite made of other bytes. */
  #careful(given: SQLOutputValue, index: number, column: number): SQLOutputValue {
    const value = given instanceof Uint8Array && isHeldBack(given) ? this.#source.fetchCell(index, column) : given;
    if (typeof value === 'string' && value.includes('\ufffd') && !isUtf8(this.#source.fetchBytes(index, column))) {
      throw new UnencodableValue('text that is not UTF-8');
    }
    return value;
  }

  #explain(error: unknown, index: number, column: number): unknown {
    if (!(error instanceof UnencodableValue)) return error;
    const { label } = this.#plan;
    const { name } = this.#plan.columns[column]!.source;
    return new SluiceError(
      'value_unsupported',
      `Column "${name}" of "${label}" holds ${error.message} (${this.#source.describeRow(index)}).`,
      { table: label, column: name },
      error,
    );
  }
}
