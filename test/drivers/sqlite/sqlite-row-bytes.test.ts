import { describe, expect, it } from 'vitest';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { createFile, describeTable, load, planOf, rowText } from './sqlite-fixture.ts';

const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const bytes: NeutralType = { kind: 'bytes', length: null, fixed: false };
const escapes: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const escaped = (value: string) => value.replace(/[\t\n\r\\]/g, (character) => escapes[character]!);

/** Each of these first, in the middle, last and alone in a field. */
const placed = (part: string) => [`${part}ab`, `a${part}b`, `ab${part}`, part];
const characters = Array.from({ length: 255 }, (_, index) => String.fromCodePoint(index + 1));
const marks = ['\\N', '\\.', 'NULL', '', '\\\\N', '\u{1f600}', '\ufffd', '\ufffe', '\ud7ff\ue000'];

describe('row text of SQLite', () => {
  it('carries every character first, in the middle, last and alone, both ways', async () => {
    const values = [...characters, ...marks].flatMap(placed);
    await using from = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT)');
    await using to = await createFile('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT)');
    const insert = from.database.prepare('INSERT INTO t VALUES (?, ?, ?)');
    values.forEach((value, index) => insert.run(index + 1, value, value));
    const source = await from.source();
    const plan = planOf(await describeTable(source, 't'), { wires: { v: text, w: text } });
    const read = await rowText(source, plan);
    expect(read).toBe(values.map((value, index) => `${index + 1}\t${escaped(value)}\t${escaped(value)}\n`).join(''));
    await load(await to.target(), plan, read);
    const stored = to.database.prepare('SELECT v, w FROM t ORDER BY id').all();
    expect(stored).toEqual(values.map((value) => ({ v: value, w: value })));
  });

  it('carries every byte of a blob', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await using from = await createFile('CREATE TABLE t (v BLOB)');
    await using to = await createFile('CREATE TABLE t (v BLOB)');
    const insert = from.database.prepare('INSERT INTO t VALUES (?)');
    const values = [all, Buffer.alloc(0), ...Array.from(all, (byte) => Buffer.from([byte]))];
    for (const value of values) insert.run(value);
    const source = await from.source();
    const plan = planOf(await describeTable(source, 't'), { wires: { v: bytes } });
    const read = await rowText(source, plan);
    expect(read).toBe(values.map((value) => `\\\\x${value.toString('hex')}\n`).join(''));
    await load(await to.target(), plan, read);
    const stored = to.database.prepare('SELECT v FROM t ORDER BY rowid').all() as { v: Uint8Array }[];
    expect(stored.map(({ v }) => Buffer.from(v).toString('hex'))).toEqual(values.map((value) => value.toString('hex')));
  });

  it('keeps NULL apart from every text', async () => {
    await using from = await createFile(
      "CREATE TABLE t (v TEXT); INSERT INTO t VALUES (NULL), ('\\N'), ('NULL'), ('')",
    );
    await using to = await createFile('CREATE TABLE t (v TEXT)');
    const source = await from.source();
    const plan = planOf(await describeTable(source, 't'));
    const read = await rowText(source, plan);
    expect(read).toBe('\\N\n\\\\N\nNULL\n\n');
    await load(await to.target(), plan, read);
    expect(to.database.prepare('SELECT quote(v) AS v FROM t').all()).toEqual(
      ['NULL', "'\\N'", "'NULL'", "''"].map((v) => ({ v })),
    );
  });

  it('reads nothing from an empty table', async () => {
    await using file = await createFile('CREATE TABLE t (v TEXT)');
    const source = await file.source();
    expect(await rowText(source, planOf(await describeTable(source, 't')))).toBe('');
  });

  it('carries 1,000 columns', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const ddl = `CREATE TABLE t (${names.map((name) => `${name} TEXT`).join(', ')})`;
    await using from = await createFile(ddl);
    await using to = await createFile(ddl);
    const insert = from.database.prepare(`INSERT INTO t VALUES (${names.map(() => '?').join(', ')})`);
    for (let row = 0; row < 40; row++)
      insert.run(...names.map((_, index) => (index % 7 === 0 ? null : `${row}\t${index}`)));
    const source = await from.source();
    const plan = planOf(await describeTable(source, 't'));
    const read = await rowText(source, plan);
    expect(read.split('\n')).toHaveLength(41);
    await load(await to.target(), plan, read);
    const rows = (path: typeof from) => path.database.prepare('SELECT * FROM t ORDER BY rowid').all();
    expect(rows(to)).toEqual(rows(from));
  });

  it('refuses text that is not UTF-8 instead of changing it', async () => {
    await using file = await createFile(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (7, CAST(x'61ff' AS TEXT))",
    );
    const source = await file.source();
    await expect(rowText(source, planOf(await describeTable(source, 't')))).rejects.toMatchObject({
      code: 'value_unsupported',
      message: 'Column "v" of "t" holds text that is not UTF-8 (rowid 7).',
    });
  });

  it('tells a stored U+FFFD from broken text where rows have no rowid', async () => {
    await using file = await createFile(
      `CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID;
       INSERT INTO t VALUES ('a', 'plain'), ('b', char(65533))`,
    );
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    expect(await rowText(source, plan)).toBe('a\tplain\nb\t\ufffd\n');
    file.database.exec("INSERT INTO t VALUES ('c', CAST(x'efbfbdff' AS TEXT))");
    await expect(rowText(source, plan)).rejects.toThrow('holds text that is not UTF-8 (row 3 of the result)');
  });

  it.each([
    ['keep', 'a\0b\n'],
    ['error', 'a\0b\n'],
    ['strip', 'ab\n'],
    ['replace', 'a\u2400b\n'],
  ] as const)('treats NUL by rule %s', async (nulByte, expected) => {
    await using file = await createFile("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a' || char(0) || 'b')");
    const source = await file.source();
    expect(await rowText(source, planOf(await describeTable(source, 't'), { rules: { nulByte } }))).toBe(expected);
  });
});
