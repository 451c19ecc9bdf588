/** An empty database of any kind for one test, gone when disposed. */
import { join } from 'node:path';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { createDatabase, createFolder } from './databases.ts';
import type { Need } from './needs.ts';
import { testServers, type ServerName } from './servers.ts';

const serverOf: Record<Exclude<DatabaseKind, 'sqlite'>, ServerName> = {
  postgresql: 'postgres18',
  mysql: 'mysql',
  mariadb: 'mariadb',
};

/** What a kind needs: its server, where it has one, and its own client. */
export function serversOf(kind: DatabaseKind): Need[] {
  if (kind === 'sqlite') return ['sqlite3'];
  return [serverOf[kind], kind === 'postgresql' ? 'psql' : 'mariadb-client'];
}

export interface ScratchDatabase extends AsyncDisposable {
  readonly settings: ConnectionSettings;
}

export async function createScratchDatabase(kind: DatabaseKind): Promise<ScratchDatabase> {
  if (kind === 'sqlite') {
    const folder = await createFolder();
    return {
      settings: { kind, path: join(folder.path, 'scratch.db') },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  }
  const server = testServers()[serverOf[kind]];
  if (!server) throw new Error(`This run has no ${kind} server.`);
  return createDatabase(server);
}
