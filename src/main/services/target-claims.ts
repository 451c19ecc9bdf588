import type { SavedConnection } from '../../shared/model/saved-connection.ts';
import type { SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { Survey } from '../hosts/inspector.ts';

/**
 * Names of target tables, so that two streams that write one table can be told before either does: the database, a line
 * break, the table. Case is ignored, since some databases do: better one refusal too many than two writers.
 */
export function surveyedClaims({ database, tables }: Survey): string[] {
  return tables.map((table) => claim(database, table));
}

/** The same as far as a config alone tells: tables that it names, in the database that the connection's address names. */
export function namedClaims(config: SavedStreamConfig, target: SavedConnection): string[] {
  const { type, host = '', port, socket = '', database = '', path = '' } = target;
  const address =
    type === 'sqlite'
      ? path
      : `${host.toLowerCase().replace(/^(127\.0\.0\.1|\[?::1\]?)$/, 'localhost')}:${port}${socket}/${database}`;
  return config.tables
    .filter(({ name }) => name !== '*' && !name.endsWith('.*'))
    .map(({ name, targetName, targetSchema, schema }) => {
      const mapped = targetSchema ?? schema;
      return claim(address, mapped === undefined ? (targetName ?? name) : `${mapped}.${targetName ?? name}`);
    });
}

const claim = (database: string, table: string) => `${database}\n${table.toLowerCase()}`;
