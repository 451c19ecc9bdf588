/** Reads a table in row binary from the file's own pages: no value passes through SQL, nor becomes one of JavaScript's. */
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { BinaryReader } from '../../../driver/driver.ts';
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { RowBundle } from '../../../model/row-bundle.ts';
import type { KeyRange, TablePlan } from '../../../model/table-plan.ts';
import type { BinaryType } from '../../../row-binary/binary-type.ts';
import { RowBinaryEncoder } from '../../../row-binary/row-binary-encoder.ts';
import { BufferPool } from '../../../row-text/buffer-pool.ts';
import { rowidName } from '../sqlite-page-source.ts';
import { DatabaseFile } from './database-file.ts';
import type { HeldFile } from './held-file.ts';
import { RecordEncoder, type EncodedColumn } from './record-encoder.ts';
import { fieldEncoder } from './record-fields.ts';
import { RecordReader } from './record-reader.ts';
import { storageOf, type TableStorage } from './table-storage.ts';
import { allRowids, leafPages } from './table-walk.ts';

/** A bundle is handed on at the first page end past this many bytes. */
const bundleBytes = 256 * 1024;
/** With the rows of the last page. */
const bufferBytes = 512 * 1024;

export class FileReader implements BinaryReader {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #held: HeldFile;
  readonly #throwIfEnded: () => void;
  readonly #buffers = new BufferPool(bufferBytes);

  /** `database`: a connection in a read transaction. */
  constructor(database: DatabaseSync, path: string, held: HeldFile, throwIfEnded: () => void) {
    this.#database = database;
    this.#path = path;
    this.#held = held;
    this.#throwIfEnded = throwIfEnded;
  }

  async offers(plan: TablePlan, types: readonly BinaryType[]): Promise<boolean> {
    this.#throwIfEnded();
    const { query, where, schema } = plan.source;
    return (
      query === null &&
      where === null &&
      rowidName(schema) !== null &&
      plan.columns.every((column, index) => fieldEncoder(column, types[index]!) !== null) &&
      DatabaseFile.open(this.#database, this.#path, this.#held) !== null
    );
  }

  async *read(plan: TablePlan, range: KeyRange | null, types: readonly BinaryType[]): AsyncGenerator<RowBundle> {
    this.#throwIfEnded();
    const file = DatabaseFile.open(this.#database, this.#path, this.#held);
    if (!file) throw new BinaryDoubt('a file that cannot be read beside SQLite');
    const storage = storageOf(this.#database, plan.source.table.name);
    const rowids = {
      from: BigInt(range?.from ?? allRowids.from),
      to: typeof range?.to === 'string' ? BigInt(range.to) - 1n : allRowids.to,
    };
    const out = new RowBinaryEncoder(this.#buffers.take());
    const records = new RecordReader(file, storage.columns.length, rowids);
    const rows = new RecordEncoder(records, encodedColumns(plan, types, storage), out);
    for (const page of leafPages(file, storage.root, rowids)) {
      records.read(page, rows.add);
      if (out.length < bundleBytes) continue;
      yield* this.#handOn(out, rows);
      // All work here is synchronous: other pipelines, timers and signals get their turn between bundles.
      await setImmediate();
      this.#throwIfEnded();
    }
    if (out.length > 0) yield* this.#handOn(out, rows);
  }

  *#handOn(out: RowBinaryEncoder, rows: RecordEncoder): Generator<RowBundle> {
    const bytes = out.take(this.#buffers.take());
    yield { bytes, rows: rows.takeRows() };
    this.#buffers.give(bytes);
  }
}

function encodedColumns(plan: TablePlan, types: readonly BinaryType[], storage: TableStorage): EncodedColumn[] {
  return plan.columns.map((column, index) => {
    const place = storage.columns.findIndex(({ name }) => name === column.source.name);
    const encode = fieldEncoder(column, types[index]!);
    if (place === -1 || !encode) throw new BinaryDoubt('a column that is not stored');
    const { isNullWhereAbsent } = storage.columns[place]!;
    return { place, isRowid: column.source.identity !== null, isNullWhereAbsent, encode };
  });
}
