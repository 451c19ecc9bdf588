/** SQL of the config that a database refuses is a mistake in the config: 2, before anything is made. */
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

vi.setConfig({ testTimeout: 120_000 });

/** SQL that cannot be used, by what it stands for. */
const wrong = {
  postgresql: [
    { query: 'SELECT id FROM a FOR UPDATE' },
    { query: 'SELECT 1 / 0 AS id' },
    { query: "SELECT 'x'::int AS id" },
    { query: 'SELECT missing FROM a' },
    { where: '1 / 0 = 1' },
    { where: "id = 'x'" },
  ],
  mysql: [{ query: 'SELECT missing FROM a' }, { query: 'SELECT id FROM' }, { where: 'missing = 1' }],
};

describeEachServer('SQL of the config', ['postgres18', 'postgres15', 'mysql', 'mariadb'], (server) => {
  test('that the source refuses: 2 from plan and run', async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    await database.execute('CREATE TABLE a (id int); INSERT INTO a VALUES (1)');
    const target = join(folder.path, 'target.db');
    for (const table of wrong[server.kind === 'postgresql' ? 'postgresql' : 'mysql']) {
      const input = JSON.stringify({ source: database.url, target, tables: [{ name: 'a', ...table }] });
      for (const command of ['plan', 'run']) {
        const { exitCode, stderr } = await runSluice([command, '-'], { folder: folder.path, input });
        expect([command, table, exitCode, stderr]).toEqual([command, table, 2, expect.stringContaining('"a": ')]);
        expect(existsSync(target)).toBe(false);
      }
    }
  });
});
