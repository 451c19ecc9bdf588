/** Errors that pass are waited for, on real servers that are stopped, full, locked or closed to us; the copy is exact in the end. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { createDatabase, openClient, type Client, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import type { ServerName } from '../support/servers.ts';
import { startOwnServer, type OwnServer } from '../support/servers/own-server.ts';
import { inspector, isEnd, isUnderWay, processes, startStream, type TestStream } from './support/streams.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

const rowCount = 60_000;
/** A key in the middle of the second unit: the first one is committed before the stream comes to it. */
const heldId = 50_500;
const itemSql = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)';
const sumSql = 'SELECT count(*), sum(id), sum(length(name)), min(name), max(name) FROM item';

const isWaiting = (event: RunEvent) => event.type === 'phase' && event.phase === 'waiting';

/** What the family has its own words for. */
const words = {
  postgresql: {
    fill: `INSERT INTO item SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, ${rowCount}) g`,
    createUser: "CREATE ROLE mover LOGIN SUPERUSER PASSWORD 'secret'",
    password: (text: string) => `ALTER ROLE mover PASSWORD '${text}'`,
    connections: (most: number | null) =>
      `ALTER ROLE mover ${most === null ? 'SUPERUSER' : 'NOSUPERUSER'} CONNECTION LIMIT ${most ?? -1}`,
    cut: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mover' AND application_name <> 'test'`,
    blocked: "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'mover'",
  },
  mysql: {
    fill: `INSERT INTO item WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ${rowCount})
      SELECT n, RPAD(n, 100, 'x') FROM g`,
    createUser: "CREATE USER mover IDENTIFIED BY 'secret'; GRANT ALL ON *.* TO mover",
    password: (text: string) => `ALTER USER mover IDENTIFIED BY '${text}'`,
    connections: (most: number | null) => `ALTER USER mover WITH MAX_USER_CONNECTIONS ${most ?? 0}`,
    cut: "SELECT id FROM information_schema.processlist WHERE user = 'mover' AND id <> CONNECTION_ID()",
    blocked: "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
  },
};

const serverOptions: Record<'postgresql' | 'mysql', readonly string[]> = {
  // Long enough for the test to close the circle before the stream looks for one.
  postgresql: ['-c', 'deadlock_timeout=5s'],
  mysql: ['--innodb-lock-wait-timeout=30'],
};

const names: readonly ServerName[] = ['postgres18', 'mysql', 'mariadb'];

describeEachServer('errors that pass', names, (_, name) => {
  const family = name.startsWith('postgres') ? 'postgresql' : 'mysql';
  const sql = words[family];
  let server: OwnServer;
  let source: TestDatabase;
  let target: TestDatabase;
  let started = 0;

  beforeAll(async () => {
    server = await startOwnServer(name, { options: serverOptions[family] });
    source = await createDatabase(server.address);
    await source.execute(sql.createUser);
    await source.execute(itemSql);
    if (name === 'mariadb') await source.execute('SET max_recursive_iterations = 1000000');
    if (name === 'mysql') await source.execute('SET cte_max_recursion_depth = 1000000');
    await source.execute(sql.fill);
  });
  beforeEach(async () => {
    target = await createDatabase(server.address);
    // With its key: what another transaction holds of it makes the stream wait.
    await target.execute(itemSql);
    return async () => await target[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const asMover = (database: TestDatabase) => ({ ...database.settings, username: 'mover' });
  const assignment = () => ({
    streamId: `stream_${name}_${started++}`,
    source: asMover(source),
    target: asMover(target),
    options: { chunkBytes: 262_144, parallelism: 1, tables: [{ name: 'item' }] },
  });

  /** Ends the stream's connections, as the server itself does when it has a reason. */
  async function cut(): Promise<void> {
    const rows = await source.rows(sql.cut);
    // One that has just ended by itself is cut as well as the others.
    if (family === 'mysql') for (const [id] of rows) await source.execute(`KILL ${id}`).catch(() => undefined);
  }

  /** Another transaction in the target that holds a key which the stream is about to insert. */
  async function holdKey(): Promise<Client> {
    const holder = await openClient(server.address, target.name);
    await holder.execute('BEGIN');
    await holder.execute(`INSERT INTO item VALUES (${heldId}, 'held')`);
    return holder;
  }

  async function finishes(stream: TestStream): Promise<void> {
    expect(await stream.exited).toBeNull();
    expect(stream.events.at(-1)).toMatchObject({ status: 'FINISHED', rows: rowCount, failed: 0, error: null });
    expect(await target.rows(sumSql)).toEqual(await source.rows(sumSql));
  }

  const isBlocked = () =>
    // InnoDB's answer is a copy that it renews only if nobody has asked for 100 ms.
    expect
      .poll(async () => Number((await source.rows(sql.blocked))[0]![0]), { timeout: 20_000, interval: 250 })
      .toBeGreaterThan(0);

  test('a server that is stopped and started again', async () => {
    // However fast the machine is, the stream is under way until its server is stopped.
    await using holder = await holdKey();
    const stream = await startStream(assignment());
    await stream.waitFor(isUnderWay);
    expect(holder.isLost()).toBe(false);
    await server.stop();
    try {
      const before = Date.now();
      const waiting = (await stream.waitFor(isWaiting)) as Extract<RunEvent, { type: 'phase' }>;
      const [, due] = /^Attempt 2 at (\S+)\. ./.exec(waiting.detail ?? '')!;
      expect(Date.parse(due!)).toBeGreaterThan(before - 60_000);
      await stream.waitFor((event) => isWaiting(event) && /^Attempt 3/.test((event as typeof waiting).detail ?? ''));
    } finally {
      await server.start();
    }
    await finishes(stream);
  }, 120_000);

  test('no free connection', async () => {
    // Superusers are let in whatever the limit is.
    if (family === 'postgresql') await grantDatabases();
    await source.execute(sql.connections(20));
    await using lock = await holdKey();
    const stream = await startStream(assignment());
    await stream.waitFor(isUnderWay);
    const holder = await openClient({ ...server.address, username: 'mover' }, target.name);
    try {
      await source.execute(sql.connections(1));
      await cut();
      await stream.waitFor(
        (event) =>
          event.type === 'phase' && event.phase === 'waiting' && /free connection|max_user/.test(event.detail!),
      );
    } finally {
      await holder[Symbol.asyncDispose]();
      await source.execute(sql.connections(null));
    }
    await lock.execute('ROLLBACK');
    await finishes(stream);
  }, 60_000);

  test('a deadlock', async () => {
    await using holder = await holdKey();
    if (family === 'mysql') {
      // InnoDB ends the transaction that has changed less.
      await target.execute(`CREATE TABLE ${source.name}.heavy LIKE ${source.name}.item`);
      await holder.execute(`INSERT INTO ${source.name}.heavy SELECT * FROM ${source.name}.item`);
    }
    const stream = await startStream({
      ...assignment(),
      options: { ...assignment().options, tables: [{ name: 'item' }] },
    });
    await isBlocked();
    const closing = holder.execute(`INSERT INTO item VALUES (${heldId - 1}, 'held')`);
    await stream.waitFor(
      (event) => event.type === 'phase' && event.phase === 'waiting' && /deadlock/.test(event.detail!),
    );
    await closing;
    await holder.execute('ROLLBACK');
    await finishes(stream);
  }, 60_000);

  // Our sessions in PostgreSQL wait for locks without end.
  if (family === 'mysql') {
    test('a lock that is not granted in time', async () => {
      await source.execute('SET GLOBAL innodb_lock_wait_timeout = 1');
      await using holder = await holdKey();
      const stream = await startStream({
        ...assignment(),
        options: { ...assignment().options, tables: [{ name: 'item' }] },
      });
      await stream.waitFor(
        (event) =>
          event.type === 'phase' && event.phase === 'waiting' && /innodb_lock_wait_timeout/.test(event.detail!),
      );
      await holder.execute('ROLLBACK');
      await finishes(stream);
    }, 60_000);
  }

  test('a password that is changed pauses the stream; with the new one it goes on', async () => {
    const given = assignment();
    await using lock = await holdKey();
    const stream = await startStream(given);
    await stream.waitFor(isUnderWay);
    await source.execute(sql.password('changed'));
    try {
      await cut();
      expect(await stream.waitFor(isEnd)).toMatchObject({
        status: 'PAUSED',
        reason: expect.stringContaining('password'),
        error: { code: 'authentication_failed' },
      });
      expect(await stream.exited).toBeNull();
      await lock.execute('ROLLBACK');
      const renewed = {
        source: { ...given.source, password: 'changed' },
        target: { ...given.target, password: 'changed' },
      };
      await finishes(await startStream({ ...given, ...renewed }));
    } finally {
      await source.execute(sql.password('secret'));
    }
  }, 60_000);

  test.each([
    ['a wrong password', 'authentication_failed', { password: 'wrong' }, 'item'],
    ['a missing database', 'database_missing', { database: 'nowhere' }, 'item'],
    ['a missing table', 'table_missing', {}, 'itme'],
  ] as const)('%s is not waited for', async (_, code, change, table) => {
    const given = assignment();
    const stream = await startStream({
      ...given,
      source: { ...given.source, ...change },
      options: { tables: [{ name: table }] },
    });
    expect(await stream.exited).toBeNull();
    expect(stream.events.at(-1)).toMatchObject({ status: 'FAILED', error: { code } });
    expect(stream.events.filter(isWaiting)).toEqual([]);
  });

  async function grantDatabases(): Promise<void> {
    await source.execute('GRANT ALL ON item TO mover');
    await target.execute('ALTER SCHEMA public OWNER TO mover; ALTER TABLE item OWNER TO mover');
  }
});
