/** `sluice run` between SQLite files: what it copies, says and answers. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { runEventSchema } from '../../src/shared/model/run-event.ts';
import { createFolder } from '../support/databases.ts';
import { createSmallDisk, describeSmallDisks } from '../support/small-disk.ts';
import { runSluice } from './support/sluice-process.ts';

const sampleSql = `
  CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name TEXT NOT NULL);
  INSERT INTO countries VALUES ('DE', 'Deutschland'), ('IS', 'Ísland'), ('JP', '日本');
  CREATE TABLE cities (id INTEGER PRIMARY KEY, country CHAR(2) REFERENCES countries (code), name TEXT);
  INSERT INTO cities VALUES (1, 'DE', 'Berlin'), (2, 'IS', NULL);
  CREATE INDEX cities_country ON cities (country);`;

async function createSample(sql = sampleSql) {
  const folder = await createFolder();
  execute(join(folder.path, 'source.db'), sql);
  return folder;
}

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

function rowsOf(path: string, sql: string): unknown[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare(sql).all();
}

const ends = ['--source', 'source.db', '--target', 'target.db'];

describe('copies', () => {
  test('everything, and says what it came to', async () => {
    await using folder = await createSample();
    const { exitCode, stdout, stderr } = await runSluice(['run', ...ends], { folder: folder.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(rowsOf(join(folder.path, 'target.db'), 'SELECT name FROM countries ORDER BY code')).toEqual(
      ['Deutschland', 'Ísland', '日本'].map((name) => ({ name })),
    );
    expect(stdout).toMatch(/^\[\d+\.\d s\] checking$/m);
    expect(stdout).toMatch(/^\[\d+\.\d s\] countries: 3 rows, 1 kB$/m);
    expect(stdout).toMatch(/^countries +3 +1 kB +\d+\.\d s$/m);
    expect(stdout).toMatch(/^2 tables, 5 rows, 1 kB in /m);
    expect(stdout).toMatch(/^Guarantee: snapshot\.$/m);
    expect(stdout).not.toContain('\u001B');
  });

  test('the tables asked for', async () => {
    await using folder = await createSample();
    const { exitCode } = await runSluice(['run', ...ends, '--table', 'countries'], { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(
      rowsOf(join(folder.path, 'target.db'), "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"),
    ).toEqual([{ name: 'countries' }]);
  });

  test('quietly', async () => {
    await using folder = await createSample();
    const { exitCode, stdout } = await runSluice(['run', ...ends, '--quiet'], { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('[');
    expect(stdout).toContain('2 tables, 5 rows');
  });

  test('what a run file beside the databases says', async () => {
    await using folder = await createSample();
    const body = {
      source: 'source.db',
      target: 'target.db',
      tables: [{ name: 'cities', targetName: 'towns', where: 'id = 1' }],
    };
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify(body));
    const { exitCode } = await runSluice(['run', join(folder.path, 'run.json')]);
    expect(exitCode).toBe(0);
    expect(rowsOf(join(folder.path, 'target.db'), 'SELECT * FROM towns')).toEqual([
      { id: 1, country: 'DE', name: 'Berlin' },
    ]);
  });
});

describe('verifies', () => {
  test('with --verify', async () => {
    await using folder = await createSample();
    const { exitCode, stdout } = await runSluice(['run', ...ends, '--verify'], { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/countries: equal, 3 rows$/m);
  });

  test('and ends with 3 where the target is different', async () => {
    await using folder = await createSample();
    const target = join(folder.path, 'target.db');
    execute(
      target,
      "CREATE TABLE cities (id INTEGER PRIMARY KEY, country CHAR(2), name TEXT); INSERT INTO cities VALUES (7, 'XX', 'x')",
    );
    const body = {
      source: 'source.db',
      target: 'target.db',
      tables: [{ name: 'cities' }],
      onExisting: 'append',
      verify: true,
    };
    const { exitCode, stdout, stderr } = await runSluice(['run', '-'], {
      folder: folder.path,
      input: JSON.stringify(body),
    });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/cities: differs, 2 rows in the source, 3 in the target, 1 difference, first at id = 7$/m);
    expect(stdout).toMatch(/^cities +2 +3 +1 difference$/m);
    expect(stdout).toMatch(/^ {2}in the target only: id = 7$/m);
    expect(stderr).toContain('Source and target differ in cities.');
  });
});

test('with --json every line is an event, the last one the end', async () => {
  await using folder = await createSample();
  const { exitCode, stdout } = await runSluice(['run', ...ends, '--json', '--verify'], { folder: folder.path });
  expect(exitCode).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => runEventSchema.parse(JSON.parse(line)));
  expect(events.filter((event) => event.type === 'phase').map(({ phase }) => phase)).toEqual([
    'checking',
    'creating',
    'copying',
    'indexing',
    'verifying',
  ]);
  expect(events.at(-1)).toMatchObject({
    type: 'end',
    status: 'FINISHED',
    rows: 5,
    failed: 0,
    reason: null,
    error: null,
  });
  expect(events.filter(({ type }) => type === 'end')).toHaveLength(1);
});

describe('refuses, and changes nothing', () => {
  test('a target with rows: 4', async () => {
    await using folder = await createSample();
    const target = join(folder.path, 'target.db');
    execute(
      target,
      "CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name TEXT NOT NULL); INSERT INTO countries VALUES ('XX', 'x')",
    );
    const { exitCode, stderr } = await runSluice(['run', ...ends], { folder: folder.path });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('countries');
    expect(rowsOf(target, 'SELECT code FROM countries')).toEqual([{ code: 'XX' }]);
    expect(rowsOf(target, "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")).toEqual([
      { name: 'countries' },
    ]);
  });

  test('a target that is the source: 4', async () => {
    await using folder = await createSample();
    const { exitCode, stderr } = await runSluice(['run', '-s', 'source.db', '-t', './source.db'], {
      folder: folder.path,
    });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('is one of the source tables');
  });

  test('a table that does not exist: 2', async () => {
    await using folder = await createSample();
    const { exitCode, stderr } = await runSluice(['run', ...ends, '--table', 'citties'], { folder: folder.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The source has no table "citties"');
  });

  test('a query that writes: 2', async () => {
    await using folder = await createSample();
    const body = {
      source: 'source.db',
      target: 'target.db',
      tables: [{ name: 'x', query: 'DELETE FROM cities RETURNING *' }],
    };
    const { exitCode } = await runSluice(['run', '-'], { folder: folder.path, input: JSON.stringify(body) });
    expect(exitCode).toBe(2);
    expect(rowsOf(join(folder.path, 'source.db'), 'SELECT count(*) AS rows FROM cities')).toEqual([{ rows: 2 }]);
  });

  test('a source that does not exist: 2', async () => {
    await using folder = await createFolder();
    const { exitCode, stderr } = await runSluice(['run', ...ends], { folder: folder.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(join(folder.path, 'source.db'));
    expect(existsSync(join(folder.path, 'source.db'))).toBe(false);
  });
});

describe('rows that the target refuses', () => {
  const withNulls = "CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, NULL), (2, 'b'), (3, NULL)";

  async function runRefused(folder: string, more: object) {
    execute(join(folder, 'target.db'), 'CREATE TABLE IF NOT EXISTS t (id INTEGER, v TEXT NOT NULL)');
    const body = { source: 'source.db', target: 'target.db', onExisting: 'append', ...more };
    return runSluice(['run', '-', '--data-dir', 'kept'], { folder, input: JSON.stringify(body) });
  }

  test('are kept for 90 days', async () => {
    await using folder = await createSample(withNulls);
    const rejects = join(folder.path, 'kept', 'rejects');
    mkdirSync(rejects, { recursive: true });
    for (const [name, days] of [
      ['old.ndjson', 91],
      ['young.ndjson', 89],
    ] as const) {
      writeFileSync(join(rejects, name), '');
      const then = Date.now() / 1000 - days * 86_400;
      utimesSync(join(rejects, name), then, then);
    }
    await runRefused(folder.path, { onRowError: 'skip' });
    expect(readdirSync(rejects)).toEqual([expect.stringContaining('-run_'), 'young.ndjson']);
  });

  test('are not left out where they cannot be kept: 2, and nothing is changed', async () => {
    await using folder = await createSample(withNulls);
    writeFileSync(join(folder.path, 'kept'), '');
    const { exitCode, stderr } = await runRefused(folder.path, { onRowError: 'skip' });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/^Error: The data directory \S+ cannot be made: [^\n]+\.\nCheck [^\n]+\.\n$/),
    });
    expect(rowsOf(join(folder.path, 'target.db'), 'SELECT * FROM t')).toEqual([]);
    const ended = await runRefused(folder.path, {});
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(/^Error: [^\n]*NOT NULL/);
  });

  test('end the run: 1', async () => {
    await using folder = await createSample(withNulls);
    const { exitCode, stderr } = await runRefused(folder.path, {});
    expect(exitCode).toBe(1);
    expect(stderr).toContain('NOT NULL');
  });

  test('or are skipped, counted and kept: 3', async () => {
    await using folder = await createSample(withNulls);
    const { exitCode, stdout } = await runRefused(folder.path, { onRowError: 'skip' });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('2 row errors');
    expect(rowsOf(join(folder.path, 'target.db'), 'SELECT * FROM t')).toEqual([{ id: 2, v: 'b' }]);
    expect(stdout).toMatch(/^ {2}t \(id = 1, v = NULL\), column v: NOT NULL/m);
    const path = /All of them are in (.*)\.$/m.exec(stdout)![1]!;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const kept = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(kept).toEqual([
      expect.objectContaining({ table: 't', columns: ['id', 'v'], values: ['1', null] }),
      expect.objectContaining({ table: 't', columns: ['id', 'v'], values: ['3', null] }),
    ]);
  });
});

describeSmallDisks('refused rows that fill a disk', () => {
  test('end the run: 1, with the reason', async () => {
    await using folder = await createSample(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, NULL FROM n',
    );
    await using disk = await createSmallDisk(1);
    execute(join(folder.path, 'target.db'), 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)');
    const body = {
      source: 'source.db',
      target: 'target.db',
      onExisting: 'append',
      onRowError: 'skip',
      maxRowErrors: 1e6,
    };
    const args = ['run', '-', '--quiet', '--data-dir', disk.path];
    const { exitCode, stderr } = await runSluice(args, { folder: folder.path, input: JSON.stringify(body) });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^Error: A refused row cannot be kept in \S+: there is no room left on its disk\.\nMake room, then resume\.\n$/,
      ),
    });
  });
});
