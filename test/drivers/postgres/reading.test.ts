/** Snapshots and reads: one moment, early ends, conditions, rules. */
import { expect, test } from 'vitest';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase } from '../../support/databases.ts';
import { bothVersions, collect, describeTable, openSession, parseRowText, planOf, readAll } from './open-database.ts';

describeEachServer('reading', bothVersions, (server) => {
  test('all readers of a snapshot see one moment, while a writer goes on', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE a (n integer); CREATE TABLE b (n integer)');
    await using source = await openSession(database, 'source');
    const a = planOf(await describeTable(source, 'a'));
    const b = planOf(await describeTable(source, 'b'));
    let writing = true;
    let written = 0;
    const writer = (async () => {
      while (writing) {
        await database.execute(`BEGIN; INSERT INTO a VALUES (${written}); INSERT INTO b VALUES (${written}); COMMIT`);
        written++;
      }
    })();
    for (let round = 0; round < 5; round++) {
      const before = written;
      await using snapshot = await source.openSnapshot(3, []);
      expect(snapshot.guarantee).toBe('snapshot');
      expect(snapshot.position).toMatch(/^\d+:\d+:[\d,]*\/[0-9A-F]{8}$/);
      const counts = [];
      for (const [index, plan] of [a, b, a].entries()) {
        counts.push((await collect(snapshot.readers[index]!.read(plan, null))).rows);
      }
      expect(counts).toEqual(Array(3).fill(counts[0]));
      expect(counts[0]).toBeGreaterThanOrEqual(before);
    }
    writing = false;
    await writer;
  });

  test('positions of snapshots are equal while nothing is written, whatever is read, and only then', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t AS SELECT n FROM generate_series(1, 10000) n');
    await using source = await openSession(database, 'source');
    const position = async () => {
      await using snapshot = await source.openSnapshot(1, []);
      return snapshot.position;
    };
    // Other tests write to the same server.
    const isSteady = async () => {
      const before = await position();
      await database.rows('SELECT count(*) FROM t');
      return (await position()) === before;
    };
    await expect.poll(isSteady, { timeout: 25_000 }).toBe(true);
    const before = await position();
    await database.execute('UPDATE t SET n = 0 WHERE n = 1');
    expect(await position()).not.toBe(before);
  });

  test('a table is locked while it is read, and longer only when it is read in parts', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE whole AS SELECT 1 AS n; CREATE TABLE parted (n integer PRIMARY KEY)');
    await database.execute('CREATE INDEX ON whole (n)');
    await using source = await openSession(database, 'source');
    const whole = planOf(await describeTable(source, 'whole'));
    const parted = planOf(await describeTable(source, 'parted'));
    const locked = async () =>
      (
        await database.rows(`SELECT relation::regclass::text FROM pg_locks
          WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND relation::regclass::text ~ '^(whole|parted)$' ORDER BY 1`)
      ).flat();
    await using snapshot = await source.openSnapshot(1, []);
    const [reader] = snapshot.readers;
    const rows = reader!.read(whole, null)[Symbol.asyncIterator]();
    await rows.next();
    expect(await locked()).toEqual(['whole']);
    expect((await rows.next()).done).toBe(true);
    expect(await locked()).toEqual([]);
    expect(await reader!.binary!.offers(whole, ['int4'])).toBe(true);
    expect(await locked()).toEqual([]);
    await collect(reader!.read(parted, { kind: 'key', column: 'n', from: null, to: '5' }));
    await collect(reader!.read(whole, null));
    expect(await locked()).toEqual(['parted']);
  });

  test('rows that end with a bundle are counted in it', async () => {
    await using database = await createDatabase(server);
    await database.execute("CREATE TABLE t AS SELECT repeat('x', 8191) AS v FROM generate_series(1, 1000)");
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, []);
    const counts = [];
    for await (const { bytes, rows } of snapshot.readers[0]!.read(plan, null)) {
      counts.push([rows, bytes.filter((byte) => byte === 0x0a).length]);
    }
    expect(counts.length).toBeGreaterThan(10);
    for (const [said, are] of counts) expect(said).toBe(are);
  });

  test('a read that is left early stops in the server, and the reader and its snapshot stay usable', async () => {
    await using database = await createDatabase(server);
    await database.execute(
      'CREATE TABLE t AS SELECT n, repeat(md5(n::text), 20) AS v FROM generate_series(1, 40000) n',
    );
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, []);
    const [reader] = snapshot.readers;
    await database.execute('DELETE FROM t WHERE n = 1');
    for (let round = 0; round < 3; round++) {
      for await (const bundle of reader!.read(plan, null)) {
        expect(bundle.rows).toBeGreaterThan(0);
        break;
      }
      const active = `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'
        AND datname = current_database()`;
      expect(await database.rows(active)).toEqual([['0']]);
    }
    const { rows, bytes } = await collect(reader!.read(plan, null));
    expect(rows).toBe(40_000);
    expect(bytes.subarray(0, 2).toString()).toBe('1\t');
  });

  test('a read that fails says so, and the reader stays usable', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t AS SELECT n FROM generate_series(-50000, 50000) n');
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 't');
    await using snapshot = await source.openSnapshot(1, []);
    const [reader] = snapshot.readers;
    const failing = collect(reader!.read(planOf(table, { where: '10 / n < 100' }), null));
    await expect(failing).rejects.toMatchObject({ code: 'database_error', details: { sqlState: '22012' } });
    expect((await collect(reader!.read(planOf(table), null))).rows).toBe(100_001);
  });

  test('a server that is lost in the middle is an error, not an end', async () => {
    await using database = await createDatabase(server);
    await database.execute(
      'CREATE TABLE t AS SELECT n, repeat(md5(n::text), 20) AS v FROM generate_series(1, 40000) n',
    );
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, []);
    const read = async () => {
      let rows = 0;
      for await (const bundle of snapshot.readers[0]!.read(plan, null)) {
        if (rows === 0)
          await database.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE query LIKE 'COPY%' AND datname = current_database() AND pid <> pg_backend_pid()`);
        rows += bundle.rows;
      }
      return rows;
    };
    await expect(read()).rejects.toBeInstanceOf(SluiceError);
    await expect(read()).rejects.toMatchObject({ code: 'server_lost' });
  });

  test('a slow consumer is waited for', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t AS SELECT n, repeat('x', 1000) AS v FROM generate_series(1, 60000) n`);
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, []);
    const bundles = snapshot.readers[0]!.read(plan, null)[Symbol.asyncIterator]();
    await bundles.next();
    // The server stops when the buffers between are full: it waits to send.
    const waits = `SELECT wait_event FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database() AND pid <> pg_backend_pid()`;
    let seen: string | null | undefined;
    const ends = performance.now() + 5000;
    do seen = (await database.rows(waits))[0]?.[0];
    while (seen !== 'ClientWrite' && performance.now() < ends);
    expect(seen).toBe('ClientWrite');
    let rows = 0;
    for (let next = await bundles.next(); !next.done; next = await bundles.next()) rows += next.value.rows;
    expect(rows).toBeGreaterThan(59_000);
  });

  test('conditions and queries of the user end where they end', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t AS SELECT n FROM generate_series(1, 10) n');
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 't');
    const read = async (plan: ReturnType<typeof planOf>) => parseRowText((await readAll(source, plan)).bytes).flat();
    expect(await read(planOf(table, { where: 'n = 1 OR n = 3 -- these' }))).toEqual(['1', '3']);
    expect(await read(planOf(table, { query: 'SELECT n FROM t WHERE n > 8 -- the last\n;' }))).toEqual(['9', '10']);
    await using snapshot = await source.openSnapshot(1, []);
    const range = { kind: 'key', column: 'n', from: '2', to: '4' } as const;
    const ranged = await collect(snapshot.readers[0]!.read(planOf(table, { where: 'n = 3 OR n = 9' }), range));
    expect(ranged.bytes.toString()).toBe('3\n');
  });

  test("rows of inheritance children are their own, rows of partitions are the root's", async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE parent (n integer); CREATE TABLE child () INHERITS (parent);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);
      CREATE TABLE root (n integer) PARTITION BY LIST (n); CREATE TABLE p1 PARTITION OF root FOR VALUES IN (1);
      CREATE TABLE p2 PARTITION OF root DEFAULT; INSERT INTO root VALUES (1), (2);
      CREATE VIEW v AS SELECT n + 10 AS n FROM root`);
    await using source = await openSession(database, 'source');
    const read = async (name: string) =>
      parseRowText((await readAll(source, planOf(await describeTable(source, name)))).bytes)
        .flat()
        .toSorted();
    expect(await read('parent')).toEqual(['1']);
    expect(await read('child')).toEqual(['2']);
    expect(await read('root')).toEqual(['1', '2']);
    expect(await read('v')).toEqual(['11', '12']);
  });

  test('rules change what the target cannot hold, and nothing else', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (d date, ts timestamp(3), f float8, n numeric, m money);
      INSERT INTO t VALUES ('infinity', '-infinity', 'NaN', 'NaN', 1.5), ('0001-01-01', '9999-12-31 23:59:59.999', 1, 2, 3),
        ('0001-12-31 BC', '10000-01-01', '-Infinity', 0, 0)`);
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 't');
    const read = async (rules: object) => parseRowText((await readAll(source, planOf(table, { rules }))).bytes);
    const kept = ['0001-01-01', '9999-12-31 23:59:59.999', '1', '2', '3.00'];
    expect(await read({})).toEqual([
      ['infinity', '-infinity', 'NaN', 'NaN', '1.50'],
      kept,
      ['0001-12-31 BC', '10000-01-01 00:00:00', '-Infinity', '0', '0.00'],
    ]);
    expect(await read({ infiniteDate: 'null', notANumber: 'null', dateRange: 'null' })).toEqual([
      [null, null, null, null, '1.50'],
      kept,
      [null, null, null, '0', '0.00'],
    ]);
    expect((await read({ infiniteDate: 'limit' }))[0]).toEqual([
      '9999-12-31',
      '0001-01-01 00:00:00',
      'NaN',
      'NaN',
      '1.50',
    ]);
  });
});
