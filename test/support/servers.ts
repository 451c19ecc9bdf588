/** Real database servers that tests run on: started once per run by the global setup, found through the environment. */

export type ServerName = 'postgres18' | 'postgres15' | 'mariadb' | 'mysql';

export interface ServerAddress {
  readonly kind: 'postgresql' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Servers of this run; one that could not be had is missing, and its suites skip in one printed line. */
export function testServers(): Partial<Record<ServerName, ServerAddress>> {
  const text = process.env['SLUICE_TEST_SERVERS'];
  return text ? (JSON.parse(text) as Partial<Record<ServerName, ServerAddress>>) : {};
}
