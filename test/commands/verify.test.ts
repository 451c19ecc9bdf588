/** `sluice verify`: what it finds, shows, repairs and answers. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { runEventSchema } from '../../src/shared/model/run-event.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

const shop = `
  CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price DECIMAL_TEXT(10,2));
  INSERT INTO items VALUES (1, 'one', '1.00'), (2, 'two', '2.00'), (3, 'three', NULL);
  CREATE TABLE notes (line TEXT);
  INSERT INTO notes VALUES ('a'), ('b');`;

const ends = ['--source', 'source.db', '--target', 'target.db'];

/** Two equal files, but for what `planted` does to the target. */
async function createPair(planted: string) {
  const folder = await createFolder();
  execute(join(folder.path, 'source.db'), shop);
  execute(join(folder.path, 'target.db'), shop + planted);
  return folder;
}

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

function itemsOf(folder: string): unknown[] {
  using database = new DatabaseSync(join(folder, 'target.db'), { readOnly: true });
  return database.prepare('SELECT * FROM items ORDER BY id').all();
}

const differences = `
  UPDATE items SET name = 'two ', price = NULL WHERE id = 2;
  DELETE FROM items WHERE id = 3;
  INSERT INTO items VALUES (4, 'four', '4.00');`;

test('equal: 0', async () => {
  await using folder = await createPair('');
  const { exitCode, stdout, stderr } = await runSluice(['verify', ...ends], { folder: folder.path });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^\[\d+\.\d s\] items: equal, 3 rows$/m);
  expect(stdout).toMatch(/^items +3 +3 +equal$/m);
  expect(stdout).toMatch(/^2 tables compared in /m);
});

describe('differences: 3', () => {
  test('each with its key, its columns and both values; nothing is changed', async () => {
    await using folder = await createPair(differences);
    const before = itemsOf(folder.path);
    const { exitCode, stdout, stderr } = await runSluice(['verify', ...ends], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stderr).toBe(
      'Error: Source and target differ in items.\nRun `sluice verify --repair`, or see the report.\n',
    );
    expect(stdout).toMatch(/^items +3 +3 +3 differences$/m);
    const shown = stdout.slice(stdout.indexOf('Differences in items:')).split('\n\n')[0]!;
    expect(shown.split('\n').toSorted()).toEqual(
      [
        'Differences in items:',
        '  changed: id = 2',
        '    name: source "two"',
        '          target "two "',
        '    price: source 2.00',
        '           target NULL',
        '  missing in the target: id = 3',
        '  in the target only: id = 4',
      ].toSorted(),
    );
    expect(itemsOf(folder.path)).toEqual(before);
  });

  test('a number and a text of SQLite that look alike', async () => {
    await using folder = await createPair('');
    execute(join(folder.path, 'source.db'), 'CREATE TABLE loose (v); INSERT INTO loose VALUES (1)');
    execute(join(folder.path, 'target.db'), "CREATE TABLE loose (v); INSERT INTO loose VALUES ('1')");
    const args = ['verify', ...ends, '--table', 'loose'];
    const { exitCode, stdout } = await runSluice(args, { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^loose +1 +1 +2 differences$/m);
  });

  test('a table and a column that the target does not have', async () => {
    await using folder = await createPair('DROP TABLE notes; ALTER TABLE items DROP COLUMN price');
    const { exitCode, stdout } = await runSluice(['verify', ...ends], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('items: Table "items" of the target has no column "price".');
    expect(stdout).toContain('notes: The target has no table "notes".');
  });

  test('of a long value the part around the difference', async () => {
    await using folder = await createFolder();
    const text = 'x'.repeat(100_000);
    execute(
      join(folder.path, 'source.db'),
      `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '${text}A${text}')`,
    );
    execute(
      join(folder.path, 'target.db'),
      `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, '${text}B${text}')`,
    );
    const { exitCode, stdout } = await runSluice(['verify', ...ends], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/source "…x+Ax+… \(200001 characters\)"\n +target "…x+Bx+… \(200001 characters\)"/);
    expect(stdout.length).toBeLessThan(2000);
  });

  test('by the run file: filtered and renamed', async () => {
    await using folder = await createFolder();
    execute(join(folder.path, 'source.db'), shop);
    const tables = [
      {
        name: 'items',
        where: 'id < 3',
        targetName: 'things',
        columnOptions: { name: { targetName: 'title' }, price: { drop: true } },
      },
      { name: 'cheap', query: 'SELECT id, price FROM items WHERE id = 1' },
    ];
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify({ source: 'source.db', target: 'target.db', tables }));
    expect((await runSluice(['run', 'run.json', '--verify'], { folder: folder.path })).exitCode).toBe(0);
    execute(join(folder.path, 'target.db'), "UPDATE things SET title = 'One' WHERE id = 1; DELETE FROM cheap");
    const { exitCode, stdout } = await runSluice(['verify', 'run.json'], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^items +2 +2 +1 difference$/m);
    expect(stdout).toMatch(/^cheap +1 +0 +1 difference$/m);
  });
});

test('with --json every line is an event, the last one the end', async () => {
  await using folder = await createPair(differences);
  const { exitCode, stdout } = await runSluice(['verify', ...ends, '--json'], { folder: folder.path });
  expect(exitCode).toBe(3);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => runEventSchema.parse(JSON.parse(line)));
  expect(events[0]).toEqual({ type: 'phase', phase: 'verifying', detail: null });
  expect(events).toContainEqual(expect.objectContaining({ type: 'comparing', table: 'items', pass: 'search' }));
  const items = events.flatMap((event) =>
    event.type === 'compared' && event.table.name === 'items' ? [event.table] : [],
  );
  expect(items).toMatchObject([{ sourceRows: 3, targetRows: 3, differences: 3, hasMore: false }]);
  expect(items[0]!.rows).toContainEqual({
    kind: 'changed',
    key: [{ column: 'id', value: '2' }],
    cells: [
      { column: 'name', source: 'two', target: 'two ' },
      { column: 'price', source: '2.00', target: null },
    ],
  });
  expect(events.at(-1)).toMatchObject({
    type: 'end',
    status: 'FINISHED',
    rows: 5,
    error: { code: 'differences_found' },
  });
});

describe('--repair', () => {
  test('makes exactly the differing rows equal: 0', async () => {
    await using folder = await createPair(differences);
    const { exitCode, stdout } = await runSluice(['verify', ...ends, '--repair'], { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^items +3 +3 +3 +equal$/m);
    expect(stdout).toContain('items: equal, 3 rows, 3 rows repaired');
    expect(itemsOf(folder.path)).toEqual([
      { id: 1, name: 'one', price: '1.00' },
      { id: 2, name: 'two', price: '2.00' },
      { id: 3, name: 'three', price: null },
    ]);
  });

  test('says what it cannot mend: 3', async () => {
    await using folder = await createPair("INSERT INTO notes VALUES ('b')");
    const { exitCode, stdout } = await runSluice(['verify', ...ends, '--repair'], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('"notes" has no primary key');
  });
});

test('what cannot be compared: 2 and 4', async () => {
  await using folder = await createPair('');
  const itself = await runSluice(['verify', '-s', 'source.db', '-t', './source.db'], { folder: folder.path });
  expect(itself.exitCode).toBe(4);
  expect(itself.stderr).toContain('the same table "items"');
  const missing = await runSluice(['verify', '-s', 'source.db', '-t', 'nowhere.db'], { folder: folder.path });
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('nowhere.db');
  expect(existsSync(join(folder.path, 'nowhere.db'))).toBe(false);
});

describeServers('verify on servers', ['postgres18', 'mariadb'], ({ postgres18, mariadb }) => {
  test('a target that was there before, of other types: equal where its values are', async () => {
    await using source = await createDatabase(mariadb);
    await using target = await createDatabase(postgres18);
    await using folder = await createFolder();
    await source.execute(`CREATE TABLE t (Id int PRIMARY KEY, flag int, amount decimal(10,2), word varchar(20), at datetime, f float);
      INSERT INTO t VALUES (1, 0, 1.50, 'a', '2024-02-29 12:00:00', 0.1), (2, 1, -0.07, 'B', '1999-12-31 23:59:59', 16777216)`);
    await target.execute(`CREATE TABLE t ("Id" bigint PRIMARY KEY, flag boolean, amount numeric(20,6), word text, at timestamptz, f float8,
      more text DEFAULT 'x')`);
    const body = { source: source.url, target: target.url, createStructure: false };
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify(body));
    const run = await runSluice(['run', 'run.json', '--verify'], { folder: folder.path });
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
    await target.execute('UPDATE t SET amount = amount + 0.000001 WHERE "Id" = 2');
    const { exitCode, stdout } = await runSluice(['verify', 'run.json'], { folder: folder.path });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/changed: Id = 2\n {4}amount: source -0\.07\n +target -0\.069999$/m);
  });
});
