/** Read connections that see one moment in time, with the weakest lock that gives it. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Snapshot } from '../../driver/driver.ts';
import type { TableName } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { isAtLeast } from './mysql-flavour.ts';
import { quoteTable } from './mysql-names.ts';
import { MysqlTableReader } from './mysql-table-reader.ts';

/** What a snapshot needs of its session. */
export interface SnapshotConnections {
  open(): Promise<MysqlConnection>;
  close(connection: MysqlConnection): Promise<void>;
  kill(connection: MysqlConnection): Promise<void>;
}

/** Seconds that taking a lock may hold up the source's writers. */
const lockWaitSeconds = 5;
/** MariaDB: how often snapshots are begun anew until all show the same position; under writers some attempts differ. */
const matchingAttempts = 10;

export async function openSnapshot(
  connections: SnapshotConnections,
  count: number,
  tables: readonly TableName[],
): Promise<Snapshot> {
  const readers = await openReaders(connections, count);
  try {
    const { kept, position } = await beginTogether(connections, readers, tables);
    const unsafe = await tablesWithoutSnapshots(kept[0]!, tables);
    return {
      guarantee: unsafe.length === 0 ? 'snapshot' : 'per table',
      reason: unsafe.length === 0 ? null : reasonOf(unsafe),
      position,
      readers: kept.map((reader) => new MysqlTableReader(reader, (connection) => connections.kill(connection))),
      async keepAlive() {
        await Promise.all(kept.map((reader) => reader.run('DO 0')));
      },
      async [Symbol.asyncDispose]() {
        await Promise.all(kept.map((reader) => connections.close(reader)));
      },
    };
  } catch (error) {
    await Promise.all(readers.map((reader) => connections.close(reader)));
    throw error;
  }
}

/** As many as the server has to give, at least one. */
async function openReaders(connections: SnapshotConnections, count: number): Promise<MysqlConnection[]> {
  const attempts = await Promise.allSettled(Array.from({ length: count }, () => connections.open()));
  const opened = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const failure = attempts.find((attempt) => attempt.status === 'rejected');
  const isFull = failure && SluiceError.from(failure.reason).code === 'too_many_connections';
  if (failure && !(isFull && opened.length > 0)) {
    await Promise.all(opened.map((connection) => connections.close(connection)));
    throw failure.reason;
  }
  return opened;
}

interface Begun {
  readonly kept: readonly MysqlConnection[];
  readonly position: string | null;
}

async function beginTogether(
  connections: SnapshotConnections,
  readers: readonly MysqlConnection[],
  tables: readonly TableName[],
): Promise<Begun> {
  const first = readers[0]!;
  if (first.server.kind === 'mariadb') {
    for (let attempt = 0; attempt < matchingAttempts; attempt++) {
      const positions = await Promise.all(readers.map(beginAtPosition));
      if (positions[0] === null) break;
      if (new Set(positions).size === 1) return { kept: readers, position: positions[0]! };
    }
  }
  if (readers.length > 1) {
    const position = await underLock(connections, readers, tables);
    if (position !== undefined) return { kept: readers, position };
    // Without a lock each connection would see another moment, and parts of one table with them: one connection sees one.
    await Promise.all(readers.slice(1).map((reader) => connections.close(reader)));
  }
  await begin(first);
  return { kept: [first], position: null };
}

const begin = (reader: MysqlConnection) => reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');

/** MariaDB shows the position that belongs to the transaction's snapshot; null where it writes no binary log. */
async function beginAtPosition(reader: MysqlConnection): Promise<string | null> {
  await begin(reader);
  const status = new Map(
    (await reader.rows("SHOW STATUS LIKE 'Binlog\\_snapshot\\_%'")).map(([name, value]) => [
      name!.toLowerCase(),
      value,
    ]),
  );
  const file = status.get('binlog_snapshot_file');
  if (!file || (await logStatus(reader))?.isPartial) return null;
  return `${file}:${status.get('binlog_snapshot_position')}`;
}

/** Begins all readers while no one can commit. undefined: no lock could be had; null: one was, but the server tells no position. */
async function underLock(
  connections: SnapshotConnections,
  readers: readonly MysqlConnection[],
  tables: readonly TableName[],
): Promise<string | null | undefined> {
  const locker = await connections.open().catch(() => null);
  if (!locker) return undefined;
  try {
    if (!(await lock(locker, tables))) return undefined;
    await Promise.all(readers.map(begin));
    const position = await currentPosition(locker);
    await locker.run('UNLOCK TABLES');
    return position;
  } finally {
    // Closing releases the lock as well.
    await connections.close(locker);
  }
}

async function lock(locker: MysqlConnection, tables: readonly TableName[]): Promise<boolean> {
  await locker.run(`SET SESSION lock_wait_timeout = ${lockWaitSeconds}`);
  const everything = 'FLUSH TABLES WITH READ LOCK';
  const chosen = `LOCK TABLES ${tables.map((table) => `${quoteTable(table)} READ`).join(', ')}`;
  for (const statement of tables.length > 0 ? [everything, chosen] : [everything]) {
    try {
      await locker.run(statement);
      return true;
    } catch (error) {
      // No privilege, or someone else's long statement holds the tables: the next weaker way.
      if (SluiceError.from(error).code === 'server_lost') throw error;
    }
  }
  return false;
}

/** While nothing can commit: the GTID set where every transaction gets one, else binary log file and offset; null where unknown. */
async function currentPosition(locker: MysqlConnection): Promise<string | null> {
  const status = await logStatus(locker);
  if (!status || status.isPartial) return null;
  return status.gtids && (await givesGtids(locker)) ? status.gtids.replaceAll(/\s/g, '') : status.place;
}

/** In the other modes transactions may come without one, and the set of those that were given before stays as it is. */
async function givesGtids(connection: MysqlConnection): Promise<boolean> {
  const [row] = await connection.rows('SELECT @@GLOBAL.gtid_mode');
  return row![0] === 'ON';
}

interface LogStatus {
  /** File and offset. */
  readonly place: string;
  readonly gtids: string;
  /** Some databases are left out of the log: they may change while its position stays. */
  readonly isPartial: boolean;
}

/** null without a log, and for users who may not ask. */
async function logStatus(connection: MysqlConnection): Promise<LogStatus | null> {
  const statement = isAtLeast(connection.server, 'mysql', 80200) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  const [row] = await connection.rows(statement).catch(() => []);
  if (!row) return null;
  const [file, offset, chosen, ignored, gtids] = row;
  return { place: `${file}:${offset}`, gtids: gtids ?? '', isPartial: Boolean(chosen || ignored) };
}

interface TableEngine {
  readonly table: string;
  readonly engine: string;
}

/** Of the chosen tables, those whose engine has no snapshots. */
async function tablesWithoutSnapshots(reader: MysqlConnection, tables: readonly TableName[]): Promise<TableEngine[]> {
  const rows = await reader.rows(
    `SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE NOT IN
       (SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES') ORDER BY TABLE_NAME`,
  );
  const chosen = new Set(tables.map(({ name }) => name));
  return rows.map(([table, engine]) => ({ table: table!, engine: engine! })).filter(({ table }) => chosen.has(table));
}

function reasonOf(tables: readonly TableEngine[]): string {
  const named = tables.slice(0, 5).map(({ table, engine }) => `"${table}" (${engine})`);
  const more = tables.length > 5 ? ` and ${tables.length - 5} more` : '';
  return `Tables ${named.join(', ')}${more} have an engine without snapshots: they are read as they are at the time.`;
}
