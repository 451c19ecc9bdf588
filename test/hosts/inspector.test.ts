import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { InspectorCall } from '../../src/main/hosts/inspector.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { streamOptionsSchema } from '../../src/shared/model/stream-config.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import { inspector, madeProcesses, processes } from './support/streams.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

const call: InspectorCall = { timeoutMs: 15_000, signal: new AbortController().signal };
const within = (timeoutMs: number): InspectorCall => ({ ...call, timeoutMs });
const options = streamOptionsSchema.parse({});

/** A view that never ends, so that whoever reads it holds the thread. */
const endlessView = `CREATE VIEW endless AS
  WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) AS id FROM n`;

async function createFile(folder: string, sql: string): Promise<ConnectionSettings> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.db`);
  using database = new DatabaseSync(path);
  database.exec(sql);
  return { kind: 'sqlite', path };
}

describe('a SQLite file', () => {
  const sql = `
    CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'none');
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE, big BIGINT,
      data BLOB, CHECK (id > 0));
    CREATE INDEX child_parent ON child (parent);
    CREATE VIEW both AS SELECT child.id, parent.name FROM child JOIN parent ON parent.id = child.parent;
    INSERT INTO parent VALUES (1, 'one'), (2, 'two');
    INSERT INTO child VALUES (1, 1, 9223372036854775807, x'00ff'), (2, 1, NULL, NULL), (3, 2, 3, x'');`;

  test('ping, tables, views, structure', async () => {
    await using folder = await createFolder();
    const settings = await createFile(folder.path, sql);
    expect(await inspector.ping(settings, call)).toMatchObject({ version: expect.stringMatching(/^3\./) });
    expect(await inspector.databases(settings, call)).toEqual([{ name: 'main' }]);
    expect(await inspector.tables(settings, call)).toEqual(['child', 'parent']);
    expect(await inspector.views(settings, call)).toEqual(['both']);
    const { tables, views } = await inspector.structure(settings, call);
    expect(views).toEqual([{ name: 'both', definition: expect.stringContaining('SELECT child.id') }]);
    expect(tables.map(({ name }) => name)).toEqual(['child', 'parent']);
    expect(tables[0]).toMatchObject({
      columns: [{ name: 'id' }, { name: 'parent' }, { name: 'big', type: 'BIGINT' }, { name: 'data' }],
      primaryKey: { columns: ['id'] },
      foreignKeys: [{ columns: ['parent'], table: 'parent', references: ['id'], onDelete: 'cascade' }],
      indexes: [{ name: 'child_parent', unique: false, parts: ['parent'] }],
      checks: [{ sql: expect.stringContaining('id > 0') }],
    });
    expect(tables[1]!.columns[1]).toMatchObject({ name: 'name', nullable: false, default: "'none'" });
    using copy = new DatabaseSync(':memory:');
    for (const { ddl } of tables) copy.exec(ddl);
  });

  test('a page of rows, exact and in order', async () => {
    await using folder = await createFolder();
    const settings = await createFile(folder.path, sql);
    const page = await inspector.preview(settings, { table: 'child', limit: 2, offset: 0 }, call);
    expect(page).toEqual({
      columns: ['id', 'parent', 'big', 'data'],
      rows: [
        ['1', '1', '9223372036854775807', '\\x00ff'],
        ['2', '1', null, null],
      ],
      count: 2,
      limit: 2,
      offset: 0,
    });
    const next = await inspector.preview(settings, { table: 'child', limit: 2, offset: 2 }, call);
    expect(next.rows).toEqual([['3', '2', '3', '\\x']]);
    const view = await inspector.preview(settings, { table: 'both', limit: 10, offset: 0 }, call);
    expect(view.columns).toEqual(['id', 'name']);
    expect(view.count).toBe(3);
    await expect(inspector.preview(settings, { table: 'childs', limit: 2, offset: 0 }, call)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no table or view "childs". Did you mean "child"?',
    });
  });

  test('survey, plan, profile and verify of a stream', async () => {
    await using folder = await createFolder();
    const source = await createFile(folder.path, sql);
    const target: ConnectionSettings = { kind: 'sqlite', path: join(folder.path, 'target.db') };
    const ends = { source, target, options };
    expect((await inspector.survey(ends, call)).tables).toEqual(['child', 'parent']);
    const plan = await inspector.plan(ends, call);
    expect(plan.tables.map(({ name }) => name)).toEqual(['child', 'parent']);
    expect(plan.tables[0]!.ddl[0]).toMatch(/^CREATE TABLE/);
    const profile = await inspector.profile(ends, call);
    expect(profile.tables).toMatchObject([
      { name: 'child', rows: 3 },
      { name: 'parent', rows: 2 },
    ]);

    const same = await createFile(folder.path, sql);
    const equal = await inspector.verify({ ...ends, target: same }, call);
    expect(equal.tables).toMatchObject([
      { name: 'child', sourceRows: 3, targetRows: 3, differences: 0 },
      { name: 'parent', sourceRows: 2, targetRows: 2, differences: 0 },
    ]);
    const other = await createFile(
      folder.path,
      `PRAGMA foreign_keys = OFF; ${sql} UPDATE child SET big = 4 WHERE id = 3; DELETE FROM parent`,
    );
    const different = await inspector.verify({ ...ends, target: other }, call);
    expect(different.tables).toMatchObject([
      { name: 'child', differences: 1, rows: [{ kind: 'changed', key: [{ column: 'id', value: '3' }] }] },
      { name: 'parent', differences: 2, targetRows: 0 },
    ]);

    const repaired = await inspector.repair({ ...ends, target: other }, call);
    expect(repaired.tables).toMatchObject([
      { name: 'child', differences: 0, repaired: 1 },
      { name: 'parent', differences: 0, repaired: 2 },
    ]);
    const equalNow = await inspector.verify({ ...ends, target: other }, call);
    expect(equalNow.tables.map(({ differences }) => differences)).toEqual([0, 0]);
  });

  test('nothing is made where nothing is', async () => {
    await using folder = await createFolder();
    const settings: ConnectionSettings = { kind: 'sqlite', path: join(folder.path, 'missing.db') };
    await expect(inspector.ping(settings, call)).rejects.toMatchObject({ code: 'file_missing' });
    expect(await inspector.preflight(settings, { role: 'target', mode: 'convert' }, call)).toEqual([]);
    await expect(inspector.createDatabase(settings, 'x', call)).rejects.toMatchObject({ code: 'config_invalid' });
    const ends = { source: settings, target: settings, options };
    expect(await inspector.release(ends, 'stream_none', call)).toEqual([]);
  });

  test('a statement that never ends fails its call alone', async () => {
    await using folder = await createFolder();
    const endless = await createFile(folder.path, endlessView);
    const healthy = await createFile(folder.path, sql);
    const stuck = inspector.preview(endless, { table: 'endless', limit: 1, offset: 0 }, within(1_000));
    const innocent = inspector.tables(healthy, call);
    await expect(stuck).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: 'The database did not answer within 1 seconds.',
    });
    // It waited behind the other one, and was asked again in the next process.
    expect(await innocent).toEqual(['child', 'parent']);
  });
});

test('a server that says nothing costs one call, and others go on meanwhile', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  const settings = {
    kind: 'postgresql',
    host: '127.0.0.1',
    port,
    socket: null,
    username: 'someone',
    password: 'geheim-4711',
    database: 'none',
    schema: null,
    ssl: null,
  } as const;
  const failed = inspector.ping(settings, within(500)).catch((error: unknown) => error);
  const controller = new AbortController();
  const cancelled = inspector.ping(settings, { timeoutMs: 60_000, signal: controller.signal });
  setTimeout(() => controller.abort(), 200);
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect(await failed).toMatchObject({ code: 'deadline_exceeded' });
  expect(JSON.stringify(await failed)).not.toContain('geheim');
  silent.close();
});

test('a process that dies is replaced, and the call made again', async () => {
  await using folder = await createFolder();
  const settings = await createFile(folder.path, 'CREATE TABLE t (id INTEGER PRIMARY KEY)');
  await inspector.ping(settings, call);
  const answer = inspector.tables(settings, call);
  for (const host of madeProcesses) host.kill();
  expect(await answer).toEqual(['t']);
});

describeEachServer('inspector', ['postgres18', 'mysql', 'mariadb'], (server, name) => {
  test('ping, databases, tables, preview', async () => {
    await using database = await createDatabase(server);
    const { settings } = database;
    const bytes = name === 'postgres18' ? 'BYTEA' : 'BLOB';
    const value = name === 'postgres18' ? "'\\x00ff'" : "x'00ff'";
    await database.execute(`CREATE TABLE item (id BIGINT PRIMARY KEY, price DECIMAL(20,5), data ${bytes}, note TEXT)`);
    await database.execute(
      `INSERT INTO item VALUES (9223372036854775807, 1.10000, ${value}, 'a\tb'), (1, NULL, NULL, '')`,
    );
    await database.execute('CREATE VIEW items AS SELECT id FROM item');
    expect((await inspector.ping(settings, call)).version).toMatch(/^\d+\.\d+/);
    const listed = (await inspector.databases(settings, call)).find((each) => each.name === database.name);
    expect(listed).toEqual({ name: database.name, ...(name === 'postgres18' ? { schemas: ['public'] } : {}) });
    expect(await inspector.tables(settings, call)).toEqual(['item']);
    expect(await inspector.views(settings, call)).toEqual(['items']);
    expect(await inspector.preview(settings, { table: 'item', limit: 10, offset: 0 }, call)).toMatchObject({
      columns: ['id', 'price', 'data', 'note'],
      rows: [
        ['1', null, null, ''],
        ['9223372036854775807', '1.10000', '\\x00ff', 'a\tb'],
      ],
    });
    const { tables } = await inspector.structure(settings, call);
    expect(tables[0]).toMatchObject({ name: 'item', primaryKey: { columns: ['id'] } });
  });

  test('a database is created through a connection to it, once', async () => {
    await using database = await createDatabase(server);
    const wanted = `${database.name}_new "x"`;
    const settings = { ...database.settings, database: wanted };
    await expect(inspector.ping(settings, call)).rejects.toMatchObject({ code: 'database_missing' });
    await inspector.createDatabase(settings, wanted, call);
    await inspector.ping(settings, call);
    const taken = { code: 'conflict', message: expect.stringMatching(/exists.*Choose another name/) };
    await expect(inspector.createDatabase(settings, wanted, call)).rejects.toMatchObject(taken);
    await inspector.createSchema(settings, 'extra schema', call).then(async () => {
      const names = (await inspector.databases(settings, call)).flatMap((each) => [each.name, ...(each.schemas ?? [])]);
      expect(names).toContain('extra schema');
    });
    await expect(inspector.createSchema(settings, 'extra schema', call)).rejects.toMatchObject(taken);
    const quote =
      server.kind === 'postgresql'
        ? (text: string) => `"${text.replaceAll('"', '""')}"`
        : (text: string) => `\`${text}\``;
    if (server.kind !== 'postgresql') await database.execute(`DROP DATABASE ${quote('extra schema')}`);
    await database.execute(`DROP DATABASE ${quote(wanted)}`);
  });

  test('a slow statement is cancelled in the server at its deadline', async () => {
    await using database = await createDatabase(server);
    const sleep = name === 'postgres18' ? 'SELECT 1 AS id FROM pg_sleep(61)' : 'SELECT SLEEP(61) AS id';
    await database.execute(`CREATE VIEW slow AS ${sleep}`);
    const preview = inspector.preview(database.settings, { table: 'slow', limit: 1, offset: 0 }, within(1_000));
    await expect(preview).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const running =
      name === 'postgres18'
        ? `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'`
        : `SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command = 'Query'`;
    expect(await database.rows(running)).toEqual([['0']]);
  });
});
