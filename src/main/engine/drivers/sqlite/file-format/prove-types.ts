/** Proves types of columns from the file's own pages, which costs a third of what SQL does. */
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { NeutralType } from '../../../model/neutral-type.ts';
import { allRows } from '../sqlite-connection.ts';
import { quoteName } from '../sqlite-names.ts';
import { DatabaseFile } from './database-file.ts';
import type { HeldFile } from './held-file.ts';
import { plainValues, type ExpectPlain } from './plain-values.ts';
import { RecordReader } from './record-reader.ts';
import { serialTypes } from './stored-value.ts';
import { storageOf, type TableStorage } from './table-storage.ts';
import { allRowids, leafPages } from './table-walk.ts';

/** Below this many rows SQL has told before the pages are found. */
const leastRows = 5000;
/** How long one read transaction lasts: writers wait for it, and so does everything else in this thread. */
const sliceMs = 20;

export interface Candidate {
  readonly name: string;
  readonly type: NeutralType;
}

export interface ReadableFile {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly held: HeldFile;
  /** Throws once the session is cancelled. */
  readonly throwIfEnded: () => void;
}

/** Names of the candidates whose every value is in the plain form of the type; of the others nothing is known. `rowid`: its name. */
export async function provenColumns(
  file: ReadableFile,
  table: string,
  rowid: string,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<string>> {
  const { database, throwIfEnded } = file;
  const open = new Map<string, ExpectPlain>();
  for (const { name, type } of candidates) {
    const expect = plainValues(type);
    if (expect) open.set(name, expect);
  }
  const isLarge = allRows(database, `SELECT ${rowid} FROM ${quoteName(table)} LIMIT 1 OFFSET ${leastRows}`).length > 0;
  if (database.isTransaction || !isLarge) return new Set();
  for (let from: bigint | null = allRowids.from; from !== null && open.size > 0;) {
    from = lookAtSlice(file, table, from, open);
    await setImmediate();
    throwIfEnded();
  }
  return new Set(open.keys());
}

/** Takes away columns with a value that is not plain. Returns where to go on; null: nowhere. */
function lookAtSlice(
  { database, path, held }: ReadableFile,
  table: string,
  from: bigint,
  open: Map<string, ExpectPlain>,
): bigint | null {
  database.exec('BEGIN');
  try {
    const storage = storageOf(database, table);
    const file = DatabaseFile.open(database, path, held);
    if (!file) throw new BinaryDoubt('a file that cannot be read beside SQLite');
    const range = { from, to: allRowids.to };
    const records = new RecordReader(file, storage.columns.length, range);
    const look = lookAt(records, storage, open);
    const end = performance.now() + sliceMs;
    for (const page of leafPages(file, storage.root, range)) {
      records.read(page, look);
      if (performance.now() > end) return after(records);
    }
    return null;
  } catch (error) {
    if (!(error instanceof BinaryDoubt)) throw error;
    open.clear();
    return null;
  } finally {
    database.exec('COMMIT');
  }
}

function after(records: RecordReader): bigint | null {
  const last = records.rowid.readBigInt64BE(0);
  return last === allRowids.to ? null : last + 1n;
}

function lookAt(records: RecordReader, storage: TableStorage, open: Map<string, ExpectPlain>): () => void {
  let columns = storage.columns.flatMap(({ name, isNullWhereAbsent }, place) => {
    const expect = open.get(name);
    return expect ? [{ name, place, isNullWhereAbsent, expect }] : [];
  });
  const names = new Set(columns.map(({ name }) => name));
  for (const name of open.keys()) if (!names.has(name)) open.delete(name);
  const isPlain = (index: number): boolean => {
    const { place, isNullWhereAbsent, expect } = columns[index]!;
    if (place >= records.count) return isNullWhereAbsent;
    const serial = records.serials[place]!;
    if (serial === serialTypes.null) return true;
    try {
      expect(records.source, serial, records.starts[place]!);
      return true;
    } catch (error) {
      if (error instanceof BinaryDoubt) return false;
      throw error;
    }
  };
  return () => {
    for (let index = 0; index < columns.length; index++) {
      if (isPlain(index)) continue;
      open.delete(columns[index]!.name);
      columns = columns.filter((_, at) => at !== index);
      index--;
    }
  };
}
