/** Read transactions that see one moment of a file. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Snapshot } from '../../driver/driver.ts';
import type { HeldFile } from './file-format/held-file.ts';
import { allRows, openDatabase, walPath } from './sqlite-connection.ts';
import { sqliteError, type ErrorPlace } from './sqlite-errors.ts';
import { SqliteTableReader } from './sqlite-table-reader.ts';

/** Each reader's page cache. Readers take turns on one thread: more of them than this bring nothing. */
const readerCacheKiB = 4096;
const mostReaders = 8;
const attempts = 20;
const pauseMs = 25;

export interface SnapshotContext {
  readonly place: ErrorPlace;
  readonly throwIfEnded: () => void;
  /** Connections that the session has to close, should it end first. */
  readonly open: Set<DatabaseSync>;
  readonly held: HeldFile;
}

/**
 * With a rollback journal the first transaction's shared lock keeps every writer from committing. In WAL mode writers
 * go on: then a connection apart tells by `PRAGMA data_version` whether one committed while the transactions began.
 */
export async function openSnapshot(count: number, context: SnapshotContext): Promise<Snapshot> {
  const { place } = context;
  const open = () => track(openDatabase({ ...place, readOnly: true, cacheKiB: readerCacheKiB }), context.open);
  using cleanUp = new DisposableStack();
  try {
    const probe = cleanUp.adopt(open(), (database) => release(database, context.open));
    const readers = Array.from({ length: Math.max(1, Math.min(mostReaders, count)) }, () =>
      cleanUp.adopt(open(), (database) => release(database, context.open)),
    );
    const { isOneMoment, position } = await beginTogether(probe, readers, context);
    const owned = cleanUp.move();
    return {
      guarantee: isOneMoment ? 'snapshot' : 'per table',
      reason: isOneMoment
        ? null
        : `Programs write to ${place.path} so often that its ${readers.length} readers could not begin at one moment.`,
      position,
      readers: readers.map((database) => new SqliteTableReader(database, context)),
      [Symbol.asyncDispose]: async () => owned.dispose(),
    };
  } catch (error) {
    throw sqliteError(error, place);
  }
}

async function beginTogether(
  probe: DatabaseSync,
  readers: readonly DatabaseSync[],
  { place, throwIfEnded }: SnapshotContext,
): Promise<{ isOneMoment: boolean; position: string | null }> {
  for (let attempt = 1; ; attempt++) {
    const before = dataVersion(probe);
    const position = filePosition(place.path);
    for (const reader of readers) {
      if (reader.isTransaction) reader.exec('COMMIT');
      reader.exec('BEGIN');
      // BEGIN alone takes no lock and no snapshot: the first read does.
      reader.prepare('SELECT count(*) FROM sqlite_schema').get();
    }
    if (dataVersion(probe) === before && filePosition(place.path) === position) return { isOneMoment: true, position };
    if (attempt === attempts) return { isOneMoment: readers.length === 1, position: null };
    await setTimeout(pauseMs);
    throwIfEnded();
  }
}

const dataVersion = (probe: DatabaseSync) => allRows(probe, 'PRAGMA data_version')[0]![0];

/**
 * Equal text proves an unchanged file: sizes and times of the file and its WAL. The change counter inside the file is
 * out of reach: to open the file beside SQLite and close it again would take away SQLite's locks
 * (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
function filePosition(path: string): string {
  const parts = [path, walPath(path)].map((file) => {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined || stats.size === 0n ? '-' : `${stats.ino}.${stats.size}.${stats.mtimeNs}`;
  });
  return parts.join('/');
}

function track(database: DatabaseSync, open: Set<DatabaseSync>): DatabaseSync {
  open.add(database);
  return database;
}

function release(database: DatabaseSync, open: Set<DatabaseSync>): void {
  open.delete(database);
  if (database.isOpen) database.close();
}
