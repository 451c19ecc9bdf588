/** What needs no database: arguments, run files, exit codes and messages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { createFolder } from '../support/databases.ts';
import { runSluice, sluiceEntry } from './support/sluice-process.ts';

describe('says how it is used', () => {
  test('with --help, on stdout', async () => {
    const { exitCode, stdout, stderr } = await runSluice(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const text of ['run [options] [file]', 'plan', 'demo', 'Examples:', 'Exit codes:'])
      expect(stdout).toContain(text);
  });

  test('with --version', async () => {
    expect(await runSluice(['--version'])).toEqual({ exitCode: 0, stdout: `${packageFile.version}\n`, stderr: '' });
  });

  test('without a command, as an error', async () => {
    const { exitCode, stdout, stderr } = await runSluice([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Usage: sluice');
  });
});

describe('wrong arguments end with 2', () => {
  test.each([
    [['rnu'], "unknown command 'rnu'\n(Did you mean run?)"],
    [['run', '--foo'], "unknown option '--foo'"],
    [['run', 'a.json', 'b.json'], 'too many arguments'],
    [['run'], 'Give a run file, or --source and --target with connection URLs.'],
    [['plan', '--source', 'a.db'], 'Give a run file, or --source and --target with connection URLs.'],
    [['run', 'a.json', '--table', 't'], 'do not go with a run file'],
    [
      ['run', '--source', 'a.db', '--target', 'postgresql://u:hunter2@h:x/db'],
      'target: has a port that is not a number',
    ],
    [['run', '--source', 'a.db', '--target', 'postgresql://u:${SLUICE_NOT_SET}@h/db'], 'SLUICE_NOT_SET is not set'],
    [['demo', '--rows', '3'], 'Give a whole number of at least 1000.'],
    [['demo', '--rows', '1e6'], 'Give a whole number of at least 1000.'],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runSluice(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/hunter2|\n\s+at /);
  });
});

describe('a run file', () => {
  test('that is missing', async () => {
    const { exitCode, stderr } = await runSluice(['run', 'nowhere/run.json']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe('Error: The run file nowhere/run.json does not exist.\nCheck the path and its permissions.\n');
  });

  test('that is a folder', async () => {
    await using folder = await createFolder();
    const { exitCode, stderr } = await runSluice(['run', folder.path]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is a folder');
  });

  test('with a wrong field names the file and the field', async () => {
    await using folder = await createFolder();
    writeFileSync(
      join(folder.path, 'run.json'),
      '{"source": "a.db", "target": "b.db", "tables": [{"name": "t", "quary": "x"}]}',
    );
    const { exitCode, stderr } = await runSluice(['run', 'run.json'], { folder: folder.path });
    expect(exitCode).toBe(2);
    expect(stderr).toBe('Error: run.json: tables[0].quary: unknown field, did you mean "query"?\n');
  });

  test('on standard input', async () => {
    const { exitCode, stderr } = await runSluice(['run', '-'], { input: '{"source": "a.db",}' });
    expect(exitCode).toBe(2);
    expect(stderr).toBe('Error: Standard input: line 1, column 19: this is not valid JSON.\n');
  });

  test('that is no UTF-8 is refused, and not read as something else', async () => {
    await using folder = await createFolder();
    const bytes = Buffer.from('{"source": "caf\xe9.db", "target": "b.db"}', 'latin1');
    writeFileSync(join(folder.path, 'run.json'), bytes);
    const { exitCode, stderr } = await runSluice(['run', 'run.json'], { folder: folder.path });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'Error: run.json: this is not UTF-8 text; save it with that encoding.\n',
    });
  });

  test('in cdc mode is refused for now', async () => {
    const body = { source: 'a.db', target: 'b.db', mode: 'cdc', tables: [{ name: 't', operations: ['insert'] }] };
    const { exitCode, stderr } = await runSluice(['run', '-'], { input: JSON.stringify(body) });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('not available yet');
  });

  test('with --json ends with an event all the same', async () => {
    const { exitCode, stdout } = await runSluice(['run', '-', '--json'], { input: '{"target": "b.db"}' });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      type: 'end',
      status: 'FAILED',
      reason: 'Standard input: source: is missing',
      rows: 0,
      bytes: 0,
      failed: 0,
      seconds: 0,
      error: expect.objectContaining({ code: 'config_invalid' }),
    });
  });
});

test('a stack is for SLUICE_DEBUG only', async () => {
  const args = ['run', 'nowhere.json'];
  expect((await runSluice(args)).stderr).not.toMatch(/\n\s+at /);
  expect((await runSluice(args, { environment: { SLUICE_DEBUG: '1' } })).stderr).toMatch(/\n\s+at /);
});

test.runIf(existsSync('/dev/full'))('an output that is full ends no copy, but its exit code tells', async () => {
  await using folder = await createFolder();
  using source = new DatabaseSync(join(folder.path, 'source.db'));
  source.exec('CREATE TABLE t (i INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)');
  const full = openSync('/dev/full', 'w');
  const args = [sluiceEntry, 'run', '--source', 'source.db', '--target', 'target.db'];
  const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ['ignore', full, 'pipe'] });
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
  closeSync(full);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^Error: Standard output cannot be written, .*: ENOSPC[^\n]*\.\n$/),
  });
  using target = new DatabaseSync(join(folder.path, 'target.db'));
  expect(target.prepare('SELECT count(*) AS rows FROM t').get()).toEqual({ rows: 2 });
});
