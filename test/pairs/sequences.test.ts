/** Sequences that are objects of their own: made with all their settings, drawn from by the same columns, and going on where they were. */
import { describe, expect, test } from 'vitest';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

const settings = { postgresql: 'AS smallint', mariadb: '' };

/** `orders` was drawn from, `rounds` is at its end and begins again, `down` counts down, `unused` is new. */
const script = (kind: 'postgresql' | 'mariadb') => `
CREATE SEQUENCE orders START WITH 100 INCREMENT BY 5${kind === 'mariadb' ? ' CACHE 0' : ''};
CREATE SEQUENCE rounds ${settings[kind]} INCREMENT BY 2 MINVALUE 3 MAXVALUE 7 START WITH 5 CYCLE${kind === 'mariadb' ? ' CACHE 0' : ''};
CREATE SEQUENCE down INCREMENT BY -1 MINVALUE -50 MAXVALUE -1 START WITH -1${kind === 'mariadb' ? ' CACHE 0' : ''};
CREATE SEQUENCE unused START WITH 42;
CREATE TABLE sale (id integer PRIMARY KEY DEFAULT nextval(${kind === 'mariadb' ? 'orders' : "'orders'"}), note varchar(20));
CREATE TABLE gift (id integer PRIMARY KEY DEFAULT nextval(${kind === 'mariadb' ? 'orders' : "'orders'"}), note varchar(20));
INSERT INTO sale (note) VALUES ('a'); INSERT INTO gift (note) VALUES ('b');
SELECT nextval(${kind === 'mariadb' ? 'rounds' : "'rounds'"}); SELECT nextval(${kind === 'mariadb' ? 'rounds' : "'rounds'"});
SELECT nextval(${kind === 'mariadb' ? 'down' : "'down'"});`;

const draw = (target: DatabaseKind, name: string) => `SELECT nextval(${target === 'mariadb' ? name : `'${name}'`})`;

const pairs = [
  ['postgresql', 'postgresql'],
  ['postgresql', 'mariadb'],
  ['mariadb', 'mariadb'],
  ['mariadb', 'postgresql'],
] as const;

for (const [source, target] of pairs) {
  const needs = [...new Set([...serversOf(source), ...serversOf(target)])];
  describeServers(`sequences from ${source} to ${target}`, needs, () => {
    test('give the numbers that the source would give', async () => {
      await using origin = await createScratchDatabase(source);
      await using database = await createScratchDatabase(target);
      await runScript(origin.settings, script(source));
      const { findings } = await copyDatabase(origin.settings, database.settings);
      expect(findings.filter(({ code }) => /^sequence_/.test(code))).toEqual([]);
      const drawn = async (...statements: string[]) => {
        const { rows, errors } = await readRows(database.settings, statements);
        expect(errors).toBe('');
        return rows.flat();
      };
      const nexts = ['orders', 'rounds', 'down', 'unused'].map((name) => draw(target, name));
      expect(await drawn(...nexts)).toEqual(['110', '3', '-2', '42']);
      expect(await drawn(...nexts)).toEqual(['115', '5', '-3', '43']);
      const inserts = ['sale', 'gift'].map((table) => `INSERT INTO ${table} (note) VALUES ('new')`);
      expect(await drawn(...inserts, 'SELECT max(id) FROM sale', 'SELECT max(id) FROM gift')).toEqual(['120', '125']);
      // Once more into what is there: no number is given twice.
      const again = await copyDatabase(origin.settings, database.settings, { onExisting: 'drop' });
      expect(again.findings.filter(({ code }) => code === 'sequence_exists')).toHaveLength(4);
      expect(await drawn(draw(target, 'orders'))).toEqual(['130']);
    });
  });
}

for (const target of ['mysql', 'sqlite'] as const) {
  describeServers(`sequences from postgresql to ${target}`, [...serversOf('postgresql'), ...serversOf(target)], () => {
    test('are reported with their statement, unless one column has it alone', async () => {
      await using origin = await createScratchDatabase('postgresql');
      await using database = await createScratchDatabase(target);
      await runScript(
        origin.settings,
        `${script('postgresql')} CREATE SEQUENCE alone START WITH 9;
         CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('alone'));`,
      );
      const { findings } = await copyDatabase(origin.settings, database.settings);
      const told = findings.filter(({ code }) => code === 'sequence_not_copied');
      expect(told.map(({ message }) => /"(\w+)"/.exec(message)?.[1])).toEqual(['down', 'orders', 'rounds', 'unused']);
      expect(told[1]?.statement).toMatch(
        /CREATE SEQUENCE .*"orders" INCREMENT BY 5 START WITH 100;\nSELECT setval\(.*110/s,
      );
    });
  });
}

describe('defaults that draw from sequences among other things', () => {
  describeServers('of postgresql', serversOf('postgresql'), () => {
    test('do so by the names that the sequences have on the target', async () => {
      await using origin = await createScratchDatabase('postgresql');
      await using database = await createScratchDatabase('postgresql');
      await runScript(
        origin.settings,
        `CREATE SCHEMA "Shop"; CREATE SEQUENCE "Shop"."Num" START WITH 7; CREATE SEQUENCE "Plain"; CREATE SCHEMA tools; CREATE SEQUENCE tools.gone;
         CREATE TABLE tools.one (n integer);
         CREATE TABLE "Shop".sale (code text DEFAULT 'A' || nextval('"Shop"."Num"'), more integer DEFAULT nextval('"Plain"') + 100,
           late integer DEFAULT nextval(('"Plain"'::text)::regclass), lost integer DEFAULT nextval('tools.gone') + 1, kind regclass DEFAULT 'pg_class');`,
      );
      const { findings } = await copyDatabase(origin.settings, database.settings, {
        schemaMap: { Shop: 'sales' },
        identifierCase: 'lower',
        exclude: ['tools.*'],
      });
      expect(findings.filter(({ code }) => code === 'default_dropped').map(({ column }) => column)).toEqual(['lost']);
      const insert = 'INSERT INTO sales.sale DEFAULT VALUES RETURNING *';
      expect((await readRows(database.settings, [insert])).rows).toEqual([['A7', '101', '2', '', 'pg_class']]);
    });
  });

  describeServers('of mariadb', serversOf('mariadb'), () => {
    test('do so by the names that the sequences have on the target', async () => {
      await using origin = await createScratchDatabase('mariadb');
      await using database = await createScratchDatabase('mariadb');
      await runScript(
        origin.settings,
        'CREATE SEQUENCE Num START WITH 7; CREATE TABLE sale (a int DEFAULT (nextval(Num) + 100), b int DEFAULT nextval(Num), c int AUTO_INCREMENT KEY)',
      );
      await copyDatabase(origin.settings, database.settings, { identifierCase: 'lower' });
      const statements = ['INSERT INTO sale () VALUES ()', 'SELECT a, b, c FROM sale', 'SELECT nextval(num)'];
      expect((await readRows(database.settings, statements)).rows).toEqual([['107', '8', '1'], ['9']]);
    });
  });
});

describe('identity columns', () => {
  describeServers('of postgresql', serversOf('postgresql'), () => {
    test('keep all settings of their sequences', async () => {
      await using origin = await createScratchDatabase('postgresql');
      await using database = await createScratchDatabase('postgresql');
      await runScript(
        origin.settings,
        `CREATE TABLE a (id smallint GENERATED ALWAYS AS IDENTITY (START WITH 20 INCREMENT BY 10 MINVALUE 10 MAXVALUE 40 CACHE 2 CYCLE),
           back integer GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY -1), old serial);
         INSERT INTO a DEFAULT VALUES; INSERT INTO a DEFAULT VALUES; INSERT INTO a DEFAULT VALUES;`,
      );
      await copyDatabase(origin.settings, database.settings);
      const catalog = `SELECT c.relname, s.seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle FROM pg_sequence s
        JOIN pg_class c ON c.oid = s.seqrelid ORDER BY 1`;
      const [before, after] = [
        await readRows(origin.settings, [catalog]),
        await readRows(database.settings, [catalog]),
      ];
      expect(before.rows).toHaveLength(3);
      expect(after.rows).toEqual(before.rows);
      const next = ['INSERT INTO a DEFAULT VALUES RETURNING id, back, old'];
      expect((await readRows(database.settings, next)).rows[0]).toEqual(['10', '-4', '4']);
    });
  });
});
