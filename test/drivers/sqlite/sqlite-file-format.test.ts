/** Rows read from the file's own pages are those that SQLite gives, whatever the file looks like. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, statSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { BinaryDoubt } from '../../../src/main/engine/driver/binary-doubt.ts';
import type { Session, TableReader } from '../../../src/main/engine/driver/driver.ts';
import { sqliteDriver } from '../../../src/main/engine/drivers/sqlite/sqlite-driver.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { KeyRange, TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import { createFolder } from '../../support/databases.ts';
import { decodeTuples } from '../../support/row-binary-text.ts';
import { createFile, describeTable, planOf, readAll, type SqliteFile } from './sqlite-fixture.ts';
import { declaredTypes, hardValues } from './sqlite-hard-values.ts';

const binaryTypes: Partial<Record<NeutralType['kind'], string>> = {
  ...{
    integer: 'int8',
    boolean: 'bool',
    float: 'float8',
    decimal: 'numeric',
    text: 'text',
    enum: 'text',
    json: 'text',
  },
  ...{ bytes: 'bytea', uuid: 'uuid', date: 'date', time: 'time', timestamp: 'timestamp', timestamptz: 'timestamp' },
};
const typesOf = (plan: TablePlan) => plan.columns.map(({ wire }) => binaryTypes[wire.kind]!);

/** Rows in binary, as text; null: a doubt. */
async function binaryRows(reader: TableReader, plan: TablePlan, range: KeyRange | null = null) {
  const parts: Buffer[] = [];
  let rows = 0;
  try {
    for await (const bundle of reader.binary!.read(plan, range, typesOf(plan))) {
      parts.push(Buffer.from(bundle.bytes));
      rows += bundle.rows;
    }
  } catch (error) {
    if (error instanceof BinaryDoubt) return null;
    throw error;
  }
  const decoded = decodeTuples(Buffer.concat(parts), typesOf(plan));
  expect(decoded.length).toBe(rows);
  return decoded;
}

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

/** Rows of row text, unescaped. */
async function textRows(reader: TableReader, plan: TablePlan, range: KeyRange | null = null) {
  const text = (await readAll(reader, plan, range)).bytes.toString('latin1');
  return text
    .split('\n')
    .slice(0, -1)
    .map((row) =>
      row
        .split('\t')
        .map((field) => (field === '\\N' ? null : field.replace(/\\(.)/g, (_, letter: string) => escapes[letter]!))),
    );
}

/** The same number has the same text. */
const sameNumbers = (plan: TablePlan, rows: readonly (string | null)[][]) =>
  rows.map((row) =>
    row.map((field, index) => {
      const { kind } = plan.columns[index]!.wire;
      if (field === null) return null;
      if (kind === 'float') return String(Number(field));
      return kind === 'decimal' && field.includes('.') ? field.replace(/\.?0+$/, '') : field;
    }),
  );

async function expectSameRows(session: Session, name: string, ranges: readonly (KeyRange | null)[] = [null]) {
  const plan = planOf(await describeTable(session, name));
  await using snapshot = await session.openSnapshot(1, []);
  const reader = snapshot.readers[0]!;
  expect(await reader.binary!.offers(plan, typesOf(plan))).toBe(true);
  let rows = 0;
  for (const range of ranges) {
    const binary = await binaryRows(reader, plan, range);
    expect(binary).not.toBeNull();
    expect(sameNumbers(plan, binary!)).toEqual(sameNumbers(plan, await textRows(reader, plan, range)));
    rows += binary!.length;
  }
  return rows;
}

/** A linear congruential generator: the same rows in every run. */
function generator(seed: number) {
  let state = seed;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  return { random, below: (limit: number) => Math.floor(random() * limit) };
}

describe('a value that is read so means what its text means', () => {
  test.each(declaredTypes.filter((type) => type !== ''))('%s', async (type) => {
    await using file = await createFile(`CREATE TABLE t (v ${type})`);
    const insert = file.database.prepare('INSERT INTO t VALUES (?)');
    for (const value of hardValues) insert.run(value);
    const session = await file.source();
    const plan = planOf(await describeTable(session, 't'));
    await using snapshot = await session.openSnapshot(1, []);
    const reader = snapshot.readers[0]!;
    expect(await reader.binary!.offers(plan, typesOf(plan))).toBe(true);
    let read = 0;
    for (const [index, value] of hardValues.entries()) {
      const range: KeyRange = { kind: 'key', column: 'rowid', from: String(index + 1), to: String(index + 2) };
      const binary = await binaryRows(reader, plan, range);
      if (binary === null) continue;
      read++;
      const text = await textRows(reader, plan, range);
      expect(sameNumbers(plan, binary), `${typeof value} ${String(value)}`).toEqual(sameNumbers(plan, text));
    }
    expect(read).toBeGreaterThan(2);
  });
});

const rowids: Record<string, (random: ReturnType<typeof generator>, row: number) => bigint> = {
  'that follow each other': (_, row) => BigInt(row),
  'that are sparse': ({ below }) => BigInt(below(2 ** 31)) * BigInt(below(1000)),
  'of all 64 bits': ({ below }) => BigInt.asIntN(64, (BigInt(below(2 ** 31)) << 33n) | BigInt(below(2 ** 31))),
};

describe.each([512, 1024, 4096, 65_536])('pages of %d bytes', (pageSize) => {
  test.each(Object.keys(rowids))('rowids %s', async (name) => {
    await using file = await createFile(
      `PRAGMA page_size = ${pageSize}; PRAGMA auto_vacuum = ${pageSize === 1024 ? 'FULL' : 'NONE'};
      CREATE TABLE other (a TEXT);
      CREATE TABLE t (a TEXT, id INTEGER PRIMARY KEY, n BIGINT, twice INT GENERATED ALWAYS AS (n * 2) VIRTUAL, r DOUBLE,
        kept INT GENERATED ALWAYS AS (n + 1) STORED, b BLOB, gone TEXT, made DATETIME)`,
    );
    const { database } = file;
    const random = generator(pageSize);
    const { below } = random;
    const insert = database.prepare(
      'INSERT OR REPLACE INTO t (a, id, n, r, b, gone, made) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const other = database.prepare('INSERT INTO other VALUES (?)');
    const maybe = <Value extends SQLInputValue>(value: Value) => (below(8) === 0 ? null : value);
    database.exec('BEGIN');
    for (let row = 0; row < 3000; row++) {
      // Some rows fill a cell to its limit, and some go on in other pages.
      const length =
        below(50) === 0 ? below(pageSize * 6) % 300_000 : below(20) === 0 ? pageSize - 45 + below(20) : below(60);
      const bits = BigInt(below(64));
      insert.run(
        maybe('é'.repeat(length >> 1) + 'x'.repeat(length & 1)),
        rowids[name]!(random, row),
        maybe(BigInt.asIntN(64, (BigInt(below(2 ** 31)) << 33n) >> bits)),
        maybe(below(3) === 0 ? below(1000) : random.random() * 1e6),
        maybe(Buffer.alloc(below(40), row)),
        'gone',
        maybe(`${1900 + below(300)}-12-${10 + below(20)} 1${below(10)}:00:0${below(10)}${below(2) ? '.25' : ''}`),
      );
      other.run('x'.repeat(below(2000)));
    }
    database.exec(`COMMIT; DELETE FROM t WHERE rowid % 7 = 3; ALTER TABLE t DROP COLUMN gone; ALTER TABLE t ADD COLUMN late TEXT;
      UPDATE t SET late = 'now' WHERE rowid % 3 = 0; DELETE FROM other WHERE rowid % 3 > 0`);
    const expected = (database.prepare('SELECT count(*) AS count FROM t').get() as { count: number }).count;
    const session = await file.source();
    expect(await expectSameRows(session, 't')).toBe(expected);
    const plan = planOf(await describeTable(session, 't'));
    const ranges = await session.catalog.splitRanges(plan, { maxRows: 100, maxBytes: 2 ** 40 });
    expect(ranges.length).toBeGreaterThan(3);
    expect(await expectSameRows(session, 't', ranges)).toBe(expected);
  });
});

test('a table without rows', async () => {
  await using file = await createFile('CREATE TABLE t (a TEXT)');
  expect(await expectSameRows(await file.source(), 't')).toBe(0);
});

test('records from before a column with a default', async () => {
  await using file = await createFile(
    `CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('old'); ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'given'`,
  );
  const session = await file.source();
  const plan = planOf(await describeTable(session, 't'));
  await using snapshot = await session.openSnapshot(1, []);
  expect(await binaryRows(snapshot.readers[0]!, plan)).toBeNull();
  expect(await textRows(snapshot.readers[0]!, plan)).toEqual([['old', 'given']]);
});

describe('left to SQL', () => {
  const offers = async (session: Session, choices: Parameters<typeof planOf>[1] = {}) => {
    const plan = planOf(await describeTable(session, 't'), choices);
    await using snapshot = await session.openSnapshot(1, []);
    return await snapshot.readers[0]!.binary!.offers(plan, typesOf(plan));
  };

  test.each([
    ['a table without rowids', 'CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID'],
    ['UTF-16', `PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT)`],
    ['a WAL with rows', `PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)`],
  ])('%s', async (_, sql) => {
    await using file = await createFile(sql);
    expect(await offers(await file.source())).toBe(false);
  });

  test('a query and a condition', async () => {
    await using file = await createFile('CREATE TABLE t (a TEXT)');
    const session = await file.source();
    expect(await offers(session)).toBe(true);
    expect(await offers(session, { where: "a > ''" })).toBe(false);
    expect(await offers(session, { query: 'SELECT a FROM t' })).toBe(false);
  });
});

test('a WAL is looked for beside the file, not beside a link to it', async () => {
  await using file = await createFile('PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)');
  const { database, path } = file;
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await using folder = await createFolder();
  const link = join(folder.path, 'link.db');
  symlinkSync(path, link);
  const signal = new AbortController().signal;
  const settings = { kind: 'sqlite', path: link } as const;
  await using session = await sqliteDriver.connect(settings, { role: 'source', streamId: 'stream_test', signal });
  const plan = planOf(await describeTable(session, 't'));
  const look = async () => {
    await using snapshot = await session.openSnapshot(1, []);
    return { isOffered: await snapshot.readers[0]!.binary!.offers(plan, typesOf(plan)), position: snapshot.position };
  };
  const before = await look();
  database.exec(`INSERT INTO t VALUES ('in the WAL')`);
  const after = await look();
  expect([before.isOffered, after.isOffered]).toEqual([true, false]);
  expect(after.position).not.toBe(before.position);
});

test('in WAL mode a snapshot stays what it was while others write and make checkpoints', async () => {
  await using file = await createFile(`PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)`);
  const { database } = file;
  for (let row = 0; row < 2000; row++) database.exec(`INSERT INTO t VALUES ('before ${row}')`);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const session = await file.source();
  const plan = planOf(await describeTable(session, 't'));
  await using snapshot = await session.openSnapshot(1, []);
  expect(await snapshot.readers[0]!.binary!.offers(plan, typesOf(plan))).toBe(true);
  const rows = snapshot.readers[0]!.binary!.read(plan, null, typesOf(plan));
  database.exec(`UPDATE t SET a = 'after'; PRAGMA wal_checkpoint(FULL)`);
  const parts: Buffer[] = [];
  await expect(async () => {
    for await (const bundle of rows) parts.push(Buffer.from(bundle.bytes));
    // Nothing was read before the WAL had something in it.
    expect(decodeTuples(Buffer.concat(parts), ['text'])[0]).toEqual(['before 0']);
  }).rejects.toThrow(BinaryDoubt);
  expect((await textRows(snapshot.readers[0]!, plan))[1999]).toEqual(['before 1999']);
});

/** Changes bytes of the table's leaf pages, behind SQLite's back. */
function damage({ database, path }: SqliteFile, change: (page: Buffer) => void): void {
  database.close();
  const file = openSync(path, 'r+');
  const page = Buffer.alloc(4096);
  // The first page is the schema's.
  for (let at = 4096; at < statSync(path).size; at += 4096) {
    readSync(file, page, 0, 4096, at);
    if (page[0] === 13) change(page);
    writeSync(file, page, 0, 4096, at);
  }
  closeSync(file);
}

describe('a damaged page is for SQLite to tell about', () => {
  const fill = `CREATE TABLE t (a TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO t SELECT hex(zeroblob(50)) FROM n`;

  test('with a cell that is not in it', async () => {
    await using file = await createFile(fill);
    damage(file, (page) => page.writeUInt16BE(0xffff, 8));
    const session = await file.source();
    const plan = planOf(await describeTable(session, 't'));
    await using snapshot = await session.openSnapshot(1, []);
    expect(await binaryRows(snapshot.readers[0]!, plan)).toBeNull();
    await expect(textRows(snapshot.readers[0]!, plan)).rejects.toThrow(/malformed/);
  });

  test.each([
    ['rowids', 'rowid'],
    ['rowids far apart', '-rowid * 4294967296'],
  ])('with %s out of order', async (_, rowid) => {
    await using file = await createFile(`${fill}; UPDATE t SET rowid = ${rowid}`);
    damage(file, (page) => page.subarray(8, 12).swap32().swap16());
    const session = await file.source();
    const plan = planOf(await describeTable(session, 't'));
    await using snapshot = await session.openSnapshot(1, []);
    expect(await binaryRows(snapshot.readers[0]!, plan)).toBeNull();
  });
});

/** Another program that gives all rows a new number again and again, and moves them about in the file. */
const writer = (path: string, mode: string) => `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 10_000 });
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = 10');
  for (let round = 1; ; round++) {
    database.exec(\`BEGIN IMMEDIATE; DELETE FROM t WHERE rowid % 5 = \${round % 5};
      UPDATE t SET n = \${round}, text = hex(zeroblob(\${round % 2 ? 20 : 600}));
      INSERT OR IGNORE INTO t (rowid, n, text) SELECT i, \${round}, 'new' FROM number; COMMIT\`);
    ${mode === 'WAL' ? "database.exec('PRAGMA wal_checkpoint(TRUNCATE)');" : ''}
    if (round === 1) console.log('started');
  }`;

test.each(['DELETE', 'WAL'])('a snapshot is one moment while others write, in mode %s', async (mode) => {
  const rows = 2000;
  await using file = await createFile(`PRAGMA journal_mode = ${mode}; CREATE TABLE number (i INTEGER PRIMARY KEY);
    CREATE TABLE t (n BIGINT, text TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO number SELECT i FROM n;
    INSERT INTO t (rowid, n, text) SELECT i, 0, '' FROM number`);
  file.database.close();
  const session = await file.source();
  const plan = planOf(await describeTable(session, 't'));
  const child = spawn(process.execPath, ['-e', writer(file.path, mode)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const moments = new Set<string | null>();
    let read = 0;
    await expect
      .poll(
        async () => {
          // Shorter than what a writer waits for.
          await using snapshot = await session.openSnapshot(1, []);
          const reader = snapshot.readers[0]!;
          const isOffered = await reader.binary!.offers(plan, typesOf(plan));
          const binary = isOffered ? await binaryRows(reader, plan) : null;
          if (binary === null) return moments.size;
          read++;
          expect(binary.length).toBe(rows);
          const [moment, ...others] = new Set(binary.map(([n]) => n!));
          expect(others).toEqual([]);
          moments.add(moment!);
          return moments.size;
        },
        { timeout: 60_000, interval: 5 },
      )
      .toBeGreaterThan(5);
    expect(read).toBeGreaterThan(5);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('the locks of a snapshot stay when another session with the file ends', async () => {
  await using file = await createFile(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('first')`);
  file.database.close();
  const session = await file.source();
  const plan = planOf(await describeTable(session, 't'));
  const write = () => {
    const script = `const { DatabaseSync } = require('node:sqlite');
      new DatabaseSync(${JSON.stringify(file.path)}, { timeout: 0 }).exec("INSERT INTO t VALUES ('second')")`;
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stderr;
  };
  {
    await using snapshot = await session.openSnapshot(1, []);
    const other = await file.source();
    {
      await using others = await other.openSnapshot(1, []);
      expect(await binaryRows(others.readers[0]!, plan)).toEqual([['first']]);
    }
    await other[Symbol.asyncDispose]();
    expect(write()).toContain('database is locked');
    expect(await binaryRows(snapshot.readers[0]!, plan)).toEqual([['first']]);
  }
  expect(write()).toBe('');
  const database = new DatabaseSync(file.path);
  expect(database.prepare('SELECT count(*) AS count FROM t').get()).toEqual({ count: 2 });
  database.close();
});
