/** Target tables that were there, with foreign keys to themselves and in a circle: rows come in any order, and are looked at after. */
import { expect, test } from 'vitest';
import { databaseKinds, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { createDatabase } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const columns = {
  person: 'id int PRIMARY KEY, boss_id int, team_id int',
  team: 'id int PRIMARY KEY, captain_id int',
  badge: 'id int PRIMARY KEY, person_id int',
};
const tables = Object.entries(columns).map(([name, list]) => `CREATE TABLE ${name} (${list});`);

/** Every row refers to one that comes later. */
const rows = `
INSERT INTO person VALUES (1, 2, 10), (2, 3, 11), (3, 1, 10);
INSERT INTO team VALUES (10, 3), (11, 1);
INSERT INTO badge VALUES (5, 3);`;

const keys: Record<string, string> = {
  person: 'FOREIGN KEY (boss_id) REFERENCES person (id), FOREIGN KEY (team_id) REFERENCES team (id)',
  team: 'FOREIGN KEY (captain_id) REFERENCES person (id)',
  badge: 'FOREIGN KEY (person_id) REFERENCES person (id)',
};

function targetScript(kind: DatabaseKind): string {
  if (kind === 'sqlite')
    return Object.entries(columns)
      .map(([name, list]) => `CREATE TABLE ${name} (${list}, ${keys[name]});`)
      .join('\n');
  const added = Object.entries(keys).map(
    ([name, list]) => `ALTER TABLE ${name} ADD ${list.replace(', FOREIGN', ', ADD FOREIGN')};`,
  );
  return [...tables, ...added].join('\n');
}

async function rowsOf({ settings }: ScratchDatabase): Promise<string[][]> {
  const statements = Object.keys(columns).map((name) => `SELECT * FROM ${name} ORDER BY id`);
  const answer = await readRows(settings, statements);
  if (answer.errors !== '') throw new Error(answer.errors);
  return answer.rows;
}

const options = { createStructure: false, truncateTarget: true } as const;

for (const target of databaseKinds) {
  describeServers(`circular keys of ${target}`, [...new Set([...serversOf('sqlite'), ...serversOf(target)])], () => {
    test('let rows in, twice, and hold afterwards', async () => {
      await using source = await createScratchDatabase('sqlite');
      await runScript(source.settings, tables.join('\n') + rows);
      await using database = await createScratchDatabase(target);
      await runScript(database.settings, targetScript(target));
      for (let round = 0; round < 2; round++) {
        const { result, findings } = await copyDatabase(source.settings, database.settings, options);
        expect(result.rows).toBe(6);
        const told = findings.filter(({ code }) => code === 'keys_checked_after').map(({ table }) => table);
        expect(told).toEqual(target === 'sqlite' ? [] : ['person', 'team']);
        expect(await rowsOf(database)).toEqual(await rowsOf(source));
      }
      const begin = target === 'sqlite' ? 'PRAGMA foreign_keys = ON' : 'SELECT 1';
      const { errors } = await readRows(database.settings, [begin, 'INSERT INTO person VALUES (9, 99, NULL)']);
      expect(errors).toMatch(/foreign key/i);
    });

    test('do not keep their tables from being dropped and made anew', async () => {
      await using source = await createScratchDatabase('sqlite');
      await runScript(source.settings, targetScript('sqlite') + rows);
      await using database = await createScratchDatabase(target);
      await runScript(database.settings, `${targetScript(target)} INSERT INTO team VALUES (99, NULL);`);
      await copyDatabase(source.settings, database.settings, { onExisting: 'drop' });
      expect(await rowsOf(database)).toEqual(await rowsOf(source));
      const begin = target === 'sqlite' ? 'PRAGMA foreign_keys = ON' : 'SELECT 1';
      const { errors } = await readRows(database.settings, [begin, 'INSERT INTO team VALUES (12, 99)']);
      expect(errors).toMatch(/foreign key/i);
    });

    test('name the rows that break them, and pass when those are mended', async () => {
      await using source = await createScratchDatabase('sqlite');
      await runScript(source.settings, `${tables.join('\n')}${rows} UPDATE person SET boss_id = 77 WHERE id = 2;`);
      await using database = await createScratchDatabase(target);
      await runScript(database.settings, targetScript(target));
      await expect(copyDatabase(source.settings, database.settings, options)).rejects.toMatchObject({
        code: 'constraint_failed',
        message: expect.stringMatching(/foreign key .* of "person".*77/),
      });
      await runScript(source.settings, 'UPDATE person SET boss_id = 1 WHERE id = 2;');
      await copyDatabase(source.settings, database.settings, options);
      expect(await rowsOf(database)).toEqual(await rowsOf(source));
    });
  });
}

describeServers(
  'circular keys of a user without privileges',
  ['postgres18', 'postgres15', 'psql'],
  ({ postgres18, postgres15 }) => {
    test.each([{ server: postgres18 }, { server: postgres15 }])(
      'are refused with the statement that allows them',
      async ({ server }) => {
        await using source = await createScratchDatabase('sqlite');
        await runScript(source.settings, tables.join('\n') + rows);
        await using database = await createDatabase(server);
        const user = `loader_${database.name}`;
        await database.execute(`CREATE ROLE ${user} LOGIN PASSWORD 'pw'; GRANT ALL ON SCHEMA public TO ${user}; SET ROLE ${user};
      ${targetScript('postgresql')} RESET ROLE;`);
        const settings = { ...database.settings, username: user, password: 'pw' };
        try {
          const refused = await copyDatabase(source.settings, settings, options).catch((error: unknown) => error);
          expect(refused).toMatchObject({
            code: expect.any(String),
            message: expect.stringContaining('its rows can only come while its foreign keys are not in force'),
            details: { findings: [{ code: 'keys_in_force' }, { code: 'keys_in_force' }] },
          });
          const { details } = refused as { details: { findings: { statement: string }[] } };
          await database.execute(details.findings[0]!.statement);
          const { result } = await copyDatabase(source.settings, settings, options);
          expect(result.rows).toBe(6);
        } finally {
          await database.execute(
            `REVOKE ALL ON PARAMETER session_replication_role FROM ${user}; DROP OWNED BY ${user}; DROP ROLE ${user}`,
          );
        }
      },
    );
  },
);
