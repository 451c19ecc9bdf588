/** Structure that only PostgreSQL has, between its versions: the same by the server's own words, or reported. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.ts';

const script = `
CREATE SCHEMA other;
CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION other.german (provider = icu, locale = 'de');
CREATE DOMAIN nick AS text COLLATE no_case;
CREATE TABLE thing (
  id integer PRIMARY KEY WITH (fillfactor = 80), name text COLLATE no_case UNIQUE WITH (fillfactor = 60), nick nick,
  german text COLLATE other.german, plain text COLLATE "C", document jsonb, words tsvector, place point, numbers integer[]
) WITH (fillfactor = 70, autovacuum_enabled = false);
CREATE INDEX by_words ON thing USING gist (words tsvector_ops (siglen = 100));
CREATE INDEX by_document ON thing USING gin (document jsonb_path_ops, numbers) WITH (fastupdate = off);
CREATE INDEX by_id ON thing USING brin (id int4_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 32);
CREATE INDEX by_place ON thing USING spgist (place) WITH (fillfactor = 90);
CREATE INDEX by_name ON thing (name COLLATE "C" text_pattern_ops DESC NULLS LAST, german) INCLUDE (plain) WITH (deduplicate_items = off);
CREATE INDEX by_plain ON thing USING hash (plain) WITH (fillfactor = 50);
INSERT INTO thing (id, name) VALUES (1, 'Ann');
CREATE TABLE measured (at date NOT NULL, region text, n integer, PRIMARY KEY (at, region, n)) PARTITION BY RANGE (at);
CREATE TABLE measured_2020 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (region);
CREATE TABLE measured_2020_eu PARTITION OF measured_2020 FOR VALUES IN ('eu', 'uk') PARTITION BY HASH (n);
CREATE TABLE measured_2020_eu_0 PARTITION OF measured_2020_eu FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE measured_2020_eu_1 PARTITION OF measured_2020_eu FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE measured_2020_rest PARTITION OF measured_2020 DEFAULT;
CREATE TABLE measured_rest PARTITION OF measured DEFAULT;
CREATE INDEX measured_n ON measured (n);
INSERT INTO measured VALUES ('2020-02-01', 'eu', 1), ('2020-02-01', 'eu', 2), ('2020-02-01', 'us', 3), ('2030-01-01', 'x', 4);
`;

/** Each names things in the order of their text. */
const questions = {
  indexes: `SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'other') ORDER BY 1`,
  storage: `SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL AND relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  collations: `SELECT collname, n.nspname, collprovider, collisdeterministic FROM pg_collation JOIN pg_namespace n ON n.oid = collnamespace
    WHERE n.nspname IN ('public', 'other') ORDER BY 1`,
  columns: `SELECT a.attrelid::regclass, a.attname, c.collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attnum > 0 AND a.attrelid = 'thing'::regclass ORDER BY a.attnum`,
  partitions: `SELECT t.relid::regclass, t.parentrelid::regclass, t.level, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid)
    FROM pg_partition_tree('measured') t JOIN pg_class c ON c.oid = t.relid ORDER BY t.level, c.relname`,
  rows: 'SELECT tableoid::regclass, * FROM measured ORDER BY n',
};

async function answers(database: TestDatabase): Promise<Record<string, (string | null)[][]>> {
  const all: Record<string, (string | null)[][]> = {};
  for (const [name, sql] of Object.entries(questions)) all[name] = await database.rows(sql);
  return all;
}

describeServers('structure of PostgreSQL', ['postgres15', 'postgres18'], ({ postgres15, postgres18 }) => {
  test.each([
    { from: postgres15, to: postgres15 },
    { from: postgres15, to: postgres18 },
    { from: postgres18, to: postgres18 },
  ])('is the same after a copy', async ({ from, to }) => {
    await using origin = await createDatabase(from);
    await using database = await createDatabase(to);
    await origin.execute(script);
    const { findings } = await copyDatabase(origin.settings, database.settings);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    const expected = await answers(origin);
    expect(expected['indexes']!.length).toBeGreaterThan(20);
    expect(await answers(database)).toEqual(expected);
    // By the collation, not by a rule of ours.
    await expect(database.execute("INSERT INTO thing (id, name) VALUES (2, 'ANN')")).rejects.toThrow(/duplicate key/);
  });
});

describeServers('keys over moments', ['postgres18'], ({ postgres18 }) => {
  test('keep out what overlaps', async () => {
    await using origin = await createDatabase(postgres18);
    await using database = await createDatabase(postgres18);
    await origin.execute(
      `CREATE TABLE stay (room int4range, at daterange, PRIMARY KEY (room, at WITHOUT OVERLAPS));
       INSERT INTO stay VALUES ('[1,1]', '[2020-01-01,2020-01-05)')`,
    );
    await copyDatabase(origin.settings, database.settings);
    const insert = (days: string) => database.execute(`INSERT INTO stay VALUES ('[1,1]', '${days}')`);
    await expect(insert('[2020-01-04,2020-01-09)')).rejects.toThrow(/conflicting key/);
    await insert('[2020-01-05,2020-01-09)');
  });
});

const leftBehind = `
CREATE TABLE thing (id integer PRIMARY KEY, name text CHECK (name <> ''));
ALTER TABLE thing ENABLE ROW LEVEL SECURITY; ALTER TABLE thing REPLICA IDENTITY FULL; CLUSTER thing USING thing_pkey;
ALTER TABLE thing ALTER name SET STORAGE EXTERNAL, ALTER name SET STATISTICS 500;
COMMENT ON CONSTRAINT thing_name_check ON thing IS 'not empty';
CREATE VIEW shown AS SELECT id FROM thing; COMMENT ON COLUMN shown.id IS 'the number';
CREATE STATISTICS pair ON id, name FROM thing;
GRANT SELECT (id) ON thing TO PUBLIC;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE part (n integer DEFAULT 1, m integer) PARTITION BY RANGE (n);
CREATE TABLE part_1 PARTITION OF part (m DEFAULT 5, CONSTRAINT own CHECK (m < 9)) FOR VALUES FROM (0) TO (9);
CREATE INDEX own_index ON part_1 (m);
CREATE TRIGGER touched BEFORE UPDATE ON part_1 FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE part_1 DISABLE TRIGGER touched;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE PUBLICATION news FOR TABLE thing; SELECT lo_create(0);
CREATE TYPE pair AS (a integer, b integer); CREATE FUNCTION first(pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).a';
CREATE CAST (pair AS integer) WITH FUNCTION first(pair) AS ASSIGNMENT;
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE);
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple); ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR word, asciiword WITH plain, simple;
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watched ON ddl_command_end WHEN TAG IN ('CREATE RULE') EXECUTE FUNCTION watch(); ALTER EVENT TRIGGER watched DISABLE;
CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away TYPE 'x' FOREIGN DATA WRAPPER far OPTIONS (host 'there', password 'hidden');
CREATE USER MAPPING FOR CURRENT_USER SERVER away OPTIONS (password 'hidden');
CREATE COLLATION unused (provider = icu, locale = 'de', deterministic = false); CREATE OPERATOR FAMILY family USING btree;
COMMENT ON SCHEMA public IS 'ours';
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''it''''s''; ALTER DATABASE %1$I SET search_path = ''a, b''', current_database()); END $$;
CREATE DOMAIN small AS integer; CREATE TABLE held (n small); INSERT INTO held VALUES (50);
ALTER DOMAIN small ADD CONSTRAINT below CHECK (VALUE < 10) NOT VALID;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;`;

describeServers(
  'what PostgreSQL leaves behind',
  ['postgres15', 'postgres18', 'sqlite3'],
  ({ postgres15, postgres18 }) => {
    test.each([{ server: postgres15 }, { server: postgres18 }])('is told of with its statement', async ({ server }) => {
      await using origin = await createDatabase(server);
      await using database = await createDatabase(server);
      await origin.execute(leftBehind);
      const told = async (target: TestDatabase | ScratchDatabase) => {
        const { findings } = await copyDatabase(origin.settings, target.settings);
        return findings.filter(({ code }) => code.endsWith('_not_copied'));
      };
      const own = await told(database);
      const names = own.map(
        ({ code, message }) => `${code.replace('_not_copied', '')} ${/"([^"]+)"/.exec(message)?.[1]}`,
      );
      expect(names.toSorted()).toEqual([
        ...['comment database', 'comment public.shown.id', 'comment schema public'],
        'comment thing_name_check on public.thing',
        ...[
          'constraint below',
          'constraint own',
          'grant default privileges of sluice',
          'grant thing.id',
          'index own_index',
        ],
        ...[
          'object 1 large objects',
          'object cast from pair to integer',
          'object collation unused',
          'object event trigger watched',
        ],
        ...['object foreign-data wrapper far', 'object operator ===(text,text)'],
        ...['object operator family family for access method btree', 'object publication news', 'object server away'],
        ...['object text search configuration words', 'object text search dictionary plain'],
        ...['object user mapping for sluice on server away', 'policy row level security'],
        ...['routine first', 'routine total', 'routine touch', 'routine watch'],
        ...['setting cluster', 'setting default of m', 'setting pair', 'setting replica identity'],
        ...['setting search_path in the database', 'setting statistics of name', 'setting storage of name'],
        ...['trigger touched', 'type pair'],
      ]);
      expect(JSON.stringify(own)).not.toContain('hidden');
      // The statements are what makes up for them: nothing is left to tell then but what has none.
      const ending = (statement: string) => statement.replace(/;?\s*$/, ';');
      for (const { statement } of own.toSorted((one, other) => order(one.code) - order(other.code)))
        if (statement !== undefined) await database.execute(ending(statement));
      await using again = await createDatabase(server);
      const { findings } = await copyDatabase(database.settings, again.settings);
      const left = findings.filter(({ code }) => code.endsWith('_not_copied')).length;
      expect(left).toBe(own.filter(({ statement }) => statement !== undefined).length);
      await using file = await createScratchDatabase('sqlite');
      const elsewhere = (await told(file)).map(({ code }) => code);
      expect(elsewhere).not.toContain('setting_not_copied');
      expect(elsewhere).toContain('policy_not_copied');
    });
  },
);

/** Types before the routines that take them, routines before what calls them. */
const order = (code: string): number => (code === 'type_not_copied' ? 0 : code === 'routine_not_copied' ? 1 : 2);
