import type { ListedConnection } from './connections-store.ts';

/**
 * Where a connection leads, in one line: `sales@db.example.org:5432/shop` => user, host, port, database as far as they
 * are known; SQLite: the file.
 */
export function connectionPlace(connection: ListedConnection): string {
  if (connection.path !== undefined) return connection.path;
  const user = connection.username === undefined ? '' : `${connection.username}@`;
  const port = connection.port === undefined ? '' : `:${connection.port}`;
  const database = connection.database === undefined ? '' : `/${connection.database}`;
  return `${user}${connection.socket ?? connection.host ?? ''}${port}${database}`;
}
