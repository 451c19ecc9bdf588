/** Defaults of PostgreSQL's arrays where the target has JSON in their place. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

for (const target of ['mysql', 'mariadb', 'sqlite'] as const) {
  describeServers(`arrays on ${target}`, [...serversOf('postgresql'), ...serversOf(target)], () => {
    test('keep their plain defaults', async () => {
      await using origin = await createScratchDatabase('postgresql');
      await using database = await createScratchDatabase(target);
      await runScript(
        origin.settings,
        `CREATE TABLE post (id integer PRIMARY KEY, tags varchar[] NOT NULL DEFAULT '{}', roles text[] DEFAULT '{read,write}',
           sizes integer[] DEFAULT '{1,-2}', none text[] DEFAULT ARRAY[]::text[], odd text[] DEFAULT '{"a b",NULL}');`,
      );
      const { findings } = await copyDatabase(origin.settings, database.settings);
      expect(findings.filter(({ code }) => code === 'default_dropped').map(({ column }) => column)).toEqual(['odd']);
      const statements = ['INSERT INTO post (id) VALUES (1)', 'SELECT tags, roles, sizes, none FROM post'];
      const { rows } = await readRows(database.settings, statements);
      expect(rows[0]!.map((text) => JSON.parse(text!) as unknown)).toEqual([[], ['read', 'write'], [1, -2], []]);
    });
  });
}
