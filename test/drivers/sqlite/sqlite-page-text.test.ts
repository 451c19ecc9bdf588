/** Rows that SQLite puts together as text are what the encoders make of the same rows, value by value, errors included. */
import { describe, expect, test } from 'vitest';
import type { Session, TableReader } from '../../../src/main/engine/driver/driver.ts';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import { createFile, planOf, readAll } from './sqlite-fixture.ts';
import { declaredTypes, hardValues } from './sqlite-hard-values.ts';

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
  test.each(declaredTypes)('%s', async (type) => {
    await using file = await createFile();
    const { database } = file;
    const names = hardValues.map((_, index) => `v${index}`);
    database.exec('BEGIN');
    for (const [index, name] of names.entries()) {
      database.exec(`CREATE TABLE ${name} (v ${type})`);
      database.prepare(`INSERT INTO ${name} VALUES (?)`).run(hardValues[index]!);
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
