/** Read connections that see one moment. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Snapshot } from '../../driver/driver.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { postgresTableReader } from './postgres-table-reader.ts';

export interface ConnectionSource {
  open(): Promise<PostgresConnection>;
  /** Closes the connection and forgets it. */
  close(connection: PostgresConnection): Promise<void>;
}

const beginSql = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** `count` readers, or as many as the server gives, of one exported snapshot. */
export async function openPostgresSnapshot(
  source: ConnectionSource,
  count: number,
  version: number,
): Promise<Snapshot> {
  const connections: PostgresConnection[] = [];
  const close = async () => {
    await Promise.all(connections.map((connection) => source.close(connection)));
  };
  try {
    const first = await source.open();
    connections.push(first);
    // Read before the snapshot is taken: a log that still ends here proves that nothing was missed.
    const position = (await first.rows(positionSql))[0]![0]!;
    await first.run(beginSql);
    const name = (await first.rows('SELECT pg_export_snapshot()'))[0]![0]!;
    const others = await Promise.allSettled(Array.from({ length: count - 1 }, () => source.open()));
    for (const other of others) if (other.status === 'fulfilled') connections.push(other.value);
    for (const other of others) {
      const enough = other.status === 'fulfilled' || isServerFull(other.reason);
      if (!enough) throw other.reason;
    }
    await Promise.all(
      connections.slice(1).map((connection) => connection.run(`${beginSql}; SET TRANSACTION SNAPSHOT '${name}'`)),
    );
    return {
      guarantee: 'snapshot',
      reason: null,
      position,
      readers: connections.map((connection) => postgresTableReader(connection, version)),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const positionSql = `SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END`;

const isServerFull = (error: unknown) => error instanceof SluiceError && error.code === 'too_many_connections';
