/** Ranges cover a table with no gap and no overlap, whatever its key. */
import { expect, test } from 'vitest';
import type { KeyRange } from '../../../src/main/engine/model/table-plan.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { bothVersions, collect, describeTable, openSession, parseRowText, planOf } from './open-database.ts';

const limits = { maxRows: 1_000, maxBytes: 1024 * 1024 };

/** Splits, reads each range, and returns the ranges with the rows of each. */
async function split(
  database: TestDatabase,
  name: string,
): Promise<{ ranges: (KeyRange | null)[]; counts: number[]; keys: (string | null)[] }> {
  await using source = await openSession(database, 'source');
  const plan = planOf(await describeTable(source, name));
  const ranges = await source.catalog.splitRanges(plan, limits);
  await using snapshot = await source.openSnapshot(1, []);
  const counts: number[] = [];
  const keys: (string | null)[] = [];
  for (const range of ranges) {
    const { bytes, rows } = await collect(snapshot.readers[0]!.read(plan, range));
    counts.push(rows);
    for (const row of parseRowText(bytes)) keys.push(row[0]!);
  }
  return { ranges, counts, keys };
}

const exactlyOnce = (keys: readonly (string | null)[], rows: number) => {
  expect(keys).toHaveLength(rows);
  expect(new Set(keys).size).toBe(rows);
};

describeEachServer('ranges', bothVersions, (server) => {
  test.each([
    ['smallint', '-32768', '32767', 60],
    ['integer', '-2147483648', '2147483647', 500_000],
    ['bigint', '-9223372036854775808', '9223372036854775807', 2_000_000_000_000_000],
  ])('of a %s key reach from its least to its greatest', async (type, least, greatest, step) => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (id ${type} PRIMARY KEY, v text);
      INSERT INTO t SELECT n, repeat('x', 50) FROM (SELECT (${least})::numeric + i * ${step}::numeric AS n FROM generate_series(0, 1090) i
        UNION SELECT ${greatest} UNION SELECT n FROM generate_series(1, 7000) n) s WHERE n BETWEEN ${least} AND ${greatest} ORDER BY n;
      ANALYZE t`);
    const rows = Number((await database.rows('SELECT count(*) FROM t'))[0]![0]);
    const { ranges, counts, keys } = await split(database, 't');
    expect(ranges.length).toBeGreaterThan(5);
    expect(ranges.every((range) => range?.kind === 'key' && range.column === 'id')).toBe(true);
    exactlyOnce(keys, rows);
    expect(keys).toContain(least);
    expect(keys).toContain(greatest);
    // Sparse as it is, no range holds much more than its share.
    expect(Math.max(...counts)).toBeLessThan((3 * rows) / ranges.length);
  });

  test.each([
    ['date', "date '0044-03-15 BC' + n * 97"],
    ['uuid', 'md5(n::text)::uuid'],
    ['bytea', "decode(md5(n::text), 'hex')"],
  ])('of a %s key', async (type, expression) => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (id ${type}, n integer, v text, PRIMARY KEY (id, n));
      INSERT INTO t SELECT ${expression}, n, repeat('x', 50) FROM generate_series(1, 9000) n ORDER BY 1; ANALYZE t`);
    const { ranges, keys } = await split(database, 't');
    expect(ranges.length).toBeGreaterThan(5);
    expect(ranges[0]).toMatchObject({ kind: 'key', column: 'id', from: null });
    exactlyOnce(keys, 9000);
  });

  test.each([
    ['no key', 'id integer', 'n'],
    ['a text key', 'id text PRIMARY KEY', 'n'],
    ['a key whose rows lie in another order', 'id uuid PRIMARY KEY', 'md5(n::text)::uuid'],
    ['a key that begins with few values', 'tenant smallint, id integer, PRIMARY KEY (tenant, id)', 'n % 2, n'],
  ])('of pages for %s', async (_, columns, expression) => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (${columns}, v text);
      INSERT INTO t SELECT ${expression}, repeat('x', 200) FROM generate_series(1, 9000) n; ANALYZE t; DELETE FROM t WHERE ctid < '(40,0)'`);
    const rows = Number((await database.rows('SELECT count(*) FROM t'))[0]![0]);
    const { ranges, counts } = await split(database, 't');
    expect(ranges.length).toBeGreaterThan(5);
    expect(ranges.every((range) => range?.kind === 'page')).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
  });

  test('of a partitioned table are those of its key, and one where it has none', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (id bigint PRIMARY KEY, v text) PARTITION BY HASH (id);
      CREATE TABLE bare (id bigint, v text) PARTITION BY HASH (id);
      CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE TABLE bare0 PARTITION OF bare FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      INSERT INTO t SELECT n * n, repeat('x', 200) FROM generate_series(1, 9000) n; INSERT INTO bare SELECT * FROM t; ANALYZE`);
    const { ranges, keys } = await split(database, 't');
    expect(ranges.length).toBeGreaterThan(5);
    exactlyOnce(keys, 9000);
    expect((await split(database, 'bare')).ranges).toEqual([null]);
  });

  test('is one for small and empty tables, views and queries', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE empty (id integer PRIMARY KEY); CREATE TABLE small AS SELECT 1 AS id;
      CREATE VIEW v AS SELECT * FROM small`);
    for (const name of ['empty', 'small', 'v']) expect((await split(database, name)).ranges).toEqual([null]);
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 'small'), {
      query: 'SELECT id FROM generate_series(1, 100000) id',
    });
    expect(await source.catalog.splitRanges(plan, limits)).toEqual([null]);
  });
});
