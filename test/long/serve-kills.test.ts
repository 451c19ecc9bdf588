/** Sluice killed 60 times at random places of copies, five times under a stream of each pair with a server as its source. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { fillItems } from '../e2e/support/item-stream.ts';
import { killAndResume } from '../e2e/support/kill-and-resume.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { testServers, type ServerName } from '../support/servers.ts';

const sources = ['postgres18', 'mariadb', 'mysql'] as const satisfies readonly ServerName[];
const pairs = sources.flatMap((from) => [...sources, 'a file' as const].map((to) => [from, to] as const));

/** Five of them are less than the table has. */
const randomBytes = () => 40_000 + Math.floor(Math.random() * 310_000);

describeServers('Sluice killed while it copies', [...sources, 'psql', 'mariadb-client', 'sqlite3'], () => {
  test.each(pairs)('from %s to %s loses no row and doubles none', async (from, to) => {
    const servers = testServers();
    await using folder = await createFolder();
    await using source = await createDatabase(servers[from]!);
    await using database = to === 'a file' ? null : await createDatabase(servers[to]!);
    const target: ConnectionSettings = database?.settings ?? { kind: 'sqlite', path: join(folder.path, 'copy.db') };
    await fillItems(source);
    const killAfterBytes = Array.from({ length: 5 }, randomBytes);
    await killAndResume({ dataDirectory: folder.path, source, target, killAfterBytes });
    expect(await compareDatabases(source.settings, target), `killed after ${killAfterBytes.join(', ')}`).toEqual([]);
  });
});
