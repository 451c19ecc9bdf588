import { describe, expect, it } from 'vitest';
import { convert } from '../../support/convert.ts';
import { createFile, describeTable, planOf, readAll, samePlan } from './sqlite-fixture.ts';

const megabyte = 1024 * 1024;
const texts = `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w BLOB, x);
  INSERT INTO t VALUES (1, 'small', x'01', 1),
    (2, replace(hex(zeroblob(${megabyte})), '00', char(9) || 'é\\'), randomblob(${2 * megabyte}), replace(hex(zeroblob(${megabyte})), '0', '''😀')),
    (3, 'small', x'02', 2), (4, 'b', zeroblob(${megabyte + 1}), zeroblob(${2 * megabyte}));`;

describe('values of a megabyte and more', () => {
  it.each(['', ' WITHOUT ROWID'])('travel in slices%s', async (option) => {
    await using file = await createFile(texts.replace('x);', `x)${option};`));
    const source = await file.source();
    const table = await describeTable(source, 't');
    await using snapshot = await source.openSnapshot(1, []);
    for (const plan of [planOf(table, { wires: { x: { kind: 'any' } } }), samePlan(table)]) {
      const parts: Buffer[] = [];
      let longest = 0;
      for await (const { bytes } of snapshot.readers[0]!.read(plan, null)) {
        parts.push(bytes);
        longest = Math.max(longest, bytes.length);
      }
      expect(longest).toBeLessThan(3 * megabyte);
      const rows = Buffer.concat(parts).toString('utf8').split('\n');
      expect(rows).toHaveLength(5);
      expect(rows[1]!.split('\t')).toHaveLength(4);
    }
  });

  it('arrive as they were', async () => {
    await using from = await createFile(texts);
    await using to = await createFile();
    to.database.close();
    await convert({ kind: 'sqlite', path: from.path }, { kind: 'sqlite', path: to.path });
    to.database.open();
    const sql = 'SELECT id, v, hex(w) AS w, typeof(x) AS type, hex(x) AS x FROM t ORDER BY id';
    const [expected, stored] = [from, to].map(({ database }) => database.prepare(sql).all());
    for (const [index, row] of stored!.entries()) {
      for (const [name, value] of Object.entries(row)) {
        // A difference of megabytes would take minutes to print.
        expect(value === expected![index]![name], `${name} of row ${index + 1}`).toBe(true);
      }
    }
    expect(stored).toHaveLength(4);
  });

  it('do not make a page of many of them', async () => {
    await using file = await createFile(`CREATE TABLE t (v BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO t SELECT iif(i < 2900, x'01', zeroblob(300000)) FROM n`);
    const source = await file.source();
    const plan = planOf(await describeTable(source, 't'));
    await using snapshot = await source.openSnapshot(1, []);
    let longest = 0;
    let rows = 0;
    for await (const bundle of snapshot.readers[0]!.read(plan, null)) {
      longest = Math.max(longest, bundle.bytes.length);
      rows += bundle.rows;
    }
    expect(rows).toBe(3000);
    // A page that was planned for small rows would be 60 MB.
    expect(longest).toBeLessThan(8 * megabyte);
    expect((await readAll(snapshot.readers[0]!, plan)).bytes.length).toBe(2899 * 6 + 101 * 600_004);
  });
});
