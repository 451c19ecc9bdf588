/** Ranges cover a table with no gap and no overlap, whatever its key. */
import { describe, expect, test } from 'vitest';
import { evenBounds } from '../../../src/main/engine/drivers/mysql/split-ranges.ts';
import type { KeyRange } from '../../../src/main/engine/model/table-plan.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { collect, describeTable, parseRowText, planOf } from '../postgres/open-database.ts';
import { bothKinds, openSession } from './open-database.ts';

const limits = { maxRows: 100, maxBytes: 1024 ** 2 };

interface Split {
  readonly ranges: readonly (KeyRange | null)[];
  /** Rows of each range. */
  readonly counts: readonly number[];
  /** All columns of all rows, in the order of the ranges. */
  readonly rows: readonly string[];
}

async function split(database: TestDatabase, name = 't'): Promise<Split> {
  await using source = await openSession(database, 'source');
  const plan = planOf(await describeTable(source, name));
  const ranges = await source.catalog.splitRanges(plan, limits);
  await using snapshot = await source.openSnapshot(1, []);
  const counts: number[] = [];
  const rows: string[] = [];
  for (const range of ranges) {
    const read = await collect(snapshot.readers[0]!.read(plan, range));
    counts.push(read.rows);
    rows.push(...parseRowText(read.bytes).map((row) => JSON.stringify(row)));
  }
  return { ranges, counts, rows };
}

/** Every row of the table once: `rows` has no two equal ones, and as many as the server counts. */
async function expectExactlyOnce(database: TestDatabase, { rows }: Split): Promise<void> {
  const [[count] = []] = await database.rows('SELECT COUNT(*) FROM t');
  expect(rows).toHaveLength(Number(count));
  expect(new Set(rows).size).toBe(rows.length);
}

/** A table `n` of the numbers 0 to `count` - 1. */
const numbers = (count: number) =>
  `CREATE TABLE n (i int PRIMARY KEY) SELECT a.i + 10 * b.i + 100 * c.i + 1000 * d.i AS i FROM
    ${['a', 'b', 'c', 'd'].map((each) => `(SELECT 0 AS i UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) ${each}`).join(', ')}
    HAVING i < ${count};`;

describeEachServer('ranges', bothKinds, (server) => {
  test.each([
    ['tinyint', '-128', '127', 1],
    ['tinyint unsigned', '0', '255', 1],
    ['smallint', '-32768', '32767', 59],
    ['smallint unsigned', '0', '65535', 59],
    ['mediumint', '-8388608', '8388607', 15_000],
    ['mediumint unsigned', '0', '16777215', 15_000],
    ['int', '-2147483648', '2147483647', 3_800_000],
    ['int unsigned', '0', '4294967295', 3_800_000],
    ['int(11) zerofill', '0', '4294967295', 3_800_000],
    ['bigint', '-9223372036854775808', '9223372036854775807', 16_500_000_000_000_000],
    ['bigint unsigned', '0', '18446744073709551615', 16_500_000_000_000_000],
  ])('of a %s key reach from its least to its greatest', async (type, least, greatest, step) => {
    await using database = await createDatabase(server);
    // Far apart, with a dense part in the middle.
    await database.execute(`${numbers(1100)} CREATE TABLE t (id ${type} PRIMARY KEY, v varchar(10));
      INSERT IGNORE INTO t SELECT ${least} + CAST(i AS decimal(30)) * ${step}, 'sparse' FROM n WHERE ${least} + CAST(i AS decimal(30)) * ${step} <= ${greatest};
      INSERT IGNORE INTO t SELECT i, 'dense' FROM n WHERE i <= ${greatest}; INSERT IGNORE INTO t VALUES (${greatest}, 'last'); ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    const { ranges, counts, rows } = found;
    expect(ranges.length).toBeGreaterThanOrEqual(rows.length / 100);
    expect(ranges.every((range) => range?.kind === 'key' && range.column === 'id')).toBe(true);
    expect(Math.max(...counts)).toBeLessThanOrEqual(100);
    const keys = rows.map((row) => (JSON.parse(row) as string[])[0]);
    expect(keys).toContain(least);
    expect(keys).toContain(greatest);
  });

  test.each([
    [
      'date',
      "IF(i = 0, '0000-00-00', IF(i = 1, '2010-00-15', IF(i = 999, '9999-12-31', '1000-01-01' + INTERVAL i * 97 DAY)))",
    ],
    ['datetime', "IF(i = 0, '0000-00-00', '0001-01-01 23:59:59' + INTERVAL i * 31 HOUR)"],
    ['datetime(6)', "'2020-01-01' + INTERVAL i MICROSECOND"],
    ['timestamp', "IF(i = 0, '0000-00-00', '1970-01-01 00:00:01' + INTERVAL i * 2147483 SECOND)"],
    ['timestamp(3)', "'2020-03-29 01:00:00' + INTERVAL i * 1000 MICROSECOND"],
    ['binary(16)', 'LEFT(UNHEX(SHA2(i, 256)), 16)'],
    ['varbinary(20)', "CONCAT(REPEAT('a', i DIV 100), UNHEX(LPAD(HEX(i), 4, '0')))"],
    // Below 0x01 00 comes 0x01 and below that nothing: bounds that are beginnings of others.
    ['varbinary(400)', 'REPEAT(UNHEX(LPAD(HEX(i % 8), 2, 0)), i DIV 8 * 3)'],
  ])('of a %s key, whatever its values', async (type, expression) => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; SET time_zone = '+00:00'; ${numbers(1000)}
      CREATE TABLE t (id ${type}, n int, v varchar(10), PRIMARY KEY (id, n));
      INSERT INTO t SELECT ${expression}, i, NULL FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(8);
    expect(found.ranges[0]).toMatchObject({ kind: 'key', column: 'id', from: null });
  });

  test.each([
    [
      'decimal(65,30)',
      'IF(i < 3, ELT(i + 1, -1, 0, 1) * 99999999999999999999999999999999999.999999999999999999999999999999, (i - 500) / 7)',
    ],
    ['decimal(4,0) unsigned zerofill', 'i'],
    ['decimal(20,5)', '(i - 500) / 7e4'],
    [
      'double',
      'IF(i < 4, ELT(i + 1, -1.7976931348623157e308, 5e-324, -5e-324, 1.7976931348623157e308) + 0e0, (i - 500) / 7e0)',
    ],
    // -0 and 0 are one key.
    ['double', 'IF(i < 300, IF(i % 2, -0e0, 0e0), i / 1e300)'],
    ['double(20,4)', 'i / 3e0'],
    ['float', '(i - 500) / 7e0'],
    ['float', '16777216e0 + i * 2'],
    ['time(6)', "IF(i < 2, ELT(i + 1, '-838:59:59', '838:59:59'), SEC_TO_TIME((i - 500) * 0.7))"],
  ])('of a %s key, digit by digit: %s', async (type, expression) => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; ${numbers(1000)} CREATE TABLE t (id ${type}, n int, v varchar(10), PRIMARY KEY (id, n));
      INSERT INTO t SELECT ${expression}, i, NULL FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(5);
    // Rows of equal keys stay together, however many.
    expect(Math.max(...found.counts)).toBeLessThanOrEqual(expression.includes('< 300') ? 300 : 100);
  });

  const folding = 'utf8mb4_unicode_520_ci';
  const unpadded = server.kind === 'mysql' ? 'utf8mb4_0900_ai_ci' : 'utf8mb4_unicode_520_nopad_ci';
  const unpaddedExact = server.kind === 'mysql' ? 'utf8mb4_0900_bin' : 'utf8mb4_nopad_bin';
  const spaces = "CONCAT(LPAD(i DIV 5, 4, '0'), REPEAT(' ', i % 5))";
  const controls = "CONCAT('a', CHAR(i % 40 USING utf8mb4), i DIV 40, CHAR(i % 3 * 46 USING utf8mb4))";
  const variants = "CONCAT(ELT(i % 5 + 1, 'straße', 'STRASSE', 'Strasse', 'strasse ', 'stra\u00adsse'), i DIV 200)";
  test.each([
    ['varchar(40) COLLATE utf8mb4_bin', "IF(i < 150, '', CONCAT('k', i))"],
    ['varchar(40) COLLATE utf8mb4_bin', spaces],
    ['varchar(40) COLLATE utf8mb4_bin', controls],
    [`varchar(40) COLLATE ${folding}`, variants],
    [`varchar(40) COLLATE ${folding}`, controls],
    [`varchar(40) COLLATE ${folding}`, spaces],
    [`varchar(40) COLLATE ${unpadded}`, variants],
    [`varchar(40) COLLATE ${unpadded}`, spaces],
    [`varchar(40) COLLATE ${unpadded}`, controls],
    [`char(40) COLLATE ${unpadded}`, controls],
    [`char(40) COLLATE ${unpaddedExact}`, controls],
    ['char(10) COLLATE utf8mb4_general_ci', "IF(i % 2, CONCAT('key', i DIV 4), CONCAT('KEY', i DIV 4))"],
    ['varchar(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci', 'CONCAT(CHAR(i % 255 + 1 USING latin1), i DIV 255)'],
    ['varchar(10) CHARACTER SET latin1 COLLATE latin1_bin', 'CONCAT(CHAR(i % 255 + 1 USING latin1), i DIV 255)'],
    ['varchar(10) CHARACTER SET ascii', "CONCAT(IF(i % 2, 'a', 'A'), i)"],
    ['varchar(10) CHARACTER SET utf16', 'CONCAT(CHAR(0xF09F9880 + i % 64 USING utf8mb4), i DIV 64)'],
    ['varchar(700)', 'REPEAT(CHAR(97 + i % 26), i DIV 2)'],
  ])('of a %s key, as the server compares it: %s', async (type, expression) => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; ${numbers(1000)} CREATE TABLE t (id ${type}, n int, v varchar(10), PRIMARY KEY (id, n));
      INSERT INTO t SELECT ${expression}, i, NULL FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(4);
    const [[largest] = []] = await database.rows(
      'SELECT MAX(c) FROM (SELECT COUNT(*) AS c FROM t GROUP BY id) AS classes',
    );
    expect(Math.max(...found.counts)).toBeLessThanOrEqual(100 + Number(largest));
  });

  test('of texts that are not themselves in our character set end before the first of these', async () => {
    await using database = await createDatabase(server);
    // No character of cp1250 has the number 0x81: the server reads it as a question mark, which is less than all letters.
    await database.execute(`${numbers(1000)} CREATE TABLE t (id varbinary(10), n int, PRIMARY KEY (id, n));
      INSERT INTO t SELECT CONCAT(IF(i < 300, 'k', 0x81), LPAD(i, 4, '0')), i FROM n;
      ALTER TABLE t MODIFY id varbinary(10) NOT NULL; ALTER TABLE t MODIFY id varchar(10) CHARACTER SET cp1250 COLLATE cp1250_bin NOT NULL;
      ANALYZE TABLE t`);
    const found = await split(database);
    expect(found.counts.reduce((sum, count) => sum + count)).toBe(1000);
    expect(found.counts.at(-1)).toBeGreaterThanOrEqual(700);
    expect(found.ranges.length).toBeGreaterThanOrEqual(3);
  });

  test('of the years', async () => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; ${numbers(1300)} CREATE TABLE t (id year, n int, PRIMARY KEY (id, n));
      INSERT INTO t SELECT IF(i % 13 = 0, '0000', 1901 + i % 255), i FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThan(8);
  });

  test('keep rows that share the leading column together, also where there is but one value', async () => {
    await using database = await createDatabase(server);
    await database.execute(`${numbers(1000)} CREATE TABLE t (tenant int, id int, PRIMARY KEY (tenant, id));
      INSERT INTO t SELECT IF(i < 900, 7, i), i FROM n; ANALYZE TABLE t`);
    const skewed = await split(database);
    await expectExactlyOnce(database, skewed);
    expect(skewed.counts).toContain(900);
    await database.execute('DELETE FROM t WHERE tenant <> 7');
    expect(await split(database)).toMatchObject({ ranges: [null], counts: [900] });
  });

  test.each([
    ['no key', 'id int', 'i'],
    ['a prefix of a binary key', 'id blob, PRIMARY KEY (id(8))', "LPAD(i, 8, '0')"],
    ['a prefix of a text key', 'id text, PRIMARY KEY (id(8))', "LPAD(i, 8, '0')"],
    // It is kept by the numbers of its labels, and compares by their letters.
    ['a key of labels', "id enum('b', 'a'), n int, PRIMARY KEY (id, n)", "IF(i < 500, 'a', 'b'), i"],
    ['a unique column that may be NULL', 'id int NULL UNIQUE', 'NULLIF(i, 5)'],
  ])('is one for %s', async (_, column, expression) => {
    await using database = await createDatabase(server);
    await database.execute(
      `${numbers(1000)} CREATE TABLE t (${column}); INSERT INTO t SELECT ${expression} FROM n; ANALYZE TABLE t`,
    );
    expect(await split(database)).toMatchObject({ ranges: [null], counts: [1000] });
  });

  test('is one for a table of one row or none', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (id bigint PRIMARY KEY)');
    expect(await split(database)).toMatchObject({ ranges: [null], counts: [0] });
    await database.execute('INSERT INTO t VALUES (-9223372036854775808)');
    expect(await split(database)).toMatchObject({ ranges: [null], counts: [1] });
  });

  test('hold for names that must be quoted, and for a key that is stored from its greatest on', async () => {
    await using database = await createDatabase(server);
    await database.execute(`${numbers(1000)} CREATE TABLE t (\`a\`\`b'c"d\` int, PRIMARY KEY (\`a\`\`b'c"d\` DESC));
      INSERT INTO t SELECT i FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(10);
  });

  test('of a partitioned table', async () => {
    await using database = await createDatabase(server);
    await database.execute(`${numbers(1000)} CREATE TABLE t (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
      INSERT INTO t SELECT i * i FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(10);
  });
});

describeEachServer('ranges', ['mariadb'], (server) => {
  test('of a uuid key', async () => {
    await using database = await createDatabase(server);
    await database.execute(`${numbers(1000)} CREATE TABLE t (id uuid PRIMARY KEY);
      INSERT INTO t SELECT IF(i = 0, '00000000-0000-0000-0000-000000000000', UUID()) FROM n; ANALYZE TABLE t`);
    const found = await split(database);
    await expectExactlyOnce(database, found);
    expect(found.ranges.length).toBeGreaterThanOrEqual(10);
  });
});

describe('even bounds', () => {
  test.each([
    ['-9223372036854775808', '9223372036854775807', 4, ['-4611686018427387904', '0', '4611686018427387904']],
    ['0', '18446744073709551615', 2, ['9223372036854775808']],
    // More parts than numbers: none is empty, and the least is not cut off.
    ['5', '7', 10, ['6', '7']],
    ['5', '5', 3, []],
  ])('from %s to %s in %s parts', (least, most, parts, bounds) => {
    expect(evenBounds(BigInt(least), BigInt(most), parts)).toEqual(bounds);
  });
});
