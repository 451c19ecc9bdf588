/** Questions to the catalog about rows, queries and privileges. */
import { expect, test } from 'vitest';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase } from '../../support/databases.ts';
import { bothVersions, describeTable, openSession } from './open-database.ts';

describeEachServer('a custom query', bothVersions, (server) => {
  test('is described without being run', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TYPE mood AS ENUM ('happy'); CREATE TABLE t (n numeric(8,3) NOT NULL, feel mood);
      CREATE FUNCTION loud() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'it ran'; END $$`);
    await using source = await openSession(database, 'source');
    const columns = await source.catalog.describeQuery('SELECT n, feel, loud() AS l, now() FROM t; ');
    expect(columns.map(({ name, nativeType, nullable }) => [name, nativeType, nullable])).toEqual([
      ['n', 'numeric(8,3)', true],
      ['feel', 'mood', true],
      ['l', 'integer', true],
      ['now', 'timestamp with time zone', true],
    ]);
    expect(columns[0]?.type).toEqual({ kind: 'decimal', precision: 8, scale: 3 });
    expect(columns[1]?.type).toMatchObject({ kind: 'enum', labels: ['happy'] });
  });

  test.each([
    'DELETE FROM t RETURNING *',
    'WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone',
    'INSERT INTO t VALUES (1) RETURNING n',
    'SELECT 1; DELETE FROM t',
    'SELECT 1) AS x) TO STDOUT; DELETE FROM t; COPY (SELECT * FROM (SELECT 1',
    'SELECT * INTO u FROM t',
    'CREATE TABLE u AS SELECT 1',
    'SELECT n FROM t WHERE n = $1',
    'SELECT nothing FROM t',
    'SELECT 1 AS a, 2 AS a',
    'SELECT FROM t',
    'SELEC 1',
    'SHOW all',
    ' ; ',
    '',
  ])('is refused: %j', async (sql) => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (n integer); INSERT INTO t VALUES (1)');
    await using source = await openSession(database, 'target');
    await expect(source.catalog.describeQuery(sql)).rejects.toMatchObject({ code: 'query_invalid' });
    expect(await database.rows('SELECT n FROM t')).toEqual([['1']]);
  });
});

describeEachServer('a profile', bothVersions, (server) => {
  test('finds the digits of numbers and counts what rules touch, in one pass', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (a numeric, b numeric, c numeric, e numeric, f float8, d date, ts timestamptz);
      INSERT INTO t VALUES (12.50, 0.001, 'NaN', NULL, 'NaN', 'infinity', '10000-01-01'),
        (-1234.5, -0.1, 1, NULL, 'Infinity', '0044-01-01 BC', '-infinity'), (0, 0, 2, NULL, 1, '2020-01-01', '2020-01-01')`);
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 't');
    const profile = await source.catalog.profile(table, {
      settle: ['a', 'b', 'c', 'e'],
      hazards: [
        { column: 'd', hazard: 'infinite-date' },
        { column: 'd', hazard: 'date-range' },
        { column: 'ts', hazard: 'infinite-date' },
        { column: 'ts', hazard: 'date-range' },
        { column: 'f', hazard: 'not-a-number' },
        { column: 'c', hazard: 'not-a-number' },
        { column: 'a', hazard: 'zero-date' },
      ],
    });
    expect([...profile.types]).toEqual([
      ['a', { kind: 'decimal', precision: 6, scale: 2 }],
      ['b', { kind: 'decimal', precision: 3, scale: 3 }],
    ]);
    expect(profile.hazardCounts).toEqual([1, 1, 1, 1, 2, 1, 0]);
    expect(await source.catalog.profile(table, { settle: [], hazards: [] })).toEqual({
      types: new Map(),
      hazardCounts: [],
    });
  });
});

describeEachServer('profiles of many tables', bothVersions, (server) => {
  test('are those of each by itself', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (a numeric, d date); INSERT INTO t VALUES (12.50, 'infinity'), (-1234.5, '2020-01-01');
      CREATE TABLE empty (a numeric, d date); CREATE TABLE "it's" (a numeric, d date); INSERT INTO "it's" VALUES ('NaN', NULL);
      CREATE TABLE whole (a numeric, d date) PARTITION BY RANGE (d); CREATE TABLE part PARTITION OF whole DEFAULT;
      INSERT INTO whole VALUES (0.125, '-infinity')`);
    await using source = await openSession(database, 'source');
    const names = ['t', 'empty', "it's", 'whole'].map((name) => ({ schema: 'public', name }));
    const tables = await source.catalog.describe(names);
    const hazards = [
      { column: 'd', hazard: 'infinite-date' },
      { column: 'a', hazard: 'zero-date' },
    ] as const;
    const asked = [
      ...tables.map((table) => ({ table, request: { settle: ['a'], hazards } })),
      { table: tables[0]!, request: { settle: [], hazards: [] } },
    ];
    const together = await source.catalog.profileTogether!(asked);
    expect(together.map(({ types, hazardCounts }) => [types.get('a'), hazardCounts])).toEqual([
      [{ kind: 'decimal', precision: 6, scale: 2 }, [1, 0]],
      [undefined, [0, 0]],
      [undefined, [0, 0]],
      [{ kind: 'decimal', precision: 3, scale: 3 }, [1, 0]],
      [undefined, []],
    ]);
    const each = await Promise.all(asked.map(({ table, request }) => source.catalog.profile(table, request)));
    expect(together).toEqual(each);
  });
});

describeEachServer('preflight', bothVersions, (server) => {
  test('finds nothing where all is well, but tells of weak durability', async () => {
    await using database = await createDatabase(server);
    await using session = await openSession(database, 'target');
    expect(await session.preflight('source')).toEqual([]);
    const found = (await session.preflight('target')).map(({ severity, code }) => `${severity} ${code}`);
    expect(found.filter((finding) => finding !== 'info weak_durability')).toEqual([]);
  });

  test('names missing privileges and hidden rows, each with the statement that mends it', async () => {
    await using database = await createDatabase(server);
    const role = `${database.name}_guest`;
    await database.execute(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      CREATE TABLE t (a integer); GRANT SELECT ON t TO ${role}; ALTER TABLE t ENABLE ROW LEVEL SECURITY`);
    try {
      const guest = { ...database, settings: { ...database.settings, username: role } };
      await using source = await openSession(guest, 'source');
      expect(await source.preflight('source')).toEqual([
        expect.objectContaining({ code: 'row_security', table: 't', statement: `ALTER ROLE "${role}" BYPASSRLS` }),
      ]);
      await expect(source.query('SELECT * FROM t')).rejects.toMatchObject({ code: 'permission_denied' });
      await using target = await openSession(guest, 'target');
      const findings = (await target.preflight('target')).filter(({ code }) => code !== 'weak_durability');
      expect(findings).toEqual([
        expect.objectContaining({
          severity: 'error',
          code: 'create_denied',
          statement: `GRANT CREATE ON SCHEMA "public" TO "${role}"`,
        }),
        expect.objectContaining({ severity: 'info', code: 'schema_create_denied' }),
      ]);
      for (const { statement } of findings) await database.execute(statement!);
      expect((await target.preflight('target')).filter(({ code }) => code !== 'weak_durability')).toEqual([]);
    } finally {
      await database.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
