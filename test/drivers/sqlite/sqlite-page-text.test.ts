/** Rows that SQLite puts together as text are what the encoders make of the same rows, value by value, errors included. */
import type { SQLInputValue } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Session, TableReader } from '../../../src/main/engine/driver/driver.ts';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import { createFile, planOf, readAll } from './sqlite-fixture.ts';

const types = [
  ...[
    'INTEGER',
    'BIGINT',
    'BOOLEAN',
    'DOUBLE',
    'FLOAT',
    'DECIMAL(10,2)',
    'DECIMAL(30,10)',
    'NUMERIC',
    'DECIMAL_TEXT(30,10)',
  ],
  ...['TEXT', 'VARCHAR(10)', 'JSON', 'JSON_TEXT', 'UUID_TEXT', 'BLOB', ''],
  ...['DATE', 'TIME', 'DATETIME', 'TIMESTAMP', 'DATE_TEXT', 'DATETIME_TEXT', 'TIMESTAMPTZ_TEXT'],
];

const numbers = [0n, 1n, 2n, -1n, 255n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const reals = [
  ...[0.1, 0.1 + 0.2, -0, 1 / 3, 12.34, -0.5, 100.005, 123456789.123456, 2 ** 53 + 2, 0.30000000000000004, 5e-324],
  ...[1e14 + 0.5, 999999999999999.9, 1e15 + 0.5, 1e16, 1e21, 1e22, 1.7976931348623157e308, Infinity, -Infinity],
  ...[1e-4, 9.9e-5, 1.5e-7, 0.001, 1e-3 / 3, 4.35, 0.000123456789012345678, 72057594037927936, 9007199254740993],
];
const texts = [
  ...[
    '',
    'a',
    '1',
    '1.10',
    '-12.34',
    '1e5',
    'NULL',
    '\\N',
    '\\',
    'tab\tbed',
    'new\nline',
    '\r',
    'ünï',
    '😀',
    'a\0b',
    '\ufffd',
  ],
  ...['2024-02-29', '2023-02-29', '0000-00-00', '0001-01-01', '9999-12-31', '-001-01-01', '2024-1-1', ' 2024-01-01'],
  ...['23:59:59', '24:00:00', '12:00', '12:00:00.5', '12:00:00.50', '12:00:00.1234567', '12:00:00.', '-12:00:00'],
  ...['2024-02-29 12:00:00', '2024-02-29T12:00:00', '2024-02-29 12:00:00.123456', '2024-02-29 12:00:00.120'],
  ...[
    '2024-02-29 12:00:00Z',
    '2024-02-29 12:00:00+02:00',
    '2024-02-29 24:00:00',
    '0000-01-01 00:00:00',
    '2024-02-29 12:00',
  ],
  ...['9F86D081-884C-4D63-A1B2-C3D4E5F60718', '9f86d081-884c-4d63-a1b2-c3d4e5f60718', '{"a": 1}', 'x'.repeat(9000)],
];
const values: SQLInputValue[] = [
  ...[null, ...numbers, ...reals, ...texts],
  ...[Buffer.alloc(0), Buffer.from([0, 9, 10, 13, 92, 255]), Buffer.alloc(9000, 7), Buffer.from('text')],
];

async function outcome(reader: TableReader, plan: TablePlan): Promise<string> {
  try {
    return (await readAll(reader, plan)).bytes.toString('latin1');
  } catch (error) {
    // Errors name the row, which a query numbers in another way.
    return `refused: ${(error as Error).message.replace(/ \((?:rowid|row) [^)]*\)/, '')}`;
  }
}

/** Both ways of each table: by its rowids, and as a query, which SQLite never writes as text. */
async function compare(session: Session, names: readonly string[]): Promise<void> {
  const tables = await session.catalog.describe(names.map((name) => ({ schema: null, name })));
  expect(tables.length).toBe(names.length);
  await using snapshot = await session.openSnapshot(1, []);
  const reader = snapshot.readers[0]!;
  for (const table of tables) {
    const { name } = table.name;
    const columns = table.columns.map((column) => `"${column.name}"`).join(', ');
    const stepped = await outcome(reader, planOf(table, { query: `SELECT ${columns} FROM "${name}"` }));
    const paged = await outcome(reader, planOf(table));
    // Floats are the same number, not the same digits.
    const isFloat = table.columns.map(({ type }) => type.kind === 'float');
    const canonical = (text: string) =>
      text.replace(/[^\n]+/g, (row) => {
        const fields = row
          .split('\t')
          .map((field, at) => (isFloat[at] && /\d/.test(field) ? String(Number(field)) : field));
        return fields.join('\t');
      });
    expect(canonical(paged), `${table.columns[0]!.nativeType} ${name}`).toBe(canonical(stepped));
  }
}

describe('a column of one value', () => {
  test.each(types)('%s', async (type) => {
    await using file = await createFile();
    const { database } = file;
    const names = values.map((_, index) => `v${index}`);
    database.exec('BEGIN');
    for (const [index, name] of names.entries()) {
      database.exec(`CREATE TABLE ${name} (v ${type})`);
      database.prepare(`INSERT INTO ${name} VALUES (?)`).run(values[index]!);
    }
    // Text whose bytes are no UTF-8.
    database.exec(`CREATE TABLE broken (v ${type}); INSERT INTO broken VALUES (CAST(x'61ff62' AS TEXT)); COMMIT`);
    await compare(await file.source(), [...names, 'broken']);
  });
});

test('pages of plain and odd rows in turn', async () => {
  await using file = await createFile();
  const { database } = file;
  database.exec('CREATE TABLE t (price DECIMAL(10,2), weight DOUBLE, name TEXT, made DATETIME, data BLOB)');
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?)');
  // A linear congruential generator: the same rows in every run.
  let state = 42;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  database.exec('BEGIN');
  for (let row = 0; row < 20_000; row++) {
    const isOdd = row % 5000 > 4990;
    const price = Math.round(random() * 1e9) / 100;
    const weight = random() * 10 ** Math.floor(random() * 30 - 10);
    const made = new Date(Math.floor(random() * 4e12)).toISOString().slice(0, 19).replace('T', ' ');
    insert.run(price, weight, isOdd ? 'tab\t' : `name ${row}`, made, Buffer.from(String(row)));
  }
  database.exec('COMMIT');
  await compare(await file.source(), ['t']);
});
