import { describe, expect, it } from 'vitest';
import { createFile, describeTable, planOf, readAll } from './sqlite-fixture.ts';

const numbers = (count: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) `;
const filled = `CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); ${numbers(5000)} INSERT INTO t SELECT i, 0 FROM n`;

describe('a snapshot', () => {
  it('in WAL mode sees one moment while others write', async () => {
    await using file = await createFile(`PRAGMA journal_mode = wal; ${filled}`);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(3, [plan.source.table]);
    expect(snapshot).toMatchObject({ guarantee: 'snapshot', reason: null });
    expect(snapshot.readers).toHaveLength(3);
    const texts: string[] = [];
    for (const reader of snapshot.readers) {
      const parts: string[] = [];
      for await (const bundle of reader.read(plan, null)) {
        file.database.exec('UPDATE t SET v = v + 1');
        parts.push(bundle.bytes.toString());
      }
      texts.push(parts.join(''));
    }
    expect(texts[0]!.split('\n')).toHaveLength(5001);
    expect(texts[0]).toBe(Array.from({ length: 5000 }, (_, index) => `${index + 1}\t0\n`).join(''));
    expect(new Set(texts).size).toBe(1);
  });

  it('with a rollback journal keeps writers from committing until it ends', async () => {
    await using file = await createFile(filled);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    const snapshot = await source.openSnapshot(2, [plan.source.table]);
    expect(snapshot.guarantee).toBe('snapshot');
    expect(() => file.database.exec('UPDATE t SET v = 1')).toThrow('database is locked');
    expect((await readAll(snapshot.readers[1]!, plan)).rows).toBe(5000);
    await snapshot[Symbol.asyncDispose]();
    file.database.exec('UPDATE t SET v = 1');
  });

  it.each(['delete', 'wal'])('in mode %s has a position that changes with the file and only then', async (mode) => {
    await using file = await createFile(`PRAGMA journal_mode = ${mode}; ${filled}`);
    const position = async () => {
      await using source = await file.source();
      await using snapshot = await source.openSnapshot(1, []);
      return snapshot.position;
    };
    const first = await position();
    expect(first).not.toBeNull();
    expect(await position()).toBe(first);
    file.database.exec('UPDATE t SET v = 2 WHERE id = 1');
    expect(await position()).not.toBe(first);
  });

  it('stops reading where the loop is left, and reads again', async () => {
    await using file = await createFile(filled);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, [plan.source.table]);
    const reader = snapshot.readers[0]!;
    for await (const bundle of reader.read(plan, null)) {
      expect(bundle.rows).toBeGreaterThan(0);
      break;
    }
    expect((await readAll(reader, plan)).rows).toBe(5000);
  });

  it('lets timers run between pages', async () => {
    await using file = await createFile(filled);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, [plan.source.table]);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let bundles = 0;
    for await (const bundle of snapshot.readers[0]!.read(plan, null)) bundles += bundle.rows > 0 ? 1 : 0;
    clearInterval(timer);
    expect(bundles).toBeGreaterThan(3);
    expect(turns).toBeGreaterThan(0);
  });
});

describe('key ranges', () => {
  it('cover all rows once, whatever the gaps', async () => {
    await using file = await createFile(`CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); ${numbers(1000)}
      INSERT INTO t SELECT i * i * i, 'x' FROM n;
      INSERT INTO t VALUES (-9223372036854775808, 'first'), (9223372036854775807, 'last')`);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    const ranges = await source.catalog.splitRanges({ ...plan, estimatedRows: 1002 }, { maxRows: 100, maxBytes: 1e9 });
    expect(ranges).toHaveLength(11);
    await using snapshot = await source.openSnapshot(1, []);
    const parts = [];
    for (const range of ranges) parts.push(await readAll(snapshot.readers[0]!, plan, range));
    expect(Math.max(...parts.map(({ rows }) => rows))).toBeLessThanOrEqual(100);
    const whole = await readAll(snapshot.readers[0]!, plan);
    expect(whole.rows).toBe(1002);
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(whole.bytes)).toBe(true);
  });

  it('go by bytes too, and are not made where there is no rowid', async () => {
    await using file = await createFile(`CREATE TABLE t (v TEXT); CREATE TABLE w (v TEXT PRIMARY KEY) WITHOUT ROWID;
      ${numbers(100)} INSERT INTO t SELECT 'x' FROM n; INSERT INTO w SELECT rowid FROM t`);
    const source = await file.source();
    const limits = { maxRows: 1000, maxBytes: 1000 };
    const estimates = { estimatedRows: 100, estimatedBytes: 4000 };
    const planT = { ...planOf(await describeTable(source, 't')), ...estimates };
    expect((await source.catalog.splitRanges(planT, limits)).map((range) => range?.from)).toEqual([
      null,
      '26',
      '51',
      '76',
    ]);
    const planW = { ...planOf(await describeTable(source, 'w')), ...estimates };
    expect(await source.catalog.splitRanges(planW, limits)).toEqual([null]);
    expect(await source.catalog.splitRanges({ ...planT, estimatedRows: 10, estimatedBytes: 10 }, limits)).toHaveLength(
      10,
    );
  });

  it('hold for a table whose columns take the names of the rowid', async () => {
    await using file = await createFile(`CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT);
      ${numbers(3000)} INSERT INTO t SELECT 'r' || i, 'u', 'o' FROM n`);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    expect(await source.catalog.splitRanges({ ...plan, estimatedRows: 3000 }, { maxRows: 10, maxBytes: 1e9 })).toEqual([
      null,
    ]);
    await using snapshot = await source.openSnapshot(1, []);
    const { bytes, rows } = await readAll(snapshot.readers[0]!, plan);
    expect(rows).toBe(3000);
    expect(bytes.subarray(0, 8).toString()).toBe('r1\tu\to\nr');
  });
});
