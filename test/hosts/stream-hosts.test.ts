import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { FileConnectionSettings } from '../../src/shared/model/connection.ts';
import { createFolder } from '../support/databases.ts';
import { comesTrue, isAlive } from './support/processes.ts';
import { inspector, isEnd, isUnderWay, processes, startStream, type TestAssignment } from './support/streams.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

const file = (path: string): FileConnectionSettings => ({ kind: 'sqlite', path });

function fill(path: string, rows: number): void {
  using database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, note BLOB);
    WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${rows})
    INSERT INTO item SELECT id, 'name of ' || id, id / 7.0, randomblob(8) FROM n;`);
}

/** Everything that the table holds, in one number that the order of rows does not change. */
function contentOf(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(
      `SELECT count(*) AS rows, sum(id) AS ids, sum(length(name)) AS lengths, sum(price) AS prices,
        group_concat(hex(note), '') AS notes FROM (SELECT * FROM item ORDER BY id)`,
    )
    .get();
}

/** Small chunks, so that a run has many moments at which it can be ended. */
const smallChunks = { chunkBytes: 65_536, parallelism: 1 };

async function assignFiles(folder: string, name: string, rows: number): Promise<TestAssignment> {
  const [source, target] = [join(folder, `${name}.db`), join(folder, `${name}-copy.db`)];
  fill(source, rows);
  return { streamId: `stream_${name}`, source: file(source), target: file(target), options: smallChunks };
}

const pathOf = (assignment: TestAssignment, side: 'source' | 'target') =>
  (assignment[side] as FileConnectionSettings).path;

test('a stream runs to its end and its process is gone', async () => {
  await using folder = await createFolder();
  const assignment = await assignFiles(folder.path, 'whole', 50_000);
  const stream = await startStream(assignment);
  expect(await stream.exited).toBeNull();
  expect(stream.events.at(-1)).toMatchObject({ type: 'end', status: 'FINISHED', rows: 50_000, failed: 0, error: null });
  expect(contentOf(pathOf(assignment, 'target'))).toEqual(contentOf(pathOf(assignment, 'source')));
  expect(await comesTrue(() => !isAlive(stream.pid), 2_000)).toBe(true);
});

describe('a process that dies fails its stream alone', () => {
  test.each(['SIGKILL', 'SIGSEGV'] as const)('%s, and the stream goes on later', async (signal) => {
    await using folder = await createFolder();
    const [first, second] = await Promise.all([
      assignFiles(folder.path, 'dies', 80_000),
      assignFiles(folder.path, 'lives', 50_000),
    ]);
    const [dying, living] = await Promise.all([startStream(first), startStream(second)]);
    await dying.waitFor(isUnderWay);
    process.kill(dying.pid, signal);
    expect(await dying.exited).toMatchObject({
      code: 'host_crashed',
      message: `The process of the stream was ended by signal ${signal}.`,
    });
    expect(dying.events.some(isEnd)).toBe(false);

    expect(await living.exited).toBeNull();
    expect(living.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 50_000 });
    expect(contentOf(pathOf(second, 'target'))).toEqual(contentOf(pathOf(second, 'source')));

    const again = await startStream(first);
    expect(await again.exited).toBeNull();
    expect(again.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 80_000 });
    expect(contentOf(pathOf(first, 'target'))).toEqual(contentOf(pathOf(first, 'source')));
  });

  test('out of memory', async () => {
    await using folder = await createFolder();
    const assignment = await assignFiles(folder.path, 'memory', 10);
    const exclude = Array.from({ length: 300_000 }, (_, index) => `no such table ${index}`);
    const stream = await startStream({ ...assignment, options: { exclude } }, { heapMegabytes: 26 });
    expect(await stream.exited).toMatchObject({
      code: 'host_crashed',
      message: 'The process of the stream ran out of memory.',
    });
  });

  const endless = 'WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) AS id FROM n';

  test('hung in a statement of SQLite', async () => {
    await using folder = await createFolder();
    const assignment = await assignFiles(folder.path, 'hung', 10);
    const options = { tables: [{ name: 'item', query: endless }] };
    const stream = await startStream({ ...assignment, options }, { fileHangMs: 2_000 });
    expect(await stream.exited).toMatchObject({
      code: 'host_crashed',
      message: 'The process of the stream did not respond for 2 seconds and was ended.',
    });
    expect(await comesTrue(() => !isAlive(stream.pid), 2_000)).toBe(true);
  });

  test('a statement of SQLite that cannot be stopped can be killed', async () => {
    await using folder = await createFolder();
    const assignment = await assignFiles(folder.path, 'stuck', 10);
    const stream = await startStream({ ...assignment, options: { tables: [{ name: 'item', query: endless }] } });
    await stream.waitFor((event) => event.type === 'phase');
    stream.host.stop();
    stream.host.kill();
    expect(await stream.exited).toMatchObject({ code: 'host_crashed' });
    expect(await comesTrue(() => !isAlive(stream.pid), 2_000)).toBe(true);
  });
});

test('pause keeps what is committed, within a second, and resume goes on from it', async () => {
  await using folder = await createFolder();
  const assignment = await assignFiles(folder.path, 'pause', 100_000);
  const stream = await startStream(assignment);
  await stream.waitFor(isUnderWay);
  const asked = performance.now();
  stream.host.pause({ holdSnapshot: false });
  const end = await stream.waitFor(isEnd);
  expect(performance.now() - asked).toBeLessThan(1_000);
  expect(end).toMatchObject({ status: 'PAUSED', error: null });
  expect(await stream.exited).toBeNull();
  const { rows: committed } = contentOf(pathOf(assignment, 'target')) as { rows: number };
  expect(committed).toBeGreaterThan(0);
  expect(committed).toBeLessThan(100_000);
  expect(end).toMatchObject({ rows: committed });

  const resumed = await startStream(assignment);
  expect(await resumed.exited).toBeNull();
  expect(resumed.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 100_000 });
  expect(contentOf(pathOf(assignment, 'target'))).toEqual(contentOf(pathOf(assignment, 'source')));
});

test('stop leaves the rows and no ledger', async () => {
  await using folder = await createFolder();
  const assignment = await assignFiles(folder.path, 'stop', 100_000);
  const stream = await startStream(assignment);
  await stream.waitFor(isUnderWay);
  stream.host.stop();
  expect(await stream.waitFor(isEnd)).toMatchObject({ status: 'STOPPED', error: null });
  expect(await stream.exited).toBeNull();
  using database = new DatabaseSync(pathOf(assignment, 'target'), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  expect(tables.map(({ name }) => name)).toEqual(['item']);
});

test('errors of the engine end the stream with their code', async () => {
  await using folder = await createFolder();
  const assignment = await assignFiles(folder.path, 'error', 10);
  const stream = await startStream({ ...assignment, options: { tables: [{ name: 'itme' }] } });
  expect(await stream.exited).toBeNull();
  expect(stream.events.at(-1)).toMatchObject({
    type: 'end',
    status: 'FAILED',
    error: { code: 'table_missing', message: expect.stringContaining('has no table "itme"') },
  });
});

test('the parent stays responsive while streams run', async () => {
  await using folder = await createFolder();
  const assignments = await Promise.all(['a', 'b'].map((name) => assignFiles(folder.path, name, 200_000)));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const streams = await Promise.all(assignments.map((assignment) => startStream(assignment)));
  delay.enable();
  await Promise.all(streams.map(({ exited }) => exited));
  delay.disable();
  for (const { events } of streams) {
    expect(events.at(-1)).toMatchObject({ status: 'FINISHED' });
    expect(events.length).toBeLessThan(400);
  }
  expect(delay.percentile(99) / 1e6).toBeLessThan(100);
});

test('a password is in no argument, no environment and no error of the process', async () => {
  const mark = 'geheim-4711';
  // A server that takes the connection and says nothing: the process has its assignment and waits.
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  const connected = new Promise((resolve) => silent.once('connection', resolve));
  const settings = {
    kind: 'postgresql',
    host: '127.0.0.1',
    port,
    socket: null,
    username: 'someone',
    password: mark,
    database: 'none',
    schema: null,
    ssl: { mode: 'disabled', client_key: `${mark}-key` },
  } as const;
  const options = { inspector: { endRun: async () => undefined, release: async () => [] } };
  const stream = await startStream({ streamId: 'stream_secret', source: settings, target: settings }, options);
  await connected;
  for (const name of ['cmdline', 'environ']) {
    const text = await readFile(`/proc/${stream.pid}/${name}`, 'utf8');
    expect(text).not.toContain(mark);
    expect(text.length).toBeGreaterThan(0);
  }
  stream.host.kill();
  expect(JSON.stringify([await stream.exited, stream.events])).not.toContain(mark);
  silent.close();
});
