/** The config's changes to tables and columns, with keys, checks and indexes that follow them. */
import { expect, test } from 'vitest';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

const script = `
CREATE TABLE "Parent" (id int PRIMARY KEY, "Name" varchar(20) NOT NULL, junk int, CONSTRAINT named CHECK ("Name" <> 'x'));
CREATE TABLE child (id int PRIMARY KEY, parent_id int, v int, FOREIGN KEY (parent_id) REFERENCES "Parent" (id));
CREATE INDEX by_name ON "Parent" ("Name");
CREATE INDEX by_junk ON "Parent" (junk);
INSERT INTO "Parent" VALUES (1, 'a', 5), (2, 'b', 6);
INSERT INTO child VALUES (1, 1, 10), (2, 2, 20);`;

const options = {
  identifierCase: 'lower' as const,
  tables: [
    { name: '*' },
    {
      name: 'Parent',
      columnOptions: { Name: { targetName: 'Title', targetType: 'VARCHAR(99)', default: "d'x" }, junk: { drop: true } },
    },
    { name: 'child', where: 'id = 1', targetName: 'Kids', columns: ['id', 'parent_id'] },
  ],
};

const pairs: readonly (readonly [DatabaseKind, DatabaseKind])[] = [
  ['postgresql', 'postgresql'],
  ['postgresql', 'mariadb'],
  ['mariadb', 'postgresql'],
  ['mysql', 'mysql'],
  ['sqlite', 'sqlite'],
  ['sqlite', 'mysql'],
  ['mysql', 'sqlite'],
];

for (const [from, to] of pairs) {
  describeServers(`options from ${from} to ${to}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
    test('rename, retype, default, drop, choose and filter', async () => {
      const quoted = (kind: DatabaseKind, sql: string) =>
        kind === 'mysql' || kind === 'mariadb' ? sql.replaceAll('"', '`') : sql;
      await using source = await createScratchDatabase(from);
      await using target = await createScratchDatabase(to);
      await runScript(source.settings, quoted(from, script));
      const { findings } = await copyDatabase(source.settings, target.settings, options);
      const rowsOf = async (...statements: string[]) => {
        const { rows, errors } = await readRows(
          target.settings,
          statements.map((sql) => quoted(to, sql)),
        );
        return errors === '' ? rows : errors;
      };
      expect(await rowsOf('INSERT INTO parent (id) VALUES (9)', 'SELECT * FROM parent ORDER BY id')).toEqual([
        ['1', 'a'],
        ['2', 'b'],
        ['9', "d'x"],
      ]);
      expect(await rowsOf('SELECT * FROM "Kids"')).toEqual([['1', '1']]);
      const longName = `INSERT INTO parent (id, "Title") VALUES (11, '${'l'.repeat(99)}')`;
      expect(await rowsOf(longName, 'SELECT count(*) FROM parent')).toEqual([['4']]);
      expect(await rowsOf(`INSERT INTO parent (id, "Title") VALUES (10, 'x')`)).toMatch(/named/);
      const codes = findings.map(({ code }) => code);
      expect(codes).toContain('foreign_key_not_enforced');
      expect(findings.find(({ code }) => code === 'key_dropped')?.message).toContain('by_junk');
    });
  });
}
