/** Pauses that keep the source's snapshot: a run goes on in it, whatever was written meanwhile. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { createDatabase, openClient, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import type { ServerAddress } from '../support/servers.ts';
import { inspector, isEnd, isUnderWay, processes, startStream, type TestStream } from './support/streams.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

const rows = 20_000;
const minutes = { timeout: 120_000 };

const isPostgres = ({ settings }: TestDatabase) => settings.kind === 'postgresql';

/** Rows of two tables, in which every transfer keeps the sum of all amounts at 0. */
async function fill(database: TestDatabase): Promise<void> {
  await database.execute('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, amount INT NOT NULL)');
  await database.execute('CREATE TABLE total (id INT PRIMARY KEY, amount INT NOT NULL)');
  await database.execute('INSERT INTO total VALUES (1, 0)');
  const values = Array.from({ length: rows }, (_, index) => `(${index + 1}, '${`${index + 1}`.padEnd(100, 'x')}', 0)`);
  for (let from = 0; from < rows; from += 5_000)
    await database.execute(`INSERT INTO item VALUES ${values.slice(from, from + 5_000).join(',')}`);
  await database.execute(isPostgres(database) ? 'ANALYZE item' : 'ANALYZE TABLE item');
}

/** Writes without a pause until it is disposed. */
async function startTransfers(server: ServerAddress, database: TestDatabase) {
  const client = await openClient(server, database.name);
  const [[id]] = (await client.rows(`SELECT ${isPostgres(database) ? 'pg_backend_pid' : 'CONNECTION_ID'}()`)) as [
    [string],
  ];
  let isDone = false;
  let count = 0;
  const write = async () => {
    for (; !isDone; count++) {
      const row = ((count * 7919) % rows) + 1;
      await client.execute(
        `BEGIN; UPDATE item SET amount = amount + 1 WHERE id = ${row}; UPDATE total SET amount = amount - 1; COMMIT`,
      );
      await setImmediate();
    }
  };
  const writing = write();
  return {
    /** Of its connection. */
    id,
    /** Resolves when so many more transfers are committed. */
    more: async (wanted: number) => {
      const goal = count + wanted;
      await expect.poll(() => count, { timeout: 30_000 }).toBeGreaterThanOrEqual(goal);
    },
    async [Symbol.asyncDispose]() {
      isDone = true;
      await writing;
      await client[Symbol.asyncDispose]();
    },
  };
}

/** Two seconds of reading, so that a pause finds a statement at work. */
const slowly = (database: TestDatabase) =>
  isPostgres(database) ? 'id % 50 > 0 OR pg_sleep(0.005) IS NOT NULL' : 'id % 50 > 0 OR SLEEP(0.005) = 0';

/** Connections to the database, but the test's own and `except`. */
async function connectionsOf(database: TestDatabase, except: string | null = null): Promise<string[]> {
  const sql = isPostgres(database)
    ? `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'`
    : 'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()';
  return (await database.rows(sql)).map(([id]) => id!).filter((id) => id !== except);
}

const assignmentOf = (source: TestDatabase, target: TestDatabase) => ({
  streamId: `stream_${source.name}`,
  source: source.settings,
  target: target.settings,
  options: {
    tables: [{ name: 'item', where: slowly(source) }, { name: 'total' }],
    ...{ chunkBytes: 65_536, parallelism: 2, pauseHoldsSnapshot: true },
  },
});

async function untilHeld(stream: TestStream): Promise<void> {
  await stream.waitFor(isUnderWay);
  stream.host.pause({ holdSnapshot: true });
  const now = Math.floor(Date.now() / 1000);
  const end = await stream.waitFor(isEnd);
  expect(end).toMatchObject({ status: 'PAUSED', error: null, snapshotTaken: expect.any(Number) });
  expect(now - (end.type === 'end' ? end.snapshotTaken! : 0)).toBeLessThan(60);
}

const planOf = (events: readonly RunEvent[]) => events.find(({ type }) => type === 'plan');

describeEachServer('a pause that holds the snapshot', ['postgres18', 'mysql', 'mariadb'], (server) => {
  test('goes on in it under writers that never stop: the copy is of one moment', minutes, async () => {
    await using source = await createDatabase(server);
    await using target = await createDatabase(server);
    await fill(source);
    await using transfers = await startTransfers(server, source);
    const assignment = assignmentOf(source, target);
    const stream = await startStream(assignment);
    await untilHeld(stream);
    await expect.poll(() => connectionsOf(target)).toEqual([]);
    const [committed] = (await target.rows('SELECT count(*) FROM item'))[0]!;
    expect(Number(committed)).toBeGreaterThan(0);
    expect(Number(committed)).toBeLessThan(rows);
    await transfers.more(200);

    const resumed = stream.resume(assignment);
    expect(await resumed.exited).toBeNull();
    expect(resumed.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: rows + 1, error: null });
    expect(planOf(resumed.events)).toMatchObject({ guarantee: 'snapshot', reason: null });
    const isKept = (event: RunEvent) => event.type === 'log' && /"item": goes on after \d+ of/.test(event.message);
    expect(resumed.events.filter(isKept)).toHaveLength(1);
    const sums = 'SELECT count(*), sum(amount) + (SELECT sum(amount) FROM total) FROM item';
    expect(await target.rows(sums)).toEqual([[String(rows), '0']]);
    await expect.poll(() => connectionsOf(source, transfers.id)).toEqual([]);
  });

  test('tells when the source takes it away, and goes on in another one', minutes, async () => {
    await using source = await createDatabase(server);
    await using target = await createDatabase(server);
    await fill(source);
    const assignment = assignmentOf(source, target);
    const stream = await startStream(assignment);
    await untilHeld(stream);
    const held = await connectionsOf(source);
    expect(held.length).toBeGreaterThan(0);
    for (const id of held)
      await source.execute(isPostgres(source) ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`);
    expect(await stream.exited).toMatchObject({ code: 'server_lost' });
    await source.execute('UPDATE item SET amount = amount + 1');

    const resumed = await startStream(assignment);
    expect(await resumed.exited).toBeNull();
    expect(resumed.events.at(-1)).toMatchObject({ status: 'FINISHED', error: null });
    expect(await target.rows('SELECT count(*), min(amount) FROM item')).toEqual([[String(rows), '1']]);
  });

  test('is let go with its process', minutes, async () => {
    await using source = await createDatabase(server);
    await using target = await createDatabase(server);
    await fill(source);
    const stream = await startStream(assignmentOf(source, target));
    await untilHeld(stream);
    stream.host.kill();
    await expect.poll(() => connectionsOf(source), { timeout: 5_000 }).toEqual([]);
  });
});
