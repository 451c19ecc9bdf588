/** How every connection of ours to an SQLite file is opened. */
import { existsSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { sqliteError, type ErrorPlace } from './sqlite-errors.ts';

/** A row as node:sqlite gives it to us: INTEGER is a bigint, REAL a number, TEXT a string, BLOB bytes. */
export type SqliteRow = SQLOutputValue[];

/** How long one call may wait for a lock. Short, since it blocks the thread; longer waits are rounds of it. */
const busyTimeoutMs = 250;

interface OpenOptions {
  readonly role: 'source' | 'target';
  readonly path: string;
  readonly readOnly: boolean;
  readonly cacheKiB: number;
}

/** Throws a SluiceError. The file must exist, unless the caller means to create it. */
export function openDatabase(options: OpenOptions): DatabaseSync {
  const place: ErrorPlace = options;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(options.path, {
      readOnly: options.readOnly,
      timeout: busyTimeoutMs,
      // Rows come table by table, so children may come before their parents; offenders are looked for at the end.
      enableForeignKeyConstraints: false,
      readBigInts: true,
      returnArrays: true,
    });
    database.exec(`PRAGMA cache_size = -${options.cacheKiB}`);
    if (options.readOnly) database.exec('PRAGMA query_only = ON');
    // The first read: SQLite looks into the file only now.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database?.close();
    throw sqliteError(error, place);
  }
}

/** All rows of a statement, as arrays. */
export function allRows(database: DatabaseSync, sql: string, ...values: SQLInputValue[]): SqliteRow[] {
  // The connection returns arrays; node's types know objects only.
  return database.prepare(sql).all(...values) as unknown as SqliteRow[];
}

/** The file's facts. Throws `file_missing` when it is not there, or is a folder. */
export function statFile(path: string): BigIntStats {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) throw new SluiceError('file_missing', `There is no file ${path}.`, { path });
  if (!stats.isFile()) throw new SluiceError('file_missing', `${path} is not a file.`, { path });
  return stats;
}

/** Where the WAL of a file is: SQLite follows links, and has it beside the file itself. */
export const walPath = (path: string): string => `${existsSync(path) ? realpathSync(path) : path}-wal`;

/** Two paths with one identity are one file, whatever links lead to it. */
export const fileIdentity = (stats: BigIntStats): string => `sqlite:${stats.dev}:${stats.ino}`;

/** A value of a small result as text, null = NULL. Blobs are hex. */
export function valueText(value: SQLOutputValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}
