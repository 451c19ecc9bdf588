/** What one server of PostgreSQL has and another has not: decided in the plan, before a table is made. */
import { expect, test } from 'vitest';
import { needsOf } from '../../src/main/engine/drivers/postgres/postgres-facilities.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase } from '../support/databases.ts';
import { describeEachServer, describeServers } from '../support/needs.ts';

const newer = `
CREATE TABLE item (
  id uuid PRIMARY KEY DEFAULT uuidv7(), other uuid DEFAULT gen_random_uuid(), name text CHECK (casefold(name) = name), label text,
  folded text GENERATED ALWAYS AS (casefold(label)) STORED, "casefold" text DEFAULT 'casefold(x)'
);
CREATE INDEX item_folded ON item (casefold(name));
CREATE INDEX item_some ON item (id) WHERE casefold(label) = 'x';
CREATE VIEW shown AS SELECT casefold(label) AS label FROM item;
CREATE VIEW plain AS SELECT label FROM item;
INSERT INTO item (name, label) VALUES ('a', 'ÄB');
`;

describeServers('functions of a newer PostgreSQL', ['postgres18', 'postgres15'], ({ postgres18, postgres15 }) => {
  test('are left out where the target does not have them, and each use is told of', async () => {
    await using origin = await createDatabase(postgres18);
    await using database = await createDatabase(postgres15);
    await origin.execute(newer);
    const { findings } = await copyDatabase(origin.settings, database.settings);
    const told = findings
      .filter(({ severity }) => severity === 'warning')
      .map(({ code, column }) => [code, column ?? '']);
    expect(told.toSorted()).toEqual([
      ['check_dropped', ''],
      ['default_dropped', 'id'],
      ['generated_dropped', 'folded'],
      ['view_not_copied', ''],
    ]);
    expect(findings.filter(({ code }) => code === 'index_dropped')).toHaveLength(2);
    expect(await database.rows('SELECT name, folded, "casefold" FROM item')).toEqual([['a', 'äb', 'casefold(x)']]);
    const defaults = `SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
      WHERE adrelid = 'item'::regclass ORDER BY attnum`;
    expect(await database.rows(defaults)).toEqual([
      ['other', 'gen_random_uuid()'],
      ['casefold', "'casefold(x)'::text"],
    ]);
    expect(await database.rows('SELECT * FROM plain')).toEqual([['ÄB']]);
  });

  test('are used where the target has one of that name', async () => {
    await using origin = await createDatabase(postgres18);
    await using database = await createDatabase(postgres15);
    await origin.execute('CREATE TABLE item (id uuid PRIMARY KEY DEFAULT uuidv7(), n integer)');
    await database.execute(`CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'`);
    const { findings } = await copyDatabase(origin.settings, database.settings);
    expect(findings.map(({ code }) => code)).not.toContain('default_dropped');
    await database.execute('INSERT INTO item (n) VALUES (1)');
  });
});

const withExtensions = `
CREATE SCHEMA tools; CREATE EXTENSION citext SCHEMA tools; CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore;
CREATE TABLE person (id integer PRIMARY KEY, name tools.citext, note text);
CREATE INDEX person_note ON person USING gin (note gin_trgm_ops);
`;

describeEachServer('extensions', ['postgres18', 'postgres15'], (server) => {
  const told = ({ findings }: Awaited<ReturnType<typeof copyDatabase>>) =>
    findings
      .filter(({ code }) => code.startsWith('extension_'))
      .map(({ code, message }) => `${code} ${/citext|pg_trgm|hstore/.exec(message)?.[0]}`)
      .toSorted();

  test('that tables use are made, in their schema, and others are told of', async () => {
    await using origin = await createDatabase(server);
    await using database = await createDatabase(server);
    await origin.execute(withExtensions);
    const first = await copyDatabase(origin.settings, database.settings);
    expect(told(first)).toEqual(['extension_needed citext', 'extension_needed pg_trgm', 'extension_not_copied hstore']);
    await database.execute("INSERT INTO person VALUES (1, 'Ann')");
    expect(
      await database.rows("SELECT name, extnamespace::regnamespace FROM person, pg_extension WHERE extname = 'citext'"),
    ).toEqual([['Ann', 'tools']]);
    // They are there now, and one that nothing uses as well.
    await database.execute('DROP TABLE person; CREATE EXTENSION hstore');
    expect(told(await copyDatabase(origin.settings, database.settings))).toEqual([]);
  });

  test('and functions of the user keep the defaults that call them', async () => {
    await using origin = await createDatabase(server);
    await using database = await createDatabase(server);
    await origin.execute(
      `CREATE EXTENSION "uuid-ossp"; CREATE FUNCTION seven() RETURNS integer LANGUAGE sql AS 'SELECT 7';
       CREATE TABLE item (id uuid PRIMARY KEY DEFAULT uuid_generate_v1(), n integer DEFAULT seven(), note text)`,
    );
    const { findings } = await copyDatabase(origin.settings, database.settings);
    expect(findings.map(({ code }) => code)).not.toContain('default_dropped');
    await database.execute("INSERT INTO item (note) VALUES ('x')");
    expect(await database.rows('SELECT n, id IS NOT NULL FROM item')).toEqual([['7', 't']]);
  });

  test('of another schema refuse the run before anything is made', async () => {
    await using origin = await createDatabase(server);
    await using database = await createDatabase(server);
    await origin.execute(withExtensions);
    await database.execute('CREATE EXTENSION citext');
    await expect(copyDatabase(origin.settings, database.settings)).rejects.toThrow(/citext in schema tools/);
    expect(await database.rows("SELECT relname FROM pg_class WHERE relname IN ('person', '_sluice_chunks')")).toEqual(
      [],
    );
    // A table that is there needs nothing.
    await database.execute('CREATE TABLE person (id integer PRIMARY KEY, name citext, note text)');
    await copyDatabase(origin.settings, database.settings);
  });
});

test('an extension that the server does not have is an error with what to do', () => {
  const table = {
    ...{
      name: { schema: 'public', name: 'place' },
      kind: 'table' as const,
      columns: [],
      primaryKey: null,
      indexes: [],
      foreignKeys: [],
    },
    ...{ checks: [], comment: null, partitioning: null, traits: ['needs:CREATE DOMAIN d AS uuid DEFAULT uuidv7()'] },
    extensions: [{ name: 'postgis', schema: 'public' }],
  };
  const needs = needsOf(
    table,
    { functions: new Set(), builtIn: new Set(), extensions: new Map([['citext', null]]) },
    new Set(['uuidv7']),
  );
  expect(needs.map(({ code, isMet }) => [code, isMet])).toEqual([
    ['extension_missing', false],
    ['function_missing', false],
  ]);
});
