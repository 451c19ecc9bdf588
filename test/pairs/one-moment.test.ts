/**
 * Copies of one moment under writers that never stop: money moves between two tables, so that the sum of both is the same
 * at every moment, and each transfer leaves a record in a third and a fourth.
 */
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { convert } from '../support/convert.ts';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';

const accounts = 500;
/** Long enough that a copy of it takes a while. */
const padding = 'x'.repeat(2000);

/** A target that is read at once, in this process. */
async function createTarget() {
  const folder = await createFolder();
  const path = join(folder.path, 'target.db');
  return {
    settings: { kind: 'sqlite', path } as const,
    numbers(sql: string): number[] {
      using database = new DatabaseSync(path, { readOnly: true });
      return Object.values(database.prepare(sql).get() as Record<string, number>);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

type Target = Awaited<ReturnType<typeof createTarget>>;

function expectOneMoment(target: Target): void {
  const [one, other, firsts, seconds, unmatched] =
    target.numbers(`SELECT (SELECT sum(balance) FROM one), (SELECT sum(balance) FROM other),
    (SELECT count(*) FROM first_records), (SELECT count(*) FROM second_records),
    (SELECT count(*) FROM first_records f FULL JOIN second_records s USING (id) WHERE f.id IS NULL OR s.id IS NULL)`);
  expect(one! + other!).toBe(2 * accounts * 100);
  expect([firsts! - seconds!, unmatched]).toEqual([0, 0]);
  // Otherwise no writer was at work before the moment.
  expect(firsts).toBeGreaterThan(0);
}

const structure = (id: string) =>
  ['one', 'other']
    .map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY, balance int NOT NULL, padding text)`)
    .concat(['first_records', 'second_records'].map((name) => `CREATE TABLE ${name} (${id})`));

const transfer = (number: number): string[] => [
  'BEGIN',
  `UPDATE one SET balance = balance - 1 WHERE id = ${number % accounts}`,
  `INSERT INTO first_records VALUES (${number})`,
  `UPDATE other SET balance = balance + 1 WHERE id = ${(number * 7) % accounts}`,
  `INSERT INTO second_records VALUES (${number})`,
  'COMMIT',
];

async function fill(database: TestDatabase): Promise<void> {
  for (const sql of structure('id bigint PRIMARY KEY')) await database.execute(sql);
  for (const name of ['one', 'other']) {
    const rows = Array.from({ length: accounts }, (_, id) => `(${id}, 100, '${padding}')`);
    await database.execute(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
  }
}

/** Transfers on each connection, one after the other, until `work` is done; it begins after the first ones. */
async function underTransfers<Result>(
  connections: readonly Pick<TestDatabase, 'execute'>[],
  work: () => Promise<Result>,
): Promise<Result> {
  let isDone = false;
  let number = 0;
  const begun = Promise.withResolvers<void>();
  const writers = connections.map(async ({ execute }, index) => {
    for (let id = index; !isDone; id += connections.length) {
      await execute(transfer(id).join('; '));
      if (++number === 20) begun.resolve();
    }
  });
  await Promise.race([begun.promise, Promise.all(writers)]);
  try {
    return await work();
  } finally {
    isDone = true;
    await Promise.all(writers);
  }
}

/** Rows of `one` and `other` in several ranges, so that several readers take part of each. */
const options = { parallelism: 4, chunkBytes: 256 * 1024 };

const guaranteeOf = (events: Awaited<ReturnType<typeof convert>>['events']) =>
  events.flatMap((event) => (event.type === 'plan' ? [{ guarantee: event.guarantee, reason: event.reason }] : []));

describeEachServer('a copy under writers', ['postgres18', 'mariadb', 'mysql'], (server) => {
  test('is of one moment', async () => {
    await using source = await createDatabase(server);
    await fill(source);
    await using target = await createTarget();
    const { events } = await underTransfers([source], () => convert(source.settings, target.settings, options));
    expect(guaranteeOf(events)).toEqual([{ guarantee: 'snapshot', reason: null }]);
    expectOneMoment(target);
  });

  test('is of one moment for a user with SELECT alone', async () => {
    await using source = await createDatabase(server);
    await fill(source);
    await using target = await createTarget();
    const name = `reader_${source.name.slice(-8)}`;
    const grants = `GRANT SELECT ON ${server.kind === 'postgresql' ? 'ALL TABLES IN SCHEMA public' : `${source.name}.*`} TO ${name}`;
    await source.execute(
      `CREATE USER ${name} ${server.kind === 'postgresql' ? 'PASSWORD' : 'IDENTIFIED BY'} 'read'; ${grants}`,
    );
    const settings: ConnectionSettings = { ...source.settings, username: name, password: 'read' };
    try {
      const { events } = await underTransfers([source], () => convert(settings, target.settings, options));
      expect(guaranteeOf(events)).toEqual([{ guarantee: 'snapshot', reason: null }]);
      expectOneMoment(target);
    } finally {
      await source.execute(`${server.kind === 'postgresql' ? `DROP OWNED BY ${name}; ` : ''}DROP USER ${name}`);
    }
  });
});

describeEachServer('tables without transactions', ['mariadb', 'mysql'], (server) => {
  test('are named, and the copy is per table', async () => {
    await using source = await createDatabase(server);
    await fill(source);
    await source.execute('CREATE TABLE log (id int) ENGINE = MyISAM; INSERT INTO log VALUES (1)');
    await using target = await createTarget();
    const { events } = await convert(source.settings, target.settings, options);
    expect(guaranteeOf(events)).toEqual([
      { guarantee: 'per table', reason: expect.stringMatching(/"log" \(MyISAM\).*as they are at the time/) },
    ]);
  });
});

describe('a copy of an SQLite file under a writer', () => {
  test.each(['wal', 'delete'])('in mode %s is of one moment', async (mode) => {
    await using folder = await createFolder();
    const path = join(folder.path, 'source.db');
    using writer = new DatabaseSync(path);
    writer.exec(
      `PRAGMA journal_mode = ${mode}; PRAGMA synchronous = OFF; BEGIN; ${structure('id INTEGER PRIMARY KEY').join('; ')}`,
    );
    for (const name of ['one', 'other']) {
      const insert = writer.prepare(`INSERT INTO ${name} VALUES (?, 100, ?)`);
      for (let id = 0; id < accounts; id++) insert.run(id, padding);
    }
    writer.exec('COMMIT');
    await using target = await createTarget();
    let refused = 0;
    const execute = async (sql: string) => {
      try {
        writer.exec(sql);
      } catch (error) {
        // With a rollback journal the readers keep it from committing: it gives up and comes again.
        if (!String(error).includes('locked')) throw error;
        refused++;
        if (writer.isTransaction) writer.exec('ROLLBACK');
      }
      await setImmediate();
    };
    const { events } = await underTransfers([{ execute }], () =>
      convert({ kind: 'sqlite', path }, target.settings, options),
    );
    expect(guaranteeOf(events)).toEqual([{ guarantee: 'snapshot', reason: null }]);
    expectOneMoment(target);
    expect(refused > 0).toBe(mode === 'delete');
  });
});
