/** What a copied schema does on the target: keys hold, numbers count on, defaults come, by the target's own client. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';
import { clubScripts } from './club-schema.ts';

for (const source of databaseKinds) {
  describeServers(`structure from ${databaseTitles[source]}`, serversOf(source), () => {
    let origin: ScratchDatabase;
    beforeAll(async () => {
      origin = await createScratchDatabase(source);
      await runScript(origin.settings, clubScripts[source]);
    });
    afterAll(() => origin[Symbol.asyncDispose]());
    for (const target of databaseKinds) {
      describeServers(`to ${databaseTitles[target]}`, serversOf(target), () => {
        describeTarget(() => origin, target);
      });
    }
  });
}

function describeTarget(origin: () => ScratchDatabase, target: DatabaseKind): void {
  let database: ScratchDatabase;
  beforeAll(async () => {
    database = await createScratchDatabase(target);
    await copyDatabase(origin().settings, database.settings);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  // SQLite checks foreign keys only in sessions that ask for it.
  const begin = target === 'sqlite' ? 'PRAGMA foreign_keys = ON; BEGIN;' : 'BEGIN;';
  /** Runs statements in a transaction that is rolled back, and returns what the last SELECT gave. */
  const rowsAfter = async (...statements: string[]) => {
    const { rows, errors } = await readRows(database.settings, [begin.slice(0, -1), ...statements, 'ROLLBACK']);
    if (errors !== '') throw new Error(errors);
    return rows;
  };
  const accepts = (...statements: string[]) => expect(rowsAfter(...statements)).resolves.toBeDefined();
  const refuses = (...statements: string[]) => expect(rowsAfter(...statements)).rejects.toThrow();

  test('rows are all there, id 0 among them', async () => {
    expect(await rowsAfter('SELECT id, name, captain_id FROM team ORDER BY id')).toEqual([
      ['0', 'zero', '1'],
      ['7', 'seven', '2'],
    ]);
    expect(await rowsAfter('SELECT count(*) FROM person')).toEqual([['4']]);
    expect(await rowsAfter('SELECT count(*) FROM membership')).toEqual([['2']]);
    expect(await rowsAfter('SELECT id, amount FROM payment ORDER BY id')).toEqual([
      ['1', '9.99'],
      ['2', '0.00'],
      ['3', '5.00'],
    ]);
  });

  test('numbers count on from where the source was, deleted rows included', async () => {
    const next = (table: string, columns: string, values: string) =>
      rowsAfter(`INSERT INTO ${table} (${columns}) VALUES (${values})`, `SELECT max(id) FROM ${table}`);
    expect(await next('team', 'name', "'new'")).toEqual([['42']]);
    expect(await next('person', 'email', "'new'")).toEqual([['5']]);
    expect(await next('payment', 'amount', '1')).toEqual([['4']]);
  });

  test('primary and unique keys refuse duplicates', async () => {
    await refuses("INSERT INTO team (id, name) VALUES (7, 'x')");
    await refuses("INSERT INTO membership VALUES (1, 0, '2022-01-01')");
    await accepts("INSERT INTO membership VALUES (1, 7, '2022-01-01')");
    await refuses("INSERT INTO team (name) VALUES ('seven')");
    await refuses("INSERT INTO person (email) VALUES ('a@x')");
    await accepts('INSERT INTO person (email) VALUES (NULL)');
  });

  test('NOT NULL holds, and nullable columns stay so', async () => {
    await refuses('INSERT INTO team (name) VALUES (NULL)');
    await refuses('INSERT INTO payment (amount) VALUES (NULL)');
    await refuses("INSERT INTO membership VALUES (NULL, 0, '2022-01-01')");
    await accepts('INSERT INTO person (team_id, note, ratio) VALUES (NULL, NULL, NULL)');
  });

  test('foreign keys hold: simple, self, cyclic and of two columns', async () => {
    await refuses('INSERT INTO person (team_id) VALUES (99)');
    await refuses('INSERT INTO person (boss_id) VALUES (99)');
    await refuses("INSERT INTO team (name, captain_id) VALUES ('x', 99)");
    await refuses('INSERT INTO payment (person_id, team_id, amount) VALUES (1, 7, 1)');
    await accepts('INSERT INTO payment (person_id, team_id, amount) VALUES (1, 0, 1)');
    await accepts('INSERT INTO payment (person_id, team_id, amount) VALUES (1, NULL, 1)');
  });

  test('foreign keys act as declared', async () => {
    expect(await rowsAfter('UPDATE membership SET team_id = 8 WHERE person_id = 2', paymentsOf(2))).toEqual([['8']]);
    expect(await rowsAfter('DELETE FROM person WHERE id = 4', 'SELECT count(*) FROM person')).toEqual([['3']]);
    await refuses('DELETE FROM person WHERE id = 1');
  });

  test('defaults come', async () => {
    const [row] = await rowsAfter(
      "INSERT INTO person (email) VALUES ('default')",
      "SELECT score, label, note, ratio, born, created IS NOT NULL FROM person WHERE email = 'default'",
    );
    expect(row?.slice(0, 5)).toEqual(['7', 'it\'s "x" \\ ü', 'none', '1.50', '1970-01-02']);
    expect(['1', 't']).toContain(row?.[5]);
  });

  test('indexes stand, by the catalog', async () => {
    const { rows } = await readRows(database.settings, [indexesStatement(target)]);
    const found = rows.map(([unique, columns]) => `${unique === '1' ? 'unique' : 'plain'} ${columns}`);
    for (const wanted of ['plain boss_id', 'unique email', 'plain team_id,score']) expect(found).toContain(wanted);
  });
}

const paymentsOf = (person: number) => `SELECT team_id FROM payment WHERE person_id = ${person}`;

/** Rows of `1` or `0` for unique, and the columns joined by commas: all indexes of table person. */
function indexesStatement(target: DatabaseKind): string {
  switch (target) {
    case 'postgresql':
      return `SELECT CASE WHEN i.indisunique THEN 1 ELSE 0 END, string_agg(a.attname, ',' ORDER BY k.position)
        FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(attnum, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = 'person'::regclass GROUP BY i.indexrelid, i.indisunique`;
    case 'mysql':
    case 'mariadb':
      return `SELECT 1 - max(non_unique), group_concat(column_name ORDER BY seq_in_index SEPARATOR ',')
        FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'person' GROUP BY index_name`;
    case 'sqlite':
      return `SELECT l."unique", (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
        FROM pragma_index_list('person') l`;
  }
}
