import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../../../shared/model/connection.ts';
import type { Driver, ServerFacts, SessionOptions } from '../../driver/driver.ts';
import { sqliteAdministration } from './sqlite-administration.ts';
import { allRows, fileIdentity, openDatabase, statFile, walPath } from './sqlite-connection.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { SqliteSession } from './sqlite-session.ts';

/** Page cache of a session's own connection: what indexes of a large table want, within the memory of SPEC 8. */
const sourceCacheKiB = 8 * 1024;
const targetCacheKiB = 32 * 1024;

export const sqliteDriver: Driver = {
  kind: 'sqlite',
  family: 'sqlite',
  capabilities: {
    schemas: false,
    parallelWriters: false,
    infiniteDates: true,
    notANumber: false,
    // A whole number in a REAL column is stored as an integer.
    negativeZero: false,
    nulInText: true,
    zeroDates: true,
    unboundedDecimals: true,
    lateForeignKeys: false,
    unvalidatedConstraints: false,
    unenforcedChecks: false,
    transactionalDdl: true,
    years: null,
  },
  dialect: sqliteDialect,
  administration: sqliteAdministration,
  async connect(settings: ConnectionSettings, options: SessionOptions): Promise<SqliteSession> {
    options.signal.throwIfAborted();
    if (settings.kind !== 'sqlite')
      throw new SluiceError('internal', `The SQLite driver got a ${settings.kind} connection.`);
    return options.role === 'source' ? openSource(settings.path, options) : openTarget(settings.path, options);
  },
};

function openSource(path: string, { signal }: SessionOptions): SqliteSession {
  const stats = statFile(path);
  const hadWal = existsSync(walPath(path));
  const place = { role: 'source', path } as const;
  const database = openDatabase({ ...place, readOnly: true, cacheKiB: sourceCacheKiB });
  const isWal = allRows(database, 'PRAGMA journal_mode')[0]![0] === 'wal';
  const server = factsOf(database, fileIdentity(stats));
  return new SqliteSession({ place, database, server, isCreated: false, leavesNoWal: isWal && !hadWal }, signal);
}

function openTarget(path: string, { signal, createDatabase = false }: SessionOptions): SqliteSession {
  const isMissing = !existsSync(path);
  if (isMissing && createDatabase === 'pretend') return openPretended(path, signal);
  if (isMissing && !createDatabase) {
    throw new SluiceError('file_missing', `There is no file ${path}; it is made only where that is asked for.`, {
      path,
    });
  }
  if (isMissing && !statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw new SluiceError('file_missing', `There is no folder ${dirname(path)} to make the file in.`, { path });
  }
  if (!isMissing) statFile(path);
  const place = { role: 'target', path } as const;
  const database = openDatabase({ ...place, readOnly: false, cacheKiB: targetCacheKiB });
  // A crash of the machine may cost a file that we make, never one that was there.
  database.exec(`PRAGMA synchronous = ${isMissing ? 'OFF' : 'FULL'}`);
  const server = factsOf(database, fileIdentity(statFile(path)));
  return new SqliteSession({ place, database, server, isCreated: isMissing, leavesNoWal: false }, signal);
}

/** Dry runs write nothing: an empty database in memory stands for the file that a run would make. */
function openPretended(path: string, signal: AbortSignal): SqliteSession {
  const place = { role: 'target', path: ':memory:' } as const;
  const database = openDatabase({ ...place, readOnly: false, cacheKiB: sourceCacheKiB });
  const server = factsOf(database, `sqlite:missing:${path}`);
  return new SqliteSession({ place, database, server, isCreated: false, leavesNoWal: false }, signal);
}

function factsOf(database: ReturnType<typeof openDatabase>, identity: string): ServerFacts {
  const version = String(allRows(database, 'SELECT sqlite_version()')[0]![0]);
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return { kind: 'sqlite', version, versionNumber: major * 10_000 + minor * 100 + patch, identity };
}
