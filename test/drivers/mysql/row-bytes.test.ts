/** Every byte in every place, through both ways of loading and back. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { describeTable, parseRowText, planOf, readAll, toRowText } from '../postgres/open-database.ts';
import { bothKinds, loadBytes, openSession, type Way } from './open-database.ts';

const bytes = Array.from({ length: 256 }, (_, value) => Buffer.from([value]).toString('hex'));
/** First, middle, last and alone. */
const places = (each: string) => [`\\x${each}4142`, `\\x41${each}42`, `\\x4142${each}`, `\\x${each}`];

/** All of 0x01 to 0xFF occur in the UTF-8 of these, alone and between others, with what a parser might take for a mark. */
const characters = [
  ...Array.from({ length: 0x2ff }, (_, index) => String.fromCodePoint(index + 1)),
  ...['\u{800}', '\u{ffff}', '\u{10000}', '\u{3ffff}', '\u{40000}', '\u{10ffff}'],
];
const texts = [
  ...characters.flatMap((each) => [each, `${each}AB`, `A${each}B`, `AB${each}`]),
  ...['', '\\N', '\\.', 'NULL', '\\', '\\\\', "'", '"', '\t\n\r', '\\t', 'x'.repeat(10_000), '\n\\'.repeat(5_000)],
];

describeEachServer('row bytes', bothKinds, (server) => {
  test.each<Way>(['load', 'loadStrict'])('bytes and text pass unchanged by %s', async (way) => {
    await using database = await createDatabase(server);
    await database.execute(
      `CREATE TABLE b (n int PRIMARY KEY, v longblob, w varbinary(16));
       CREATE TABLE t (n int PRIMARY KEY, v longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)`,
    );
    await using session = await openSession(database, 'target');
    const blobs = bytes.flatMap(places).map((value, index) => [String(index), value, value]);
    const blobPlan = planOf(await describeTable(session, 'b'));
    await loadBytes(session, blobPlan, toRowText([...blobs, ['9999', null, null]]), way);
    expect(parseRowText((await readAll(session, blobPlan)).bytes)).toEqual([...blobs, ['9999', null, null]]);
    const stored = await database.rows('SELECT HEX(v), HEX(w) FROM b WHERE v IS NOT NULL ORDER BY n');
    expect(stored).toEqual(blobs.map(([, value]) => [value!.slice(2).toUpperCase(), value!.slice(2).toUpperCase()]));

    const lines = texts.map((value, index) => [String(index), value]);
    const textPlan = planOf(await describeTable(session, 't'));
    await loadBytes(session, textPlan, toRowText([...lines, ['9999', null]]), way);
    expect(parseRowText((await readAll(session, textPlan)).bytes)).toEqual([...lines, ['9999', null]]);
    const hex = await database.rows('SELECT HEX(v) FROM t WHERE v IS NOT NULL ORDER BY n');
    expect(hex.map(([value]) => value)).toEqual(texts.map((value) => Buffer.from(value).toString('hex').toUpperCase()));
  });

  test('raw bytes and text of any character set share a file', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE m (b blob, u text CHARACTER SET utf8mb4, l text CHARACTER SET latin1,
      j json, e enum('ä','😀') CHARACTER SET utf8mb4, i int, x bit(12))`);
    await using session = await openSession(database, 'target');
    const plan = planOf(await describeTable(session, 'm'));
    const rows = [
      ['\\xff000a09', 'ü😀\t', 'äöü', '["ü"]', '😀', '7', '101010101010'],
      [null, null, null, null, null, null, null],
      ['\\x', '', '', '{}', 'ä', '-1', '000000001010'],
    ];
    await loadBytes(session, plan, toRowText(rows));
    expect(parseRowText((await readAll(session, plan)).bytes)).toEqual(rows);
    expect(await database.rows("SELECT HEX(l) FROM m WHERE l > ''")).toEqual([['E4F6FC']]);
  });

  test('tables of one column, of no rows and of many columns', async () => {
    await using database = await createDatabase(server);
    const wide = Array.from({ length: 1000 }, (_, index) => `c${index} int`);
    await database.execute(`CREATE TABLE one (v varchar(9)); CREATE TABLE wide (${wide.join(', ')})`);
    await using session = await openSession(database, 'target');
    const one = planOf(await describeTable(session, 'one'));
    expect(await readAll(session, one)).toEqual({ bytes: Buffer.alloc(0), rows: 0 });
    await loadBytes(session, one, Buffer.from('\n\\N\na\n'));
    expect((await readAll(session, one)).bytes.toString()).toBe('\n\\N\na\n');
    const many = planOf(await describeTable(session, 'wide'));
    const row = wide.map((_, index) => (index % 7 === 0 ? null : String(index)));
    await loadBytes(session, many, toRowText([row, row]));
    expect(parseRowText((await readAll(session, many)).bytes)).toEqual([row, row]);
  });

  test('rows after one whose packet goes on in the next one are read', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE big (n int PRIMARY KEY, b longblob)');
    await using session = await openSession(database, 'target');
    const plan = planOf(await describeTable(session, 'big'));
    // Two bytes for the number, nine for the length: the second packet has 40 bytes.
    const size = 0xffffff + 40 - 11;
    const before = toRowText([['0', '\\x00ff']]);
    await loadBytes(session, plan, before);
    const row = Buffer.concat([Buffer.from('1\t\\\\x'), Buffer.alloc(size * 2, '5'), Buffer.from('\n')]);
    async function* pieces() {
      for (let from = 0; from < row.length; from += 1_000_000) yield row.subarray(from, from + 1_000_000);
    }
    await using writer = await session.openWriter();
    await writer.begin();
    await writer.load(plan, { kind: 'streamed', bytes: pieces(), rows: 1 });
    await writer.commit();
    const after = Array.from({ length: 3000 }, (_, index) => [String(index + 2), '\\x00ff']);
    await loadBytes(session, plan, toRowText(after));
    const { bytes: read, rows } = await readAll(session, plan);
    expect(rows).toBe(3002);
    const start = before.length + row.length;
    expect(read.subarray(0, start).equals(Buffer.concat([before, row]))).toBe(true);
    expect(parseRowText(read.subarray(start))).toEqual(after);
  }, 120_000);

  test('values beyond max_allowed_packet pass both ways', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE big (n int, b longblob, t longtext CHARACTER SET utf8mb4)');
    await using session = await openSession(database, 'target');
    const plan = planOf(await describeTable(session, 'big'));
    const size = 20 * 1024 ** 2;
    const blob = Buffer.alloc(size, Buffer.from(bytes.join(''), 'hex'));
    const row = Buffer.concat([
      Buffer.from(`1\t\\\\x${blob.toString('hex')}\t`),
      Buffer.alloc(size - (size % 6), 'a\\\\b\\n'),
      Buffer.from('\n'),
    ]);
    async function* pieces() {
      for (let from = 0; from < row.length; from += 100_003) yield row.subarray(from, from + 100_003);
    }
    await using writer = await session.openWriter();
    await writer.begin();
    await writer.load(plan, { kind: 'streamed', bytes: pieces(), rows: 1 });
    await writer.commit();
    const { bytes: read, rows } = await readAll(session, plan);
    expect(rows).toBe(1);
    expect(read.equals(row)).toBe(true);
    expect(await database.rows('SELECT LENGTH(b), SHA2(b, 256) FROM big')).toEqual([
      [String(size), createHash('sha256').update(blob).digest('hex')],
    ]);
  }, 120_000);
});
