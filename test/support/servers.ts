/** Real database servers that tests run on: started once per run by the global setup, found through the environment. */

/** `postgres15` is the operating system's PostgreSQL: 15 on Debian 12. */
export const serverNames = ['postgres18', 'postgres15', 'mariadb', 'mysql'] as const;

export type ServerName = (typeof serverNames)[number];

export interface ServerAddress {
  readonly kind: 'postgresql' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export type ServerAddresses = Partial<Record<ServerName, ServerAddress>>;

/** The variable that carries the servers' addresses, as JSON of `ServerAddresses`. */
export const serversVariable = 'SLUICE_TEST_SERVERS';

/** Servers of this run; one that could not be had is missing, and its suites skip in one printed line. */
export function testServers(): ServerAddresses {
  const text = process.env[serversVariable];
  return text ? (JSON.parse(text) as ServerAddresses) : {};
}
