/** A disk of the target that fills up: the run waits, goes on when there is room, and gives up at its limit; nothing is corrupt. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { runConvert } from '../../src/main/engine/copy/convert.ts';
import { runWithRetries } from '../../src/main/hosts/run-with-retries.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { convertRequest } from '../support/convert.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { createSmallDisk, describeSmallDisks } from '../support/small-disk.ts';

const rows = 40_000;

/** About 8 MB of rows. */
async function createSource() {
  const folder = await createFolder();
  const path = join(folder.path, 'source.db');
  using database = new DatabaseSync(path);
  database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO t SELECT i, printf('%0200d', i) FROM n; CREATE TABLE u (id INTEGER PRIMARY KEY); INSERT INTO u VALUES (1)`);
  return { settings: { kind: 'sqlite', path } as const, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

interface Watched {
  readonly events: readonly RunEvent[];
  /** Number of waits. */
  readonly waits: number;
}

/** Copies with waits that take no time; `onWait` is told the number of each. */
async function copy(
  source: ConnectionSettings,
  target: ConnectionSettings,
  options: object,
  onWait: (wait: number) => void,
): Promise<Watched> {
  const events: RunEvent[] = [];
  const signal = new AbortController().signal;
  const emit = (event: RunEvent) => events.push(event);
  let waits = 0;
  const surroundings = {
    now: () => 0,
    random: () => 0,
    sleep: async () => {
      onWait(++waits);
      return false;
    },
  };
  await runWithRetries(
    (tell) =>
      runConvert(convertRequest(source, target, { chunkBytes: 1024 ** 2, ...options }, { signal, onEvent: tell })),
    emit,
    signal,
    surroundings,
  );
  return { events, waits };
}

/** Lets it fill up twice, then gives it room. */
async function fillAndGrow(target: ConnectionSettings, grow: () => void, options: object = {}): Promise<void> {
  await using source = await createSource();
  const { events, waits } = await copy(source.settings, target, options, (wait) => {
    if (wait === 2) grow();
  });
  expect(waits).toBe(2);
  const waiting = events.filter((event) => event.type === 'phase' && event.phase === 'waiting');
  expect(waiting).toEqual(
    Array(2).fill({
      type: 'phase',
      phase: 'waiting',
      detail: expect.stringMatching(/^Attempt \d at .*(full|space|room)/i),
    }),
  );
}

const isWhole = `SELECT count(*), count(DISTINCT id), min(v) || max(v) FROM t`;
const whole = [String(rows), String(rows), '1'.padStart(200, '0') + String(rows).padStart(200, '0')];

describeSmallDisks('a full disk below an SQLite target', () => {
  const read = (path: string, sql: string) => {
    using database = new DatabaseSync(path);
    return database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row).map(String));
  };

  test('is waited for', async () => {
    await using disk = await createSmallDisk(4);
    const path = join(disk.path, 'target.db');
    await fillAndGrow({ kind: 'sqlite', path }, () => disk.grow(64));
    expect(read(path, isWhole)).toEqual([whole]);
    expect(read(path, 'PRAGMA integrity_check')).toEqual([['ok']]);
    expect(read(path, "SELECT name FROM sqlite_schema WHERE name LIKE '\\_sluice%' ESCAPE '\\'")).toEqual([]);
  });

  test('ends the run after a quarter of an hour, with a file that is whole and can be gone on with', async () => {
    await using source = await createSource();
    await using disk = await createSmallDisk(4);
    const path = join(disk.path, 'target.db');
    const run = copy(source.settings, { kind: 'sqlite', path }, {}, () => undefined);
    await expect(run).rejects.toMatchObject({ code: 'disk_full' });
    expect(read(path, 'PRAGMA integrity_check')).toEqual([['ok']]);
    disk.grow(64);
    const { waits, events } = await copy(source.settings, { kind: 'sqlite', path }, {}, () => undefined);
    expect(waits).toBe(0);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'log', message: expect.stringMatching(/"t": goes on after [1-9]/) }),
    );
    expect(read(path, isWhole)).toEqual([whole]);
  });
});

describeSmallDisks('a full disk below a server', () => {
  describeServers('PostgreSQL', ['postgres18'], ({ postgres18 }) => {
    test('is waited for', async () => {
      await using database = await createDatabase(postgres18);
      const [[folder] = []] = await database.rows('SHOW data_directory');
      await using disk = await createSmallDisk(6, statSync(folder!));
      const space = `space_${database.name}`;
      await database.execute(`CREATE TABLESPACE ${space} LOCATION '${disk.path}'`);
      try {
        await database.execute(
          `CREATE TABLE t (id bigint PRIMARY KEY, v text) TABLESPACE ${space}; CREATE TABLE u (id bigint)`,
        );
        const settings = database.settings;
        await fillAndGrow(settings, () => disk.grow(64), { createStructure: false });
        expect(await database.rows(isWhole)).toEqual([whole]);
      } finally {
        await database.execute('DROP TABLE t');
        await database.execute(`DROP TABLESPACE ${space}`);
      }
    });
  });

  describeServers('MariaDB', ['mariadb'], ({ mariadb }) => {
    test('is waited for', async () => {
      await using database = await createDatabase(mariadb);
      await using disk = await createSmallDisk(6);
      await database.execute(
        `CREATE TABLE t (id bigint PRIMARY KEY, v varchar(300)) DATA DIRECTORY = '${disk.path}'; CREATE TABLE u (id bigint)`,
      );
      await fillAndGrow(database.settings, () => disk.grow(64), { createStructure: false });
      expect(await database.rows(isWhole.replace('min(v) || max(v)', 'CONCAT(min(v), max(v))'))).toEqual([whole]);
      await database.execute('DROP TABLE t');
    });
  });
});
