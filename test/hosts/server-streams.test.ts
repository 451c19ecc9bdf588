import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import type { ServerName } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { comesTrue } from './support/processes.ts';
import { inspector, isEnd, isUnderWay, processes, startStream } from './support/streams.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

/** Connections to this database but the test's own. */
const othersSql = {
  postgresql: `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'`,
  mysql: 'SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
};
const slowQuery = { postgresql: 'SELECT 1 AS id FROM pg_sleep(60)', mysql: 'SELECT SLEEP(60) AS id' };
const fillSql = {
  postgresql: "INSERT INTO item SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, 150000) g",
  mysql: `INSERT INTO item SELECT a.n * 1000 + b.n + 1, RPAD(a.n * 1000 + b.n, 100, 'x') FROM
    (SELECT t.n + u.n * 10 + v.n * 100 AS n FROM digit t, digit u, digit v) b,
    (SELECT t.n + u.n * 10 + v.n * 100 AS n FROM digit t, digit u, digit v WHERE t.n + u.n * 10 + v.n * 100 < 150) a;
    DROP TABLE digit`,
};
const sumSql = 'SELECT count(*), sum(id), sum(length(name)), min(name), max(name) FROM item';

type Family = keyof typeof othersSql;
const familyOf = ({ settings }: TestDatabase): Family => (settings.kind === 'postgresql' ? 'postgresql' : 'mysql');

const othersOf = async (database: TestDatabase) => Number((await database.rows(othersSql[familyOf(database)]))[0]![0]);

/** True while the server runs the slow query of someone else in this database: not while it is only described. */
async function isWorking(database: TestDatabase): Promise<boolean> {
  const text =
    familyOf(database) === 'postgresql'
      ? `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%pg_sleep(60)%'
          AND state = 'active' AND pid <> pg_backend_pid()`
      : `SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'
          AND id <> CONNECTION_ID()`;
  return (await database.rows(text))[0]![0] !== '0';
}

async function fill(database: TestDatabase): Promise<void> {
  if (familyOf(database) === 'mysql') {
    await database.execute(
      'CREATE TABLE digit (n INT); INSERT INTO digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)',
    );
  }
  await database.execute('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)');
  await database.execute(fillSql[familyOf(database)]);
}

/** As a server does that restarts. */
async function cutOthers(database: TestDatabase): Promise<void> {
  if (familyOf(database) === 'postgresql') {
    await database.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    return;
  }
  const ids = await database.rows(
    'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  );
  // One that has just ended by itself is cut as well as the others.
  for (const [id] of ids) await database.execute(`KILL ${id}`).catch(() => undefined);
}

const isAttempt = (number: number) => (event: RunEvent) =>
  event.type === 'phase' && event.phase === 'waiting' && event.detail?.startsWith(`Attempt ${number} at `) === true;

const names: readonly ServerName[] = ['postgres18', 'mysql', 'mariadb'];

describeEachServer('streams', names, (server) => {
  test('a killed process leaves no statement behind in the server', async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    const stream = await startStream({
      streamId: `stream_${database.name}`,
      source: database.settings,
      target: { kind: 'sqlite', path: join(folder.path, 'copy.db') },
      options: { tables: [{ name: 'slow', query: slowQuery[familyOf(database)] }] },
    });
    expect(await comesTrue(() => isWorking(database), 10_000)).toBe(true);
    process.kill(stream.pid, 'SIGKILL');
    expect(await stream.exited).toMatchObject({ code: 'host_crashed' });
    // The connection that ended the statement is closing, too.
    expect(await comesTrue(async () => (await othersOf(database)) === 0, 2_000)).toBe(true);
  });

  test('a new run ends what a dead one left', async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    const assignment = {
      streamId: `stream_${database.name}`,
      source: database.settings,
      target: { kind: 'sqlite', path: join(folder.path, 'copy.db') },
    } as const;
    const unhelped = { inspector: { endRun: async () => undefined, release: async () => [] } };
    const options = { tables: [{ name: 'slow', query: slowQuery[familyOf(database)] }] };
    const dead = await startStream({ ...assignment, options }, unhelped);
    expect(await comesTrue(() => isWorking(database), 10_000)).toBe(true);
    process.kill(dead.pid, 'SIGKILL');
    await dead.exited;
    expect(await isWorking(database)).toBe(true);

    const next = await startStream({
      ...assignment,
      options: { tables: [{ name: 'quick', query: 'SELECT 1 AS id' }] },
    });
    await next.exited;
    expect(next.events.at(-1)).toMatchObject({ status: 'FINISHED' });
    expect(await isWorking(database)).toBe(false);
  });

  test('stop during a long statement cancels it within two seconds', async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    const stream = await startStream({
      streamId: `stream_${database.name}`,
      source: database.settings,
      target: { kind: 'sqlite', path: join(folder.path, 'copy.db') },
      options: { tables: [{ name: 'slow', query: slowQuery[familyOf(database)] }] },
    });
    expect(await comesTrue(() => isWorking(database), 10_000)).toBe(true);
    const asked = performance.now();
    stream.host.stop();
    expect(await stream.waitFor(isEnd)).toMatchObject({ status: 'STOPPED' });
    expect(performance.now() - asked).toBeLessThan(2_000);
    await stream.exited;
    expect(await comesTrue(async () => (await othersOf(database)) === 0, 2_000 - (performance.now() - asked))).toBe(
      true,
    );
  });

  test('pause closes every connection within a second; resume is exact', async () => {
    await using source = await createDatabase(server);
    await using target = await createDatabase(server);
    await fill(source);
    const assignment = {
      streamId: `stream_${source.name}`,
      source: source.settings,
      target: target.settings,
      options: { chunkBytes: 1_048_576, parallelism: 1 },
    };
    const stream = await startStream(assignment);
    await stream.waitFor(isUnderWay);
    const asked = performance.now();
    stream.host.pause({ holdSnapshot: false });
    const end = await stream.waitFor(isEnd);
    expect(end).toMatchObject({ status: 'PAUSED', error: null });
    await stream.exited;
    const connections = async () => (await othersOf(source)) + (await othersOf(target));
    expect(await comesTrue(async () => (await connections()) === 0, 1_000 - (performance.now() - asked))).toBe(true);
    const [committed] = (await target.rows('SELECT count(*) FROM item'))[0]!;
    expect(end).toMatchObject({ rows: Number(committed) });
    expect(Number(committed)).toBeLessThan(150_000);

    const resumed = await startStream(assignment);
    expect(await resumed.exited).toBeNull();
    expect(resumed.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 150_000, error: null });
    expect(await target.rows(sumSql)).toEqual(await source.rows(sumSql));
  });

  test('connections that the server cuts are waited for, and the run goes on', async () => {
    await using source = await createDatabase(server);
    await using target = await createDatabase(server);
    await fill(source);
    const stream = await startStream({
      streamId: `stream_${source.name}`,
      source: source.settings,
      target: target.settings,
      options: { chunkBytes: 1_048_576, parallelism: 1 },
    });
    await stream.waitFor(isUnderWay);
    await Promise.all([cutOthers(source), cutOthers(target)]);
    expect(await stream.exited).toBeNull();
    expect(stream.events).toContainEqual(
      expect.objectContaining({ phase: 'waiting', detail: expect.stringMatching(/^Attempt 2 at /) }),
    );
    expect(stream.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 150_000, error: null });
    expect(await target.rows(sumSql)).toEqual(await source.rows(sumSql));
  });

  test('who is told to try again does not wait, and waits little from then on', async () => {
    await using source = await createDatabase(server);
    await using folder = await createFolder();
    await fill(source);
    await using proxy = await startTcpProxy(server.host, server.port);
    // Half-way through the 16 MB of the table.
    const cut = proxy.cutAfter(8_000_000);
    const stream = await startStream({
      streamId: `stream_${source.name}`,
      source: { ...source.settings, host: '127.0.0.1', port: proxy.port },
      target: { kind: 'sqlite', path: join(folder.path, 'copy.db') },
      options: { chunkBytes: 1_048_576, parallelism: 1 },
    });
    await cut;
    await stream.waitFor(isAttempt(3));
    // Whichever wait it comes into, the next one is the first again.
    const counted = stream.events.filter(isAttempt(2)).length;
    await expect
      .poll(
        () => {
          stream.host.retry();
          return stream.events.filter(isAttempt(2)).length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(counted);
    await proxy.mend();
    stream.host.retry();
    expect(await stream.exited).toBeNull();
    expect(stream.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: 150_000, error: null });
  });
});
