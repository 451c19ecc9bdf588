/** The question before rows are lost, at a real pseudo-terminal. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFolder } from '../support/databases.ts';
import { describePrograms } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

const entry = fileURLToPath(new URL('../../src/main/sluice.js', import.meta.url));

async function createRun(more: object) {
  const folder = await createFolder();
  for (const [file, value] of [
    ['source.db', 1],
    ['target.db', 2],
  ] as const) {
    using database = new DatabaseSync(join(folder.path, file));
    database.exec(`CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (${value})`);
  }
  writeFileSync(join(folder.path, 'run.json'), JSON.stringify({ source: 'source.db', target: 'target.db', ...more }));
  return folder;
}

function rowsOf(folder: string): unknown[] {
  using database = new DatabaseSync(join(folder, 'target.db'), { readOnly: true });
  return database
    .prepare('SELECT i FROM t')
    .all()
    .map((row) => row['i']);
}

/** Types `keys` as soon as the question is there. */
async function runAtTerminal(folder: string, keys: string, more = '') {
  const command = `${process.execPath} ${entry} run run.json ${more}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: folder });
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const asked = screen.includes('[y/N]');
    screen += chunk.toString();
    if (!asked && screen.includes('[y/N]')) child.stdin.write(keys);
  });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  return { exitCode, screen };
}

describePrograms('at a terminal', ['script'], () => {
  test.each([
    [{ truncateTarget: true }, 'removes all rows of the target tables'],
    [{ onExisting: 'drop' }, 'drops the target tables that exist'],
  ])('%j is asked about, and a yes goes on', async (more, question) => {
    await using folder = await createRun(more);
    const { exitCode, screen } = await runAtTerminal(folder.path, 'y\n');
    expect(screen).toContain(question);
    expect(screen).toContain(`sqlite:${join(folder.path, 'target.db')}`);
    expect(exitCode).toBe(0);
    expect(rowsOf(folder.path)).toEqual([1]);
  });

  test.each([
    ['n', 'n\n', 1],
    ['Enter', '\n', 1],
    ['the end of input', '\u0004', 1],
    ['Ctrl+C', '\u0003', 130],
  ])('%s changes nothing', async (_, keys, code) => {
    await using folder = await createRun({ truncateTarget: true });
    const { exitCode } = await runAtTerminal(folder.path, keys);
    expect(exitCode).toBe(code);
    expect(rowsOf(folder.path)).toEqual([2]);
  });

  test('--yes is an answer', async () => {
    await using folder = await createRun({ truncateTarget: true });
    const { exitCode, screen } = await runAtTerminal(folder.path, '', '--yes');
    expect({ exitCode, isAsked: screen.includes('[y/N]') }).toEqual({ exitCode: 0, isAsked: false });
    expect(rowsOf(folder.path)).toEqual([1]);
  });
});

test('without a terminal the run file is consent', async () => {
  await using folder = await createRun({ truncateTarget: true });
  const { exitCode } = await runSluice(['run', 'run.json'], { folder: folder.path });
  expect(exitCode).toBe(0);
  expect(rowsOf(folder.path)).toEqual([1]);
});
