/** Many tables that refer to each other, whose numbers go on from the source's: statements about them must not wait for each other. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

const tables = Array.from({ length: 8 }, (_, at) => `linked_${at}`);

const script = tables
  .map((table, at) => {
    const keys = tables.slice(0, 2).map((other) => `FOREIGN KEY (n) REFERENCES ${other} (id)`);
    return `CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER, ${keys.join(', ')});
      INSERT INTO ${table} VALUES (1, NULL), (${100 + at}, NULL); DELETE FROM ${table} WHERE id > 1;`;
  })
  .join('\n');

for (const target of ['mysql', 'mariadb'] as const) {
  describeServers(`linked tables to ${target}`, [...new Set([...serversOf('sqlite'), ...serversOf(target)])], () => {
    test('are made, keyed and numbered', async () => {
      await using source = await createScratchDatabase('sqlite');
      await using database = await createScratchDatabase(target);
      await runScript(source.settings, script);
      const { result } = await copyDatabase(source.settings, database.settings, { parallelism: 4 });
      expect(result.rows).toBe(tables.length);
      const inserts = tables.flatMap((table) => [
        `INSERT INTO ${table} (n) VALUES (1)`,
        `SELECT max(id) FROM ${table}`,
      ]);
      const { rows, errors } = await readRows(database.settings, inserts);
      expect(errors).toBe('');
      expect(rows).toEqual(tables.map((_, at) => [String(101 + at)]));
    });
  });
}
