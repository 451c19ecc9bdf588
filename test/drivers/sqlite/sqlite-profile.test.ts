import { describe, expect, it } from 'vitest';
import { sqliteDriver } from '../../../src/main/engine/drivers/sqlite/sqlite-driver.ts';
import { rulesSchema } from '../../../src/shared/model/rules.ts';
import { createFile, describeTable } from './sqlite-fixture.ts';
import { declaredTypes, hardValues } from './sqlite-hard-values.ts';

const integer = (bits: number, unsigned = false) => ({ kind: 'integer', bits, unsigned });
const float = { kind: 'float', bits: 64 };
const text = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const bytes = { kind: 'bytes', length: null, fixed: false };
const decimal = (precision: number, scale: number) => ({ kind: 'decimal', precision, scale });

/** The type that a column with these values settles to; null: it was never in doubt. */
async function settled(declared: string, values: string) {
  await using file = await createFile(`CREATE TABLE t (v ${declared});`);
  // One statement each: a VALUES list gives all rows the affinity of the first.
  for (const value of values === '' ? [] : values.split(' | ')) file.database.exec(`INSERT INTO t VALUES (${value})`);
  const source = await file.source();
  const table = await describeTable(source, 't');
  const isDoubtful = sqliteDriver.dialect.doubt(table.columns[0]!, rulesSchema.parse({})) !== null;
  const profile = await source.catalog.profile(table, { settle: isDoubtful ? ['v'] : [], hazards: [] });
  return isDoubtful ? profile.types.get('v') : table.columns[0]!.type;
}

describe('the type that rows prove', () => {
  it.each([
    ['INTEGER', '1 | NULL | -9223372036854775808', integer(64)],
    ['INTEGER', "1 | 'word'", text],
    ['INTEGER', "''", text],
    ['INTEGER', '1 | 1.5', float],
    ['INTEGER', '9007199254740993 | 1.5', text],
    ['INTEGER', '', integer(64)],
    ['INT', '2147483647 | -2147483648', integer(32)],
    ['INT', '2147483648', integer(64)],
    ['UNSIGNED INT', '4294967295', integer(32, true)],
    ['UNSIGNED INT', '-1', integer(64)],
    ['TINYINT', '127', integer(8)],
    ['UNSIGNED BIG INT', '1', integer(64)],
    ['POINT', '1', integer(64)],
    ['BOOLEAN', '0 | 1 | NULL', { kind: 'boolean' }],
    ['BOOLEAN', '0 | 1 | 2', integer(64)],
    ['BOOLEAN', "'true'", text],
    ['REAL', '1 | 1.5', float],
    ['REAL', "1 | 'n/a'", text],
    ['DECIMAL(10,2)', '1.5 | 0.07 | 99999999.99 | 7', decimal(10, 2)],
    ['DECIMAL(10,2)', '1.125', decimal(38, 3)],
    ['DECIMAL(4,2)', '100', decimal(38, 0)],
    ['DECIMAL(10,2)', '1e300', float],
    ['NUMERIC', '1 | 2.5', decimal(38, 1)],
    ['NUMERIC', '9e999', float],
    ['NUMERIC', "1 | 'x1'", text],
    ['DECIMAL_TEXT(30,10)', "'1.10'", decimal(30, 10)],
    ['VARCHAR(3)', "'abcd'", { ...text, length: 3 }],
    ['NCHAR(3)', "'abc'", { ...text, length: 3, fixed: true }],
    ['TEXT COLLATE NOCASE', "'a'", { ...text, ignoresCase: true }],
    ['TEXT', "'a' | x'00'", bytes],
    ['BLOB', "x'00' | 'a'", bytes],
    ['BLOB', '1 | 2', integer(64)],
    ['BLOB', "x'00' | 2", { kind: 'any' }],
    ['VARBINARY(16)', "x'00'", { ...bytes, length: 16 }],
    ['', '1 | 2', integer(64)],
    ['', '1 | 2.0', float],
    ['', "1 | 'a' | 1.5", text],
    ['', "'a'", text],
    ['', "x'00'", bytes],
    ['', '', text],
    ['STRING', "'a'", text],
    ['DATE', "'2024-02-29' | '0001-01-01'", { kind: 'date' }],
    ['DATE', "'2024-02-30'", text],
    ['DATE', '20240229', integer(64)],
    ['DATETIME', "'2024-02-29 12:00:00' | '2024-02-29T12:00:00.123456'", { kind: 'timestamp', fraction: 6 }],
    ['DATETIME', "'2024-02-29T12:00:00Z' | '2024-02-29 12:00:00.5Z'", { kind: 'timestamptz', fraction: 6 }],
    ['DATETIME', "'2024-02-29T12:00:00Z' | '2024-02-29 12:00:00'", text],
    ['DATETIME', "'2024-02-29' | '2024-03-01'", { kind: 'date' }],
    ['DATETIME', "'2024-02-29 12:00:00.1234567'", text],
    ['DATETIME', "'2024-02-29 12:00:00.1000000'", { kind: 'timestamp', fraction: 6 }],
    ['DATETIME', "'2024-02-29 25:00:00'", text],
    ['DATETIME', "'now'", text],
    ['DATETIME', '1709210096', integer(64)],
    ['DATETIME', '2460370.02425', float],
    ['TIMESTAMPTZ', "'2024-02-29 12:00:00+00:00'", { kind: 'timestamptz', fraction: 6 }],
    ['TIMESTAMPTZ', "'2024-02-29 12:00:00+02:00'", text],
    ['TIME', "'23:59:59.5' | '24:00:00'", { kind: 'time', span: 'day', fraction: 6 }],
    ['TIME_TEXT(0)', "'-838:59:59'", { kind: 'time', span: 'duration', fraction: 0 }],
    ['TIME', "'noon'", text],
    ['UUID', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", { kind: 'uuid' }],
    ['UUID', "'x'", text],
    ['UUID', "x'00112233445566778899aabbccddeeff'", bytes],
    ['JSON', `'{"a": [1]}' | '1' | 'null'`, { kind: 'json', form: 'text' }],
    ['JSON', "'{a: 1}'", text],
  ])('%s with %s', async (declared, values, expected) => {
    expect(await settled(declared, values)).toEqual(expected);
  });

  it('never calls a type proven whose values the reader would refuse', async () => {
    const dates = [
      "'2024-02-29 12:00:00.'",
      "'2024-02-29 12:00:00.x'",
      "'2024-02-29 12:00:00 '",
      "'2024-02-29  12:00:00'",
    ];
    for (const value of [...dates, "'2024-02-29 12:00'", "' 2024-02-29 12:00:00'", "'2024-2-29 12:00:00'"]) {
      expect(await settled('DATETIME', value), value).toEqual(text);
    }
    for (const value of ["'12:00:00.'", "'12:00:00.1234567'", "'12:00'", "'12:00:00Z'"]) {
      expect(await settled('TIME', value), value).toEqual(text);
    }
  });

  it('counts hazards along the way, page by page', async () => {
    await using file = await createFile(`
      CREATE TABLE t (id INTEGER PRIMARY KEY, d DATE_TEXT, w TEXT, r REAL);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      INSERT INTO t SELECT i * 1000, '2024-01-01', 'a', 1 FROM n;
      UPDATE t SET d = '0000-00-00' WHERE id IN (1000, 12000000);
      UPDATE t SET d = 'infinity', w = 'a' || char(0), r = 9e999 WHERE id = 6000000;
      UPDATE t SET d = '0044-03-15 BC' WHERE id = 7000000;`);
    const source = await file.source();
    const profile = await source.catalog.profile(await describeTable(source, 't'), {
      settle: ['r'],
      hazards: [
        { column: 'd', hazard: 'zero-date' },
        { column: 'd', hazard: 'infinite-date' },
        { column: 'd', hazard: 'date-range' },
        { column: 'w', hazard: 'nul-byte' },
        { column: 'r', hazard: 'not-a-number' },
      ],
    });
    expect(profile.hazardCounts).toEqual([2, 1, 1, 1, 1]);
    expect(profile.types.get('r')).toEqual(float);
  });
});

describe('a large table is settled from its pages as it is by SQL', () => {
  it.each(declaredTypes.filter((type) => !type.includes('_TEXT')))('%s', async (type) => {
    // SQL alone looks at tables of fewer rows, and where hazards are counted.
    const rows = 5001;
    await using file = await createFile(`CREATE TABLE t (v ${type}, more TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT NULL, i FROM n`);
    const update = file.database.prepare(`UPDATE t SET v = ? WHERE rowid = ${rows}`);
    const source = await file.source();
    const table = await describeTable(source, 't');
    const settle = ['v', 'more'];
    for (const value of hardValues) {
      update.run(value);
      const pages = await source.catalog.profile(table, { settle, hazards: [] });
      const sql = await source.catalog.profile(table, { settle, hazards: [{ column: 'v', hazard: 'nul-byte' }] });
      expect(Object.fromEntries(pages.types), String(value)).toEqual(Object.fromEntries(sql.types));
    }
  });
});

it('proves types of a table that is changed while it is looked at', async () => {
  await using file = await createFile(`CREATE TABLE t (v DATETIME);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)
      INSERT INTO t SELECT '2024-02-29 12:00:00' FROM n`);
  const source = await file.source();
  const table = await describeTable(source, 't');
  const profile = source.catalog.profile(table, { settle: ['v'], hazards: [] });
  // Between two slices, no lock keeps others from writing.
  await new Promise((resolve) => setImmediate(resolve));
  file.database.exec(`UPDATE t SET v = 'soon' WHERE rowid = 400000`);
  expect((await profile).types.get('v')).toEqual(text);
});
