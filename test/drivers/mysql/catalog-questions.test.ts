/** Questions to the catalog about many tables: they grow with the tables, not with their square, nor with other databases. */
import { expect, test } from 'vitest';
import { createDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { bothKinds, openSession } from './open-database.ts';

const tables = 40;

describeEachServer('the catalog of a database with many tables', ['mariadb'], (server) => {
  test('has information_schema filled a few times, and not once for each table', async () => {
    await using other = await createDatabase(server);
    await using database = await createDatabase(server);
    const numbers = Array.from({ length: tables }, (_, number) => number);
    await database.execute(
      numbers
        .map((number) => `CREATE TABLE t${number} (id int PRIMARY KEY, word varchar(20))`)
        .concat('CREATE VIEW seen AS SELECT * FROM t0')
        .join(';'),
    );
    const columns = Array.from({ length: 200 }, (_, column) => `c${column} int`).join(', ');
    for (const number of numbers.slice(0, 20)) await other.execute(`CREATE TABLE o${number} (${columns})`);
    await using session = await openSession(database, 'source');
    const names = numbers.map((number) => ({ schema: null, name: `t${number}` }));
    /** Rows of information_schema made so far, for the session's one connection. */
    const rowsMade = async () => Number((await session.query("SHOW SESSION STATUS LIKE 'Handler_tmp_write'"))[0]![1]);
    const before = await rowsMade();
    await session.catalog.tables();
    const described = await session.catalog.describe(names);
    const views = await session.catalog.views();
    await session.catalog.sequences();
    await session.catalog.objects();
    const made = (await rowsMade()) - before;
    expect(described).toHaveLength(tables);
    expect(views).toMatchObject([{ columns: ['id', 'word'] }]);
    expect(made).toBeGreaterThan(tables);
    expect(made).toBeLessThan(tables * 60);
  }, 120_000);
});

describeEachServer('profiles of many tables', bothKinds, (server) => {
  test('are those of each by itself', async () => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; CREATE TABLE t (b tinyint(1), d date, w varchar(9));
      INSERT INTO t VALUES (1, '0000-00-00', 'a\\0b'), (0, '2020-00-01', 'b'), (NULL, '2020-01-01', NULL);
      CREATE TABLE \`it's\` LIKE t; CREATE TABLE other LIKE t; INSERT INTO other VALUES (7, NULL, 'c')`);
    await using source = await openSession(database, 'source');
    const tables = await source.catalog.describe(['t', "it's", 'other'].map((name) => ({ schema: null, name })));
    const hazards = [
      { column: 'd', hazard: 'zero-date' },
      { column: 'w', hazard: 'nul-byte' },
    ] as const;
    const asked = [
      ...tables.map((table) => ({ table, request: { settle: ['b'], hazards } })),
      { table: tables[0]!, request: { settle: [], hazards: [] } },
    ];
    const together = await source.catalog.profileTogether!(asked);
    expect(together.map(({ types, hazardCounts }) => [types.get('b')?.kind, hazardCounts])).toEqual([
      ['boolean', [2, 1]],
      ['boolean', [0, 0]],
      [undefined, [0, 0]],
      [undefined, []],
    ]);
    const each = await Promise.all(asked.map(({ table, request }) => source.catalog.profile(table, request)));
    expect(together).toEqual(each);
  });
});
