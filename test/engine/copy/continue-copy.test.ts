/** Runs that find what an earlier run of the same stream left. SQLite at both ends, since the rules are the engine's. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test, vi } from 'vitest';
import type { ConvertRequest } from '../../../src/main/engine/copy/convert.ts';
import { Ledger, type Ownership } from '../../../src/main/engine/copy/ledger.ts';
import { sqliteDriver } from '../../../src/main/engine/drivers/sqlite/sqlite-driver.ts';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';
import { convert } from '../../support/convert.ts';
import { createFolder } from '../../support/databases.ts';

const streamId = 'stream_test';

async function createFiles(source: string, target: string) {
  const folder = await createFolder();
  const [from, to] = ['source.db', 'target.db'].map((name) => join(folder.path, name)) as [string, string];
  const execute = (path: string, sql: string) => {
    using database = new DatabaseSync(path);
    database.exec(sql);
  };
  execute(from, source);
  execute(to, target);
  return {
    changeSource: (sql: string) => execute(from, sql),
    sourcePath: from,
    path: to,
    run: (options: object = {}, more: Partial<ConvertRequest> = {}) =>
      convert({ kind: 'sqlite', path: from }, { kind: 'sqlite', path: to }, options, { streamId, ...more }),
    /** Leaves what a run leaves that is killed in the middle. */
    async leave(work: (ledger: Ledger) => Promise<void>) {
      const signal = new AbortController().signal;
      await using session = await sqliteDriver.connect(
        { kind: 'sqlite', path: to },
        { role: 'target', streamId, signal },
      );
      await work(new Ledger(session, sqliteDriver.dialect, streamId));
    },
    rows(sql: string) {
      using database = new DatabaseSync(to);
      return database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const t = { schema: null, name: 't' };
const claim = (ownership: Ownership) => (ledger: Ledger) => ledger.open([{ target: t, ownership }]);
const source = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')";

describe('a run after one that was killed', () => {
  test('when its table was claimed and not emptied yet: empties it', async () => {
    await using files = await createFiles(
      source,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (9, 'old')",
    );
    await files.leave(claim('emptied'));
    await files.run({ truncateTarget: true });
    expect(files.rows('SELECT id FROM t')).toEqual([[1], [2]]);
  });

  test('when its table was claimed and the old one not dropped yet: drops it', async () => {
    await using files = await createFiles(source, 'CREATE TABLE t (other TEXT NOT NULL); INSERT INTO t VALUES (1)');
    await files.leave(claim('created'));
    await files.run({ onExisting: 'drop' });
    expect(files.rows('SELECT id, v FROM t')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  test('when it was to append to a table that was empty then: leaves rows that others have added since', async () => {
    await using files = await createFiles(source, 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)');
    const options = { onExisting: 'append' };
    const killer = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'phase' && event.phase === 'copying') killer.abort();
    };
    await expect(files.run(options, { signal: killer.signal, onEvent })).rejects.toMatchObject({ code: 'cancelled' });
    using other = new DatabaseSync(files.path);
    other.exec("INSERT INTO t VALUES (9, 'of others')");
    await files.run(options);
    expect(files.rows('SELECT id FROM t')).toEqual([[1], [2], [9]]);
  });

  test('when rows were committed that no entry vouches for: copies the table anew', async () => {
    await using files = await createFiles(
      source,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')",
    );
    await files.leave(async (ledger) => {
      await claim('created')(ledger);
      await ledger.divide([{ target: t, ranges: [null] }]);
    });
    const { result, events } = await files.run();
    expect(result.rows).toBe(2);
    expect(files.rows('SELECT id FROM t')).toEqual([[1], [2]]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'log', message: expect.stringContaining('"t" starts again') }),
    );
  });

  test('when all was copied and the ledger half removed: ends', async () => {
    await using files = await createFiles(
      source,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    );
    await files.leave(async (ledger) => {
      await claim('created')(ledger);
      await ledger.divide([{ target: t, ranges: [null] }]);
    });
    using target = new DatabaseSync(files.path);
    target.exec(
      "UPDATE _sluice_chunks SET rows = 2, bytes = 8, committed_at = 'now' WHERE chunk = 0; DROP TABLE _sluice_positions",
    );
    const { result } = await files.run();
    expect(result).toMatchObject({ rows: 2, guarantee: 'per table' });
    expect(files.rows("SELECT name FROM sqlite_schema WHERE name LIKE '\\_sluice%' ESCAPE '\\'")).toEqual([]);
  });
});

describe('rows that an earlier run left out', () => {
  test('count again', async () => {
    await using files = await createFiles(
      `${source}; CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER); INSERT INTO u VALUES (11, 1), (12, 1)`,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT CHECK (v <> 'b')); " +
        'CREATE TABLE u (id INTEGER PRIMARY KEY CHECK (id < 10), t INTEGER REFERENCES t)',
    );
    const options = { onRowError: 'skip', maxRowErrors: 2 } as const;
    await expect(files.run(options)).rejects.toMatchObject({ code: 'too_many_row_errors' });
    expect(files.rows('SELECT id FROM t')).toEqual([[1]]);
    await expect(files.run(options)).rejects.toMatchObject({
      code: 'too_many_row_errors',
      message: expect.stringContaining('refused 3 rows'),
    });
    files.changeSource('DELETE FROM u');
    const { result, events } = await files.run(options);
    expect(result).toMatchObject({ rows: 1, failed: 1 });
    const warnings = events.flatMap((event) =>
      event.type === 'log' && event.level === 'warning' ? [event.message] : [],
    );
    expect(warnings).toEqual([expect.stringContaining('"t": 1 row was refused')]);
  });
});

describe('a limit', () => {
  const five = `${source}; CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t);
    INSERT INTO u VALUES (11, 1), (12, 1), (13, 1)`;

  /** Runs until `phase` begins. */
  async function runUntil(phase: string, files: Awaited<ReturnType<typeof createFiles>>, options: object) {
    const killer = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'phase' && event.phase === phase) killer.abort();
    };
    await expect(files.run(options, { signal: killer.signal, onEvent })).rejects.toMatchObject({ code: 'cancelled' });
  }
  const counts = '(SELECT count(*) FROM t), (SELECT count(*) FROM u)';

  test('of rows counts those of attempts before', async () => {
    await using files = await createFiles(five, 'CREATE TABLE other (id)');
    // As after a kill between the two tables.
    const half = { tables: [{ name: 't' }] };
    await runUntil('indexing', files, half);
    await files.leave((ledger) => ledger.open([{ target: { schema: null, name: 'u' }, ownership: 'created' }]));
    const { result } = await files.run({ limits: { numberOfEvents: 3 } });
    expect(result).toMatchObject({ reason: 'limit', rows: 3 });
    expect(files.rows(`SELECT ${counts}`)).toEqual([[2, 1]]);
  });

  test.each([
    ['the source as it was', ''],
    ['a source that has changed', 'DELETE FROM u WHERE id > 11'],
  ])('that was reached stays so, with %s', async (_, change) => {
    await using files = await createFiles(five, 'CREATE TABLE other (id)');
    const options = { limits: { numberOfEvents: 4 } };
    await runUntil('indexing', files, options);
    const before = files.rows(`SELECT ${counts}`);
    files.changeSource(change);
    const { result } = await files.run(options);
    expect(result).toMatchObject({ reason: 'limit', rows: 4 });
    expect(files.rows(`SELECT ${counts}`)).toEqual(before);
  });

  test('that is taken away lets the table start again that it had cut', async () => {
    await using files = await createFiles(five, 'CREATE TABLE other (id)');
    await runUntil('indexing', files, { limits: { numberOfEvents: 4 } });
    const { result } = await files.run();
    expect(result).toMatchObject({ reason: null, rows: 5 });
    expect(files.rows(`SELECT ${counts}`)).toEqual([[2, 3]]);
  });

  test('of time counts what attempts before took', async () => {
    await using files = await createFiles(five, 'CREATE TABLE other (id)');
    const limits = { elapsedTime: 60 };
    const { result } = await files.run({ limits }, { ranMs: 60_000 });
    expect(result).toMatchObject({ reason: 'limit', rows: 0 });
  });

  test('of time is not reached by building indexes', async () => {
    await using files = await createFiles(five, 'CREATE TABLE other (id)');
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const onEvent = (event: RunEvent) => {
        if (event.type === 'phase' && event.phase === 'indexing') vi.advanceTimersByTime(60_000);
      };
      const { result } = await files.run({ limits: { elapsedTime: 60 } }, { onEvent });
      expect(result).toMatchObject({ reason: null, rows: 5 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a copy that goes on', () => {
  const two = `${source}; CREATE TABLE u (id INTEGER PRIMARY KEY)`;

  /** As after `t` was committed and `u` was not, with the source as it is now. */
  async function afterHalf() {
    const files = await createFiles(
      two,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    );
    const signal = new AbortController().signal;
    const from = { kind: 'sqlite', path: files.sourcePath } as const;
    await using session = await sqliteDriver.connect(from, { role: 'source', streamId, signal });
    await using snapshot = await session.openSnapshot(1, []);
    const { position } = snapshot;
    await files.leave(async (ledger) => {
      await ledger.open([t, { schema: null, name: 'u' }].map((target) => ({ target, ownership: 'created' as const })));
      await ledger.divide([{ target: t, ranges: [null] }]);
      await ledger.recordPosition({ position, mixedSince: null });
    });
    using target = new DatabaseSync(files.path);
    target.exec("UPDATE _sluice_chunks SET rows = 2, bytes = 8, committed_at = 'now' WHERE chunk = 0");
    return files;
  }

  test('has the guarantee of its first snapshot where the source is the same', async () => {
    await using files = await afterHalf();
    const { result, events } = await files.run();
    expect(result.guarantee).toBe('snapshot');
    expect(events).toContainEqual({ type: 'log', level: 'info', message: '"t": already copied.' });
  });

  test('counts what is there before it copies the rest', async () => {
    await using files = await afterHalf();
    // Its turn comes first.
    files.changeSource(`INSERT INTO u VALUES ${Array.from({ length: 500 }, (_, id) => `(${id})`).join(', ')}`);
    const { events } = await files.run();
    const told = events.flatMap((event) => (event.type === 'progress' ? [event.table] : []));
    expect(told.findIndex(({ name, rows }) => name === 't' && rows === 2)).toBe(0);
    expect(told.findIndex(({ name, status }) => name === 'u' && status === 'copying')).toBe(1);
  });

  test('is per table, and stays so, where the source has changed', async () => {
    await using files = await afterHalf();
    files.changeSource('INSERT INTO u VALUES (1)');
    // The first attempt to go on is killed as well, after it took note of the source as it is now.
    const isPerTable = { guarantee: 'per table', reason: expect.stringMatching(/^resumed at .*verify/) };
    const killer = new AbortController();
    const told: RunEvent[] = [];
    const onEvent = (event: RunEvent) => {
      told.push(event);
      if (event.type === 'phase' && event.phase === 'copying') killer.abort();
    };
    await expect(files.run({}, { signal: killer.signal, onEvent })).rejects.toMatchObject({ code: 'cancelled' });
    expect(told).toContainEqual(expect.objectContaining({ type: 'plan', ...isPerTable }));
    const { result, events } = await files.run();
    expect(result.guarantee).toBe('per table');
    expect(events).toContainEqual(expect.objectContaining({ type: 'plan', ...isPerTable }));
    expect(files.rows('SELECT id FROM u')).toEqual([[1]]);
  });
});
