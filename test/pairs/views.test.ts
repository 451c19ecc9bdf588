/** Views within a family: the source's own text, in dependency order, and what becomes of those that cannot come along. */
import { expect, test } from 'vitest';
import { planConvert } from '../../src/main/engine/copy/convert.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { convertRequest } from '../support/convert.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const tables = `
CREATE TABLE item (id int PRIMARY KEY, name varchar(50) NOT NULL, price decimal(10,2), kind varchar(10));
CREATE TABLE sale (id int PRIMARY KEY, item_id int, amount int NOT NULL);
INSERT INTO item VALUES (1, 'it''s a "pen"', 1.50, 'x'), (2, 'ink', 10.00, 'y'), (3, 'cap', NULL, 'x');
INSERT INTO sale VALUES (1, 1, 3), (2, 1, 4), (3, 2, 1);
`;

/** `alpha` reads `zeta`, and comes before it by name. */
const views = `
CREATE VIEW zeta AS SELECT id, name FROM item WHERE kind = 'x';
CREATE VIEW alpha AS SELECT z.id, z.name, (SELECT sum(s.amount) FROM sale s WHERE s.item_id = z.id) AS sold FROM zeta z;
CREATE VIEW "Odd ""view""" AS SELECT i.id AS "the ""id""", count(*) AS n FROM item i LEFT JOIN sale ON sale.item_id = i.id GROUP BY i.id;
`;

const mysqlViews = views.replace(/"((?:[^"]|"")*)"/g, (_, name: string) => `\`${name.replaceAll('""', '"')}\``);

const scripts: Record<DatabaseKind, string> = {
  postgresql: `${tables}${views}CREATE MATERIALIZED VIEW filled AS SELECT kind, count(*) AS n FROM item GROUP BY kind;
    CREATE UNIQUE INDEX filled_kind ON filled (kind); COMMENT ON MATERIALIZED VIEW filled IS 'it''s filled';
    CREATE VIEW guarded WITH (security_barrier) AS SELECT * FROM item WHERE price > 1 WITH LOCAL CHECK OPTION;`,
  mysql: tables + mysqlViews,
  mariadb: tables + mysqlViews,
  sqlite: tables + views,
};

const pairs: readonly (readonly [DatabaseKind, DatabaseKind])[] = [
  ['postgresql', 'postgresql'],
  ['mysql', 'mysql'],
  ['mysql', 'mariadb'],
  ['mariadb', 'mysql'],
  ['mariadb', 'mariadb'],
  ['sqlite', 'sqlite'],
];

const quoted = (kind: DatabaseKind, name: string) =>
  kind === 'mysql' || kind === 'mariadb' ? `\`${name}\`` : `"${name.replaceAll('"', '""')}"`;

async function rowsOf({ settings }: ScratchDatabase, view: string): Promise<string[][]> {
  const { rows, errors } = await readRows(settings, [`SELECT * FROM ${quoted(settings.kind, view)} ORDER BY 1`]);
  if (errors !== '') throw new Error(errors);
  return rows;
}

async function prepared(kind: DatabaseKind, more = ''): Promise<ScratchDatabase> {
  const database = await createScratchDatabase(kind);
  await runScript(database.settings, scripts[kind] + more);
  return database;
}

for (const [from, to] of pairs) {
  describeServers(`views from ${from} to ${to}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
    test('show on the target what they show on the source', async () => {
      await using source = await prepared(from);
      await using target = await createScratchDatabase(to);
      const { findings } = await copyDatabase(source.settings, target.settings);
      for (const view of ['zeta', 'alpha', 'Odd "view"', ...(from === 'postgresql' ? ['filled', 'guarded'] : [])]) {
        const rows = await rowsOf(source, view);
        expect(rows.length).toBeGreaterThan(0);
        expect(await rowsOf(target, view)).toEqual(rows);
      }
      expect(findings.filter(({ code }) => code.startsWith('view_'))).toEqual([]);
    });

    test('follow their tables under other names', async () => {
      await using source = await prepared(from);
      await using target = await createScratchDatabase(to);
      await copyDatabase(source.settings, target.settings, {
        tables: [{ name: '*' }, { name: 'item', targetName: 'New item' }],
      });
      expect(await rowsOf(target, 'Odd "view"')).toEqual(await rowsOf(source, 'Odd "view"'));
      expect(await rowsOf(target, 'alpha')).toEqual(await rowsOf(source, 'alpha'));
    });

    test('are reported with their text where something that they read is missing, by plan and run alike', async () => {
      await using source = await prepared(from);
      await using target = await createScratchDatabase(to);
      const options = {
        tables: [{ name: '*' }, { name: 'item', columnOptions: { kind: { drop: true } } }],
        exclude: ['sale', 'zeta'],
      };
      const plan = await planConvert(convertRequest(source.settings, target.settings, options));
      const { findings } = await copyDatabase(source.settings, target.settings, options);
      const lost = findings.filter(({ code }) => code === 'view_not_copied');
      expect(plan.findings.filter(({ code }) => code === 'view_not_copied')).toEqual(lost);
      expect(
        lost
          .map(({ message }) => message)
          .toSorted()
          .slice(0, 2),
      ).toEqual([
        expect.stringMatching(/^View "Odd "view"" .*"sale", which it reads, is not copied/),
        expect.stringMatching(/^View "alpha" .*"(sale|zeta)", which it reads, is not copied/),
      ]);
      for (const { statement } of lost) expect(statement).toMatch(/^CREATE /);
    });

    test('are left as they are, or dropped first where that is asked for', async () => {
      await using source = await prepared(from);
      await using target = await createScratchDatabase(to);
      await copyDatabase(source.settings, target.settings);
      const again = await copyDatabase(source.settings, target.settings, { truncateTarget: true });
      expect(again.findings.filter(({ code }) => code === 'view_exists')).toHaveLength(from === 'postgresql' ? 5 : 3);
      await runScript(source.settings, "INSERT INTO item VALUES (9, 'new', 1, 'x');");
      await copyDatabase(source.settings, target.settings, { onExisting: 'drop' });
      expect(await rowsOf(target, 'alpha')).toEqual(await rowsOf(source, 'alpha'));
    });
  });
}

describeServers('views that the target refuses', serversOf('postgresql'), () => {
  test('are findings with their text and end no run', async () => {
    await using source = await prepared(
      'postgresql',
      `CREATE TABLE alone (id int); CREATE VIEW broken AS SELECT id FROM alone; CREATE VIEW after AS SELECT * FROM broken;`,
    );
    await using target = await createScratchDatabase('postgresql');
    await runScript(target.settings, 'CREATE TYPE broken AS (x int);');
    const { result, findings } = await copyDatabase(source.settings, target.settings);
    expect(result.status).toBe('FINISHED');
    const lost = findings.filter(({ code }) => code === 'view_not_copied');
    expect(lost.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^View "broken" is not carried over: the target refuses it \(.*broken/),
      expect.stringMatching(/^View "after" is not carried over: the target refuses it/),
    ]);
    expect(lost[0]!.statement).toContain('CREATE VIEW "public"."broken"');
    expect(await rowsOf(target, 'zeta')).toEqual(await rowsOf(source, 'zeta'));
  });
});
