/** Values through the reader and the writer: exactly what the server holds, on both servers. */
import { expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import type { ServerAddress } from '../../support/servers.ts';
import { describeTable, parseRowText, planOf, readAll, toRowText } from '../postgres/open-database.ts';
import { bothKinds, loadBytes, openSession, type Way } from './open-database.ts';

/** Native type, a literal that makes the value, and the row text's field (null: NULL). */
const values: readonly (readonly [type: string, literal: string, text: string | null])[] = [
  ['tinyint', '-128', '-128'],
  ['tinyint(1)', '2', '2'],
  ['smallint unsigned', '65535', '65535'],
  ['mediumint', '-8388608', '-8388608'],
  ['int(8) zerofill', '42', '42'],
  ['bigint', '-9223372036854775808', '-9223372036854775808'],
  ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
  [
    'decimal(65,30)',
    "'-12345678901234567890123456789012345.123456789012345678901234567890'",
    '-12345678901234567890123456789012345.123456789012345678901234567890',
  ],
  ['decimal(6,2) zerofill', '3.5', '3.50'],
  ['float', '16777216', '16777216'],
  ['float', '0.1', '0.10000000149011612'],
  ['float(7,4)', '999.9999', '999.9998779296875'],
  ['double', '0.1', '0.1'],
  ['double', '5e-324', '5e-324'],
  ['double', '1.7976931348623157e308', '1.7976931348623157e308'],
  ['double(10,2)', '12345678.91', '12345678.91'],
  ['year', '0', '0'],
  ['year', '1901', '1901'],
  ['bit(1)', "b'1'", '1'],
  ['bit(9)', "b'101010101'", '101010101'],
  ['bit(9)', "b'1001'", '000001001'],
  [
    'bit(64)',
    "b'1000000000000000000000000000000000000000000000000000000000001101'",
    '1000000000000000000000000000000000000000000000000000000000001101',
  ],
  ['date', "'9999-12-31'", '9999-12-31'],
  ['date', "'0000-00-00'", '0000-00-00'],
  ['date', "'2010-00-15'", '2010-00-15'],
  ['datetime(6)', "'2020-01-02 03:04:05.120000'", '2020-01-02 03:04:05.12'],
  ['datetime(6)', "'2020-01-02 03:04:05.000001'", '2020-01-02 03:04:05.000001'],
  ['datetime(6)', "'2020-01-02 03:04:50.000000'", '2020-01-02 03:04:50'],
  ['datetime', "'2020-01-02 03:04:50'", '2020-01-02 03:04:50'],
  ['timestamp(3) null', "'2038-01-19 03:14:07.999'", '2038-01-19 03:14:07.999'],
  ['timestamp null', "'1970-01-01 00:00:01'", '1970-01-01 00:00:01'],
  ['time', "'-838:59:59'", '-838:59:59'],
  ['time(6)', "'838:59:58.100000'", '838:59:58.1'],
  ['time(6)', "'10:00:00'", '10:00:00'],
  ['varchar(20) character set utf8mb4', "'ü😀'", 'ü😀'],
  ['varchar(20) character set latin1', "'äöü'", 'äöü'],
  ['char(5) character set utf8mb4', "'a  '", 'a'],
  ['text character set utf8mb4', "''", ''],
  ['varchar(9) character set utf8mb4', "'NULL'", 'NULL'],
  ['varchar(9) character set utf8mb4', "'\\\\N'", '\\N'],
  ['varchar(9) character set utf8mb4', "'\\\\.'", '\\.'],
  ['varchar(9) character set utf8mb4', 'NULL', null],
  ['binary(4)', "x'ff00'", '\\xff000000'],
  ['varbinary(4)', "x''", '\\x'],
  ['longblob', "x'00091a0a0d5cff'", '\\x00091a0a0d5cff'],
  ["enum('a','ü','it''s','b\\\\c') character set utf8mb4", "'b\\\\c'", 'b\\c'],
  ["set('x','y','z') character set utf8mb4", "'z,x'", 'x,z'],
  ['json', '\'[1, "ü\\\\\\\\"]\'', '[1, "ü\\\\"]'],
  ['point', "ST_GeomFromText('POINT(1 2)')", '0101000000000000000000f03f0000000000000040'],
  [
    'geometry',
    "ST_GeomFromText('LINESTRING(0 0, 9 9)')",
    '01020000000200000000000000000000000000000000000000000000000000224000000000000022' + '40',
  ],
];

async function tableOfValues(database: TestDatabase): Promise<void> {
  const columns = values.map(([type], index) => `c${index} ${type}`);
  await database.execute(`SET sql_mode = 'NO_ENGINE_SUBSTITUTION'; CREATE TABLE v (${columns.join(', ')}) CHARACTER SET utf8mb4;
    INSERT INTO v VALUES (${values.map(([, literal]) => literal).join(', ')}), (${values.map(() => 'NULL').join(', ')});
    CREATE TABLE copy LIKE v`);
}

/** Both rows of both tables as hex, which hides nothing. */
const hexOf = (database: TestDatabase, table: string) =>
  database.rows(`SELECT ${values.map((_, index) => `HEX(c${index})`).join(', ')} FROM ${table} ORDER BY c0 IS NULL`);

describeEachServer('values', bothKinds, (server: ServerAddress) => {
  test('are read in their canonical text', async () => {
    await using database = await createDatabase(server);
    await tableOfValues(database);
    await using session = await openSession(database, 'source');
    const rows = parseRowText((await readAll(session, planOf(await describeTable(session, 'v')))).bytes);
    expect(rows[0]!.map((text, index) => [values[index]![0], values[index]![1], text])).toEqual(
      values.map(([type, literal, text]) => [type, literal, text]),
    );
    expect(rows[1]).toEqual(values.map(() => null));
  });

  test.each<Way>(['load', 'loadStrict'])('come back as they were by %s', async (way) => {
    await using database = await createDatabase(server);
    await tableOfValues(database);
    await using source = await openSession(database, 'source');
    await using target = await openSession(database, 'target');
    const plan = planOf(await describeTable(source, 'v'));
    const { bytes } = await readAll(source, plan);
    await loadBytes(target, { ...plan, target: { schema: null, name: 'copy' } }, bytes, way);
    const expected = await hexOf(database, 'v');
    expect(await hexOf(database, 'copy')).toEqual(expected);
  });

  test('booleans are 1 and 0, anything else is left for the target to refuse', async () => {
    await using database = await createDatabase(server);
    await database.execute(
      'CREATE TABLE b (n int, f tinyint(1), g bit(1)); INSERT INTO b VALUES (1, 0, 1), (2, 1, 0), (3, -1, 1), (4, 12, 1)',
    );
    await using session = await openSession(database, 'target');
    const plan = planOf(await describeTable(session, 'b'), {
      wire: (type) =>
        (type.kind === 'integer' && type.bits === 8) || type.kind === 'bits' ? { kind: 'boolean' } : type,
    });
    const { bytes } = await readAll(session, plan);
    expect(bytes.toString()).toBe('1\tf\tt\n2\tt\tf\n3\t-1\tt\n4\t12\tt\n');
    for (const way of ['load', 'loadStrict'] as const) {
      await database.execute('DELETE FROM b');
      await loadBytes(session, plan, Buffer.from('1\tf\tt\n2\tt\tf\n3\t\\N\t\\N\n'), way);
      expect(await database.rows('SELECT n, f, g + 0 FROM b ORDER BY n')).toEqual([
        ['1', '0', '1'],
        ['2', '1', '0'],
        ['3', null, null],
      ]);
    }
  });

  test('durations are intervals where the wire says so', async () => {
    await using database = await createDatabase(server);
    await database.execute(
      "CREATE TABLE d (t time(6)); INSERT INTO d VALUES ('-838:59:59'), ('00:00:00'), ('01:02:03.5'), ('100:00:00.000001')",
    );
    await using session = await openSession(database, 'source');
    const plan = planOf(await describeTable(session, 'd'), { wire: () => ({ kind: 'interval' }) });
    expect((await readAll(session, plan)).bytes.toString().trim().split('\n')).toEqual([
      'PT-838H-59M-59S',
      'PT0H0M0S',
      'PT1H2M3.5S',
      'PT100H0M0.000001S',
    ]);
  });

  test.each([
    ['null', null, null],
    ['epoch', '1970-01-01', '1970-01-01 00:00:00'],
  ] as const)('zero dates follow the rule %s', async (zeroDate, date, moment) => {
    await using database = await createDatabase(server);
    await database.execute(`SET sql_mode = ''; CREATE TABLE z (n int, d date, t datetime(6));
      INSERT INTO z VALUES (1, '0000-00-00', '0000-00-00'), (2, '2010-00-15', '2010-05-00 10:00:00'), (3, '0000-05-06', '0000-01-01'), (4, '2010-10-10', '2000-10-10 10:10:10.1')`);
    await using session = await openSession(database, 'source');
    const plan = planOf(await describeTable(session, 'z'), { rules: { zeroDate } });
    expect(parseRowText((await readAll(session, plan)).bytes)).toEqual([
      ['1', date, moment],
      ['2', date, moment],
      ['3', date, moment],
      ['4', '2010-10-10', '2000-10-10 10:10:10.1'],
    ]);
  });

  test('text with a NUL byte follows the rule', async () => {
    await using database = await createDatabase(server);
    const long = 'x'.repeat(1000);
    await database.execute(
      `CREATE TABLE n (i int, s longtext character set utf8mb4); INSERT INTO n VALUES (1, CONCAT('a', CHAR(0), 'b')), (2, CONCAT('${long}', CHAR(0)))`,
    );
    await using session = await openSession(database, 'source');
    const table = await describeTable(session, 'n');
    const read = async (nulByte: 'keep' | 'strip' | 'replace' | 'error') =>
      (await readAll(session, planOf(table, { rules: { nulByte } }))).bytes.toString();
    expect(await read('keep')).toBe(`1\ta\0b\n2\t${long}\0\n`);
    expect(await read('strip')).toBe(`1\tab\n2\t${long}\n`);
    expect(await read('replace')).toBe(`1\ta\u2400b\n2\t${long}\u2400\n`);
    // The target refuses such a row, as it refuses others.
    expect(await read('error')).toBe(await read('keep'));
  });

  test('geometries keep their reference system and the stored order of coordinates', async () => {
    await using database = await createDatabase(server);
    // What other databases write for longitude 20, latitude 10.
    const ewkb = '0101000020e610000000000000000034400000000000002440';
    await database.execute('CREATE TABLE g (p point); CREATE TABLE h (p geometry)');
    await using session = await openSession(database, 'target');
    const plan = planOf(await describeTable(session, 'g'));
    for (const way of ['load', 'loadStrict'] as const) {
      await database.execute('DELETE FROM g');
      await loadBytes(session, plan, toRowText([[ewkb], [null]]), way);
      expect(await database.rows('SELECT HEX(p) FROM g ORDER BY p IS NULL')).toEqual([
        [`E6100000${'01010000000000000000003440'}0000000000002440`],
        [null],
      ]);
      expect((await readAll(session, plan)).bytes.toString()).toBe(`${ewkb}\n\\N\n`);
    }
  });
});
