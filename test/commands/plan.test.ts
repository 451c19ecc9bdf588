/** `sluice plan` and `run --dry-run`: they say what would happen, and change nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { copyPlanSchema } from '../../src/shared/model/copy-plan.ts';
import { createFolder } from '../support/databases.ts';
import { runSluice } from './support/sluice-process.ts';

async function createSample() {
  const folder = await createFolder();
  using database = new DatabaseSync(join(folder.path, 'source.db'));
  database.exec(`
    CREATE TABLE "odd name" (id INTEGER PRIMARY KEY, price DECIMAL_TEXT(10,2) NOT NULL, "order" VARCHAR(20));
    INSERT INTO "odd name" VALUES (1, '1.10', 'a'), (2, '2.20', 'b');
    CREATE INDEX by_price ON "odd name" (price);
    CREATE VIEW cheap AS SELECT * FROM "odd name" WHERE price < 2;
    CREATE TRIGGER added AFTER INSERT ON "odd name" BEGIN SELECT 1; END`);
  return folder;
}

const ends = ['--source', 'source.db', '--target', 'target.db'];

test.each([['plan'], ['run', '--dry-run']])('%s %s', async (...command) => {
  await using folder = await createSample();
  const { exitCode, stdout, stderr } = await runSluice([...command, ...ends], { folder: folder.path });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^odd name → odd name \(about 2 rows/m);
  expect(stdout).toMatch(/^ {2}price +DECIMAL_TEXT\(10,2\) +→ DECIMAL_TEXT\(10,2\)$/m);
  expect(stdout).toContain('CREATE TABLE "odd name"');
  expect(stdout.indexOf('by_price')).toBeGreaterThan(stdout.indexOf('CREATE TABLE "odd name"'));
  expect(stdout).toMatch(/^cheap → cheap \(view\)\n {4}CREATE VIEW "cheap"[^]*^1 table and 1 view, about 2 rows$/m);
  expect(stdout).toMatch(/Trigger "added" of table "odd name" is not carried over/);
  expect(existsSync(join(folder.path, 'target.db'))).toBe(false);
});

test('--json is the answer that the API gives', async () => {
  await using folder = await createSample();
  const { exitCode, stdout } = await runSluice(['plan', ...ends, '--json'], { folder: folder.path });
  expect(exitCode).toBe(0);
  const plan = copyPlanSchema.parse(JSON.parse(stdout));
  expect(plan.tables).toMatchObject([
    {
      name: 'odd name',
      target: 'odd name',
      estimatedRows: 2,
      columns: [
        { name: 'id' },
        { name: 'price', type: 'DECIMAL_TEXT(10,2)', targetType: 'DECIMAL_TEXT(10,2)' },
        { name: 'order' },
      ],
    },
  ]);
  expect(plan.tables[0]!.ddl.join('\n')).toMatch(/CREATE TABLE "odd name"[^]*CREATE INDEX/);
});

test('a run that would be refused: 4', async () => {
  await using folder = await createSample();
  const { exitCode, stdout } = await runSluice(['plan', '-s', 'source.db', '-t', 'source.db'], { folder: folder.path });
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/Refused because:\n {2}- Target table "odd name"/);
});

test('an error with --json is the error that the API gives', async () => {
  await using folder = await createSample();
  const args = ['plan', ...ends, '--table', 'nope', '--json'];
  const { exitCode, stdout } = await runSluice(args, { folder: folder.path });
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'table_missing', error: expect.stringContaining('"nope"') });
});
