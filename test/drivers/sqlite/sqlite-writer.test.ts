import { describe, expect, it } from 'vitest';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { createFile, describeTable, load, planOf } from './sqlite-fixture.ts';

const rows = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `${from + index}\trow ${from + index}\n`).join('');
const held = (text: string) => ({ kind: 'held', bytes: Buffer.from(text), rows: text.split('\n').length - 1 }) as const;
const count = 'SELECT count(*) AS n FROM t';

describe('the writer', () => {
  it.each([1, 15, 16, 17, 3000])('loads %i rows', async (number) => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)');
    const target = await file.target();
    await load(target, planOf(await describeTable(target, 't')), rows(number));
    expect(file.database.prepare('SELECT count(*) AS n, sum(id) AS s, max(v) AS v FROM t').get()).toEqual({
      n: number,
      s: (number * (number + 1)) / 2,
      v: number === 3000 ? 'row 999' : number < 9 ? 'row 1' : 'row 9',
    });
  });

  it('takes back the refused unit alone and goes on in the same transaction', async () => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    await using writer = await target.openWriter();
    await writer.begin();
    await writer.load(plan, held(rows(100)));
    const refused = writer.load(plan, held(`${rows(50, 101)}77\ttwice\n${rows(50, 151)}`));
    await expect(refused).rejects.toMatchObject({
      name: 'RowsRefused',
      code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
      column: 'id',
    });
    await expect(writer.loadStrict(plan, held('500\t\\N\n'))).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_NOTNULL',
      column: 'v',
    });
    await writer.load(plan, held(rows(100, 101)));
    await writer.execute("UPDATE t SET v = 'marked' WHERE id = 1");
    await writer.commit();
    expect(file.database.prepare(count).get()).toEqual({ n: 200 });
    expect(file.database.prepare('SELECT v FROM t WHERE id = 1').get()).toEqual({ v: 'marked' });
  });

  it('refuses rows where a column would replace or ignore them without a word', async () => {
    await using file = await createFile(
      'CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, v TEXT UNIQUE ON CONFLICT IGNORE)',
    );
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    await expect(load(target, plan, '1\ta\n1\tb\n')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    await expect(load(target, plan, '1\ta\n2\ta\n')).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      column: 'v',
    });
    expect(file.database.prepare(count).get()).toEqual({ n: 0 });
  });

  it.each([
    ['a CHECK', 'CREATE TABLE t (v INTEGER CHECK (v < 5))', '7\n', 'SQLITE_CONSTRAINT_CHECK'],
    ['STRICT', 'CREATE TABLE t (v INTEGER) STRICT', 'word\n', 'SQLITE_MISMATCH'],
    [
      'two columns of a key',
      'CREATE TABLE t (v INTEGER, w INTEGER DEFAULT 1, UNIQUE (v, w))',
      '7\t1\n7\t1\n',
      'SQLITE_CONSTRAINT_UNIQUE',
    ],
  ])('refuses what %s refuses', async (_, ddl, bytes, code) => {
    await using file = await createFile(ddl);
    const target = await file.target();
    await expect(load(target, planOf(await describeTable(target, 't')), bytes)).rejects.toMatchObject({ code });
  });

  it('lets STRICT itself refuse a value of another class', async () => {
    await using file = await createFile('CREATE TABLE t (v INTEGER) STRICT');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'), { wires: { v: { kind: 'any' } } });
    await expect(load(target, plan, "'word'\n")).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_DATATYPE',
      column: 'v',
    });
  });

  it('refuses row text that is not UTF-8', async () => {
    await using file = await createFile('CREATE TABLE t (v TEXT)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    await expect(load(target, plan, Buffer.from([0x61, 0xff, 0x0a]))).rejects.toMatchObject({ name: 'RowsRefused' });
  });

  it('rolls back on request and when it is disposed', async () => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    {
      await using writer = await target.openWriter();
      await writer.begin();
      await writer.load(plan, held(rows(10)));
      await writer.rollback();
      await writer.begin();
      await writer.load(plan, held(rows(10)));
    }
    expect(file.database.prepare(count).get()).toEqual({ n: 0 });
    await load(target, plan, rows(3));
    expect(file.database.prepare(count).get()).toEqual({ n: 3 });
  });

  it('makes statements of the session wait for the end of its transaction', async () => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    await using writer = await target.openWriter();
    await writer.begin();
    await writer.load(plan, held(rows(10)));
    const emptied = target.execute('DELETE FROM t');
    await writer.rollback();
    await emptied;
    await load(target, plan, rows(2));
    expect(await target.query("SELECT count(*), NULL, x'00ff', 1.5 FROM t")).toEqual([['2', null, '00ff', '1.5']]);
  });

  it('writes children before their parents', async () => {
    await using file = await createFile(
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (v INTEGER REFERENCES p (id))',
    );
    const target = await file.target();
    await load(target, planOf(await describeTable(target, 't')), '1\n');
    expect(file.database.prepare(count).get()).toEqual({ n: 1 });
  });
});

describe('a row too large to hold', () => {
  const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
  const bytes: NeutralType = { kind: 'bytes', length: null, fixed: false };

  /** Pieces of odd lengths, so that escapes, hex pairs and characters are cut. */
  function* pieces(row: Buffer): Generator<Buffer> {
    for (let start = 0, length = 1; start < row.length; start += length, length = (length * 7 + 1) % 9973) {
      yield row.subarray(start, start + length);
    }
  }

  it('is put together from pieces cut anywhere', async () => {
    await using file = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w BLOB, x, y, n TEXT)');
    const long = "é\\\t\n\r😀'it''s".repeat(20_000);
    const blob = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
    const escape = (value: string) =>
      value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    const literal = `'${long.replaceAll("'", "''")}'`;
    const row = Buffer.from(
      `7\t${escape(long)}\t\\\\x${blob.toString('hex')}\t${escape(literal)}\tx'${blob.toString('hex')}'\t\\N\n`,
    );
    const target = await file.target();
    const any: NeutralType = { kind: 'any' };
    const plan = planOf(await describeTable(target, 't'), { wires: { v: text, w: bytes, x: any, y: any } });
    await using writer = await target.openWriter();
    await writer.begin();
    const stream = async function* () {
      yield* pieces(row);
    };
    await writer.load(plan, { kind: 'streamed', bytes: stream(), rows: 1 });
    await writer.commit();
    const stored = file.database.prepare('SELECT id, v, w, x, y, n, typeof(v) AS tv, typeof(x) AS tx FROM t').get()!;
    expect(stored).toMatchObject({ id: 7, v: long, x: long, n: null, tv: 'text', tx: 'text' });
    expect(Buffer.from(stored['w'] as Uint8Array).equals(blob)).toBe(true);
    expect(Buffer.from(stored['y'] as Uint8Array).equals(blob)).toBe(true);
  });

  it('is refused where it is not what it says', async () => {
    await using file = await createFile('CREATE TABLE t (v BLOB, w TEXT)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'), { wires: { v: bytes, w: text } });
    await using writer = await target.openWriter();
    await writer.begin();
    for (const row of [`\\\\x${'0g'.repeat(50_000)}\t\n`, `\\\\x${'00'.repeat(50_000)}0\t\n`]) {
      const stream = async function* () {
        yield Buffer.from(row);
      };
      const loading = writer.load(plan, { kind: 'streamed', bytes: stream(), rows: 1 });
      await expect(loading).rejects.toMatchObject({ name: 'RowsRefused', column: 'v' });
    }
    const broken = async function* () {
      yield Buffer.concat([Buffer.from('\\N\t'), Buffer.alloc(100_000, 0xff), Buffer.from('\n')]);
    };
    await expect(writer.load(plan, { kind: 'streamed', bytes: broken(), rows: 1 })).rejects.toMatchObject({
      name: 'RowsRefused',
      column: 'w',
    });
  });
});
