/** The contract of row text, byte by byte, for the reader and for the writer. */
import { expect, test } from 'vitest';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase } from '../../support/databases.ts';
import { bothVersions, describeTable, openSession, parseRowText, planOf, readAll, toRowText } from './open-database.ts';

/** Every byte but NUL, as a character: first, in the middle, last and alone. Bytes over 0x7f as UTF-8. */
const characters = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1));
const texts = [
  ...characters.flatMap((character) => [character, `${character}b`, `a${character}b`, `a${character}`]),
  ...['\\N', '\\.', 'NULL', '', '\\', '\\\\', '\\b', '\\n', 'ends\\', '\\x41', '\\101', '😀'],
];
const hex = (byte: number) => byte.toString(16).padStart(2, '0');
const binaries = Array.from({ length: 256 }, (_, byte) => byte).flatMap((byte) => [
  hex(byte),
  `${hex(byte)}62`,
  `61${hex(byte)}62`,
  `61${hex(byte)}`,
]);
const literal = (text: string) => `convert_from('\\x${Buffer.from(text).toString('hex')}', 'UTF8')`;

describeEachServer('row text', bothVersions, (server) => {
  test('of every character, read and loaded again', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (id integer, v text, w text)`);
    const values = [...texts.map(literal), 'NULL'].map((value, id) => `(${id}, ${value}, ${value})`);
    await database.execute(`INSERT INTO t VALUES ${values.join(', ')}`);
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    const { bytes, rows } = await readAll(source, plan);
    const expected = [...texts, null].map((text, id) => [String(id), text, text]);
    expect(parseRowText(bytes)).toEqual(expected);
    expect(rows).toBe(expected.length);

    await database.execute('CREATE TABLE copy (LIKE t)');
    await using target = await openSession(database, 'target');
    await using writer = await target.openWriter();
    await writer.begin();
    await writer.load({ ...plan, target: { schema: null, name: 'copy' } }, { kind: 'held', bytes, rows });
    await writer.commit();
    const equal = 'SELECT count(*) FROM t JOIN copy USING (id) WHERE t.v IS NOT DISTINCT FROM copy.v';
    expect(await database.rows(equal)).toEqual([[String(expected.length)]]);
  });

  test('of every byte of bytea, read and loaded again', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (id integer, v bytea); CREATE TABLE copy (LIKE t)');
    await using target = await openSession(database, 'target');
    const plan = planOf(await describeTable(target, 't'));
    const rows = [...binaries, '', null].map((bytes, id) => [String(id), bytes === null ? null : `\\x${bytes}`]);
    const bytes = toRowText(rows);
    await using writer = await target.openWriter();
    await writer.begin();
    await writer.load(plan, { kind: 'held', bytes, rows: rows.length });
    await writer.commit();
    expect(await database.rows("SELECT encode(v, 'hex') FROM t ORDER BY id")).toEqual(
      [...binaries, '', null].map((value) => [value]),
    );
    await using source = await openSession(database, 'source');
    expect((await readAll(source, plan)).bytes.equals(bytes)).toBe(true);
  });

  test('of one column, of no rows, of a thousand columns, of names that need quotes', async () => {
    await using database = await createDatabase(server);
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    await database.execute(`
      CREATE TABLE one (v text); INSERT INTO one VALUES ('\\.'), (''), (NULL), ('\\N');
      CREATE TABLE none (a integer, b text);
      CREATE TABLE wide (${names.map((name) => `${name} smallint`).join(', ')});
      INSERT INTO wide SELECT ${names.map((_, index) => index).join(', ')} FROM generate_series(1, 3);
      CREATE TABLE "Odd ""name""" ("select" text, "per%cent" text, "a	b" text); INSERT INTO "Odd ""name""" VALUES ('x', 'y', 'z');
    `);
    await using source = await openSession(database, 'source');
    const read = async (name: string) =>
      parseRowText((await readAll(source, planOf(await describeTable(source, name)))).bytes);
    expect(await read('one')).toEqual([['\\.'], [''], [null], ['\\N']]);
    expect(await read('none')).toEqual([]);
    expect(await read('wide')).toEqual(Array(3).fill(names.map((_, index) => String(index))));
    expect(await read('Odd "name"')).toEqual([['x', 'y', 'z']]);

    await using target = await openSession(database, 'target');
    await using writer = await target.openWriter();
    await writer.begin();
    for (const name of ['one', 'none', 'wide', 'Odd "name"']) {
      const plan = planOf(await describeTable(source, name));
      await writer.load(plan, { kind: 'held', ...(await readAll(source, plan)) });
    }
    await writer.commit();
    expect(await read('one')).toHaveLength(8);
    expect(await read('wide')).toHaveLength(6);
    expect(await read('Odd "name"')).toHaveLength(2);
  });

  test('of rows longer than any buffer, with escapes at every place of its end', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (id integer, v text);
      INSERT INTO t SELECT n, repeat(E'\\b', n) || repeat(E'x\\f\\\\y', 100000) FROM generate_series(0, 12) n`);
    await using source = await openSession(database, 'source');
    const plan = planOf(await describeTable(source, 't'));
    const { bytes, rows } = await readAll(source, plan);
    expect(rows).toBe(13);
    const expected = Array.from({ length: 13 }, (_, n) => '\b'.repeat(n) + 'x\f\\y'.repeat(100_000));
    expect(parseRowText(bytes).map((row) => row[1] === expected[Number(row[0])])).toEqual(Array(13).fill(true));
  });

  test('loads a row that comes in pieces', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (id integer, v text)');
    await using target = await openSession(database, 'target');
    const plan = planOf(await describeTable(target, 't'));
    const piece = Buffer.from('0123456789abcdef'.repeat(65_536));
    async function* pieces() {
      yield Buffer.from('1\t');
      for (let count = 0; count < 20; count++) yield await Promise.resolve(piece);
      yield Buffer.from('\n');
    }
    await using writer = await target.openWriter();
    await writer.begin();
    await writer.load(plan, { kind: 'streamed', bytes: pieces(), rows: 1 });
    await writer.commit();
    expect(await database.rows('SELECT id, length(v) FROM t')).toEqual([['1', String(20 * piece.length)]]);
  });
});
