import type { MysqlConnection } from './mysql-connection.ts';

export interface ServerPlace {
  /** Text that two sessions share exactly when they reach the same database of the same server, whatever their URLs. */
  readonly identity: string;
  /** Table names that differ in case only are one table (lower_case_table_names is not 0). */
  readonly foldsNames: boolean;
}

export async function serverPlace(connection: MysqlConnection): Promise<ServerPlace> {
  const [[database, lowerCase]] = (await connection.rows('SELECT DATABASE(), @@lower_case_table_names')) as [
    [string, string],
  ];
  const foldsNames = lowerCase !== '0';
  const name = foldsNames ? database.toLowerCase() : database;
  return { identity: JSON.stringify([connection.server.kind, await serverMark(connection), name]), foldsNames };
}

async function serverMark(connection: MysqlConnection): Promise<(string | null)[]> {
  if (connection.server.kind === 'mysql') return (await connection.rows('SELECT @@server_uuid'))[0]!;
  // MariaDB got server_uid in 10.5.26, 10.6.19 and 10.11.9; before that nothing is unique but all of this together.
  const place = (await connection.rows('SELECT @@hostname, @@port, @@datadir, @@server_id, @@pid_file'))[0]!;
  const uid = await connection.rows("SHOW GLOBAL VARIABLES LIKE 'server\\_uid'");
  return [...place, uid[0]?.[1] ?? null];
}
