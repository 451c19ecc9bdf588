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
    await first.run(beginSql);
    const [[name, position]] = (await first.rows(snapshotSql(version))) as [[string, string | null]];
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
      keepAlive: async () => {
        await Promise.all(connections.map((connection) => connection.run('SELECT 1')));
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The snapshot itself is the position: with the same transactions in progress and the same next one, the same rows are
 * visible. The log's end would not do: other databases and even reading (hint bits, pruning) move it. Behind it the
 * timeline, which a restored backup changes. A standby keeps transactions in progress elsewhere, so nothing is proved there.
 */
const snapshotSql = (version: number) => `SELECT pg_export_snapshot(), CASE WHEN NOT pg_is_in_recovery()
  THEN ${version < 130000 ? 'txid' : 'pg'}_current_snapshot()::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) END`;

const isServerFull = (error: unknown) => error instanceof SluiceError && error.code === 'too_many_connections';
