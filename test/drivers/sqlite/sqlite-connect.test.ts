import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { sqliteDriver } from '../../../src/main/engine/drivers/sqlite/sqlite-driver.ts';
import type { SessionOptions } from '../../../src/main/engine/driver/driver.ts';
import { createFolder } from '../../support/databases.ts';
import { createFile, describeTable, fileHash, load, planOf, rowText } from './sqlite-fixture.ts';

const connect = (path: string, role: 'source' | 'target', more: Partial<SessionOptions> = {}) =>
  sqliteDriver.connect(
    { kind: 'sqlite', path },
    { role, streamId: 's', signal: new AbortController().signal, ...more },
  );

const filesBeside = (path: string) => readdirSync(dirname(path)).sort();

describe('connecting', () => {
  it('says which file is missing, and makes none', async () => {
    await using folder = await createFolder();
    const path = join(folder.path, 'none.db');
    for (const role of ['source', 'target'] as const) {
      await expect(connect(path, role)).rejects.toMatchObject({
        code: 'file_missing',
        message: expect.stringContaining(path),
      });
    }
    await expect(connect(folder.path, 'source')).rejects.toMatchObject({ code: 'file_missing' });
    await expect(connect(join(folder.path, 'no/x.db'), 'target', { createDatabase: true })).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining(join(folder.path, 'no')),
    });
    expect(filesBeside(path)).toEqual([]);
  });

  it('says plainly that a file is no database', async () => {
    await using folder = await createFolder();
    const path = join(folder.path, 'letter.txt');
    writeFileSync(path, 'Dear all, this is a letter and no database at all. '.repeat(100));
    for (const role of ['source', 'target'] as const) {
      await expect(connect(path, role)).rejects.toMatchObject({
        code: 'database_error',
        message: `${path} is not an SQLite database (or is encrypted).`,
      });
    }
  });

  it('says that a file is damaged', async () => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)');
    file.database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO t SELECT i, 'some text to fill pages with' FROM n`);
    file.database.close();
    const damaged = Buffer.alloc(40_960, 0xff);
    const handle = openSync(file.path, 'r+');
    writeSync(handle, damaged, 0, damaged.length, 8192);
    closeSync(handle);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    await expect(rowText(source, plan)).rejects.toMatchObject({
      code: 'database_error',
      message: expect.stringContaining('is damaged'),
    });
  });

  it('makes a target only where that is asked for, and leaves no empty file behind', async () => {
    await using folder = await createFolder();
    const path = join(folder.path, 'new.db');
    await (await connect(path, 'target', { createDatabase: true }))[Symbol.asyncDispose]();
    expect(existsSync(path)).toBe(false);
    await using session = await connect(path, 'target', { createDatabase: true });
    await session.execute('CREATE TABLE t (v)');
    expect(await session.query('PRAGMA synchronous')).toEqual([['0']]);
    await session[Symbol.asyncDispose]();
    await using again = await connect(path, 'target', { createDatabase: true });
    expect(await again.query('PRAGMA synchronous')).toEqual([['2']]);
    expect(await again.query('PRAGMA journal_mode')).toEqual([['delete']]);
    expect(await again.query('SELECT count(*) FROM t')).toEqual([['0']]);
  });

  it('pretends a missing target for a dry run', async () => {
    await using folder = await createFolder();
    const path = join(folder.path, 'new.db');
    await using session = await connect(path, 'target', { createDatabase: 'pretend' });
    expect(await session.catalog.tables()).toEqual([]);
    expect(await session.preflight('target')).toEqual([]);
    expect(filesBeside(path)).toEqual([]);
  });

  it('knows one file by all its names', async () => {
    await using file = await createFile('CREATE TABLE t (v)');
    const link = `${file.path}.link`;
    symlinkSync(file.path, link);
    const identities = await Promise.all(
      [file.path, link].map(async (path) => {
        await using session = await connect(path, 'source');
        return session.server.identity;
      }),
    );
    expect(identities[0]).toBe(identities[1]);
    await using other = await createFile('CREATE TABLE t (v)');
    expect((await other.source()).server.identity).not.toBe(identities[0]);
  });

  it('cannot write to a source', async () => {
    await using file = await createFile('CREATE TABLE t (v)');
    const source = await file.source();
    for (const sql of ['INSERT INTO t VALUES (1)', 'CREATE TABLE u (v)', 'PRAGMA user_version = 5']) {
      await expect(source.execute(sql)).rejects.toMatchObject({ code: 'permission_denied' });
    }
  });

  it.each(['delete', 'wal'])('leaves a source in mode %s as it was', async (mode) => {
    await using file = await createFile(
      `PRAGMA journal_mode = ${mode}; CREATE TABLE t (v); INSERT INTO t VALUES (1), (2)`,
    );
    file.database.close();
    const before = { hash: fileHash(file.path), files: filesBeside(file.path) };
    const source = await file.source();
    const table = await describeTable(source, 't');
    expect(await rowText(source, planOf(table))).toBe('1\n2\n');
    await source.catalog.profile(table, { settle: ['v'], hazards: [] });
    await source[Symbol.asyncDispose]();
    expect({ hash: fileHash(file.path), files: filesBeside(file.path) }).toEqual(before);
  });

  it('leaves the WAL of a program that has the source open', async () => {
    await using file = await createFile('PRAGMA journal_mode = wal; CREATE TABLE t (v); INSERT INTO t VALUES (1)');
    const files = filesBeside(file.path);
    const source = await file.source();
    expect(await rowText(source, planOf(await describeTable(source, 't')))).toBe('1\n');
    await source[Symbol.asyncDispose]();
    expect(filesBeside(file.path)).toEqual(files);
    file.database.exec('INSERT INTO t VALUES (2)');
  });

  it('names who holds a lock, for the side that it is on', async () => {
    await using file = await createFile('CREATE TABLE t (v)');
    file.database.exec('BEGIN EXCLUSIVE');
    await expect(file.source()).rejects.toMatchObject({ code: 'source_in_use' });
    await expect(file.target()).rejects.toMatchObject({ code: 'target_in_use' });
    file.database.exec('ROLLBACK');
    const target = await file.target();
    file.database.exec('BEGIN IMMEDIATE');
    expect(await target.preflight('target')).toMatchObject([{ severity: 'error', code: 'target_in_use' }]);
    file.database.exec('ROLLBACK');
    expect(await target.preflight('target')).toEqual([]);
  });

  it('waits for a program that writes for a moment', async () => {
    await using file = await createFile('CREATE TABLE t (v TEXT)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    file.database.exec('BEGIN IMMEDIATE');
    const loading = load(target, plan, 'a\n');
    setTimeout(() => file.database.exec('COMMIT'), 300);
    await loading;
    expect(file.database.prepare('SELECT v FROM t').all()).toEqual([{ v: 'a' }]);
  });

  it('closes everything on abort and on cancel', async () => {
    await using file = await createFile('CREATE TABLE t (v TEXT)');
    const controller = new AbortController();
    const session = await connect(file.path, 'target', { signal: controller.signal });
    const plan = planOf(await describeTable(session, 't'));
    const writer = await session.openWriter();
    await writer.begin();
    await writer.load(plan, { kind: 'held', bytes: Buffer.from('a\n'), rows: 1 });
    controller.abort();
    await expect(writer.commit()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'cancelled' });
    await writer[Symbol.asyncDispose]();
    expect(file.database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
    file.database.exec("BEGIN EXCLUSIVE; INSERT INTO t VALUES ('free'); COMMIT");
    await expect(connect(file.path, 'source', { signal: controller.signal })).rejects.toThrow();
  });

  it('reports a folder that takes no journal', async () => {
    if (process.getuid?.() === 0) return console.log('skipped: root may write everywhere');
    await using file = await createFile('CREATE TABLE t (v)');
    chmodSync(dirname(file.path), 0o555);
    const target = await file.target();
    expect(await target.preflight('target')).toMatchObject([{ code: 'permission_denied' }]);
    chmodSync(dirname(file.path), 0o755);
  });

  it('reads a table that is missing as such', async () => {
    await using file = await createFile();
    const target = await file.target();
    await expect(target.query('SELECT 1 FROM _sluice_chunks')).rejects.toMatchObject({ code: 'table_missing' });
    expect(await target.catalog.describe([{ schema: null, name: 'none' }])).toEqual([]);
  });
});

it('tells its version', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'x.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE t (v)');
  database.close();
  await using session = await connect(path, 'source');
  expect(session.server).toMatchObject({ kind: 'sqlite', version: expect.stringMatching(/^3\./) });
  expect(session.server.versionNumber).toBeGreaterThan(35_000);
});
