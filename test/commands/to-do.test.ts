/** The file of what is left to do by hand: where it is, what is in it, and that there is none where nothing is left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createFolder } from '../support/databases.ts';
import { runSluice } from './support/sluice-process.ts';

const ends = ['--source', 'source.db', '--target', 'target.db'];
const trigger = 'CREATE TRIGGER added AFTER INSERT ON a BEGIN SELECT 1; END';

async function createSample(more: string) {
  const folder = await createFolder();
  using database = new DatabaseSync(join(folder.path, 'source.db'));
  database.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1); ${more}`);
  return folder;
}

test('run writes it to the data directory and says where', async () => {
  await using folder = await createSample(trigger);
  const data = join(folder.path, 'data');
  const { exitCode, stdout } = await runSluice(['run', ...ends, '--data-dir', data], { folder: folder.path });
  expect(exitCode).toBe(0);
  const [name] = readdirSync(join(data, 'to-do'));
  const path = join(data, 'to-do', name!);
  expect(stdout).toContain(`1 thing to do by hand: ${path}`);
  expect(readFileSync(path, 'utf8')).toContain(`-- ${trigger}`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('in the data directory it is kept for 90 days', async () => {
  await using folder = await createSample(trigger);
  const lists = join(folder.path, 'data', 'to-do');
  mkdirSync(lists, { recursive: true });
  for (const [name, days] of [
    ['old.sql', 91],
    ['young.sql', 89],
  ] as const) {
    writeFileSync(join(lists, name), '');
    const then = Date.now() / 1000 - days * 86_400;
    utimesSync(join(lists, name), then, then);
  }
  await runSluice(['run', ...ends, '--data-dir', 'data'], { folder: folder.path });
  expect(readdirSync(lists)).toEqual([expect.stringContaining('-run_'), 'young.sql']);
});

test('--todo names it, for run and plan alike', async () => {
  await using folder = await createSample(trigger);
  const plan = await runSluice(['plan', ...ends, '--todo', 'lists/plan.sql'], { folder: folder.path });
  expect(plan.stdout).toContain(`1 thing to do by hand: ${join(folder.path, 'lists', 'plan.sql')}`);
  const run = await runSluice(['run', ...ends, '--todo', 'run.sql', '--json'], { folder: folder.path });
  expect(run.stdout).toContain('1 thing to do by hand');
  const read = (file: string) => readFileSync(join(folder.path, file), 'utf8');
  expect(read('run.sql')).toBe(read('lists/plan.sql'));
});

test('there is none where nothing is left to do', async () => {
  await using folder = await createSample('');
  const { stdout } = await runSluice(['run', ...ends, '--todo', 'run.sql'], { folder: folder.path });
  expect(stdout).not.toContain('to do by hand');
  expect(existsSync(join(folder.path, 'run.sql'))).toBe(false);
});
