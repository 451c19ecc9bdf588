import { describe, expect, it } from 'vitest';
import { convert } from '../../support/convert.ts';
import { createFile, describeTable, load, planOf, quotedRows, rowText, samePlan } from './sqlite-fixture.ts';

const classes = `
  CREATE TABLE t (id INTEGER PRIMARY KEY, free, words TEXT, number INTEGER, real REAL, decimal NUMERIC, bytes BLOB);
  INSERT INTO t VALUES
    (-9223372036854775808, 1, '1', 1, 1.0, 1, x'00ff'),
    (1, 1.0, '1.0', 1.5, 1.5, 1.5, 'text in bytes'),
    (2, '1', '01', 'word', 'word', 'word', 1),
    (3, x'31', x'31', x'31', x'31', x'31', 1.0),
    (4, 9223372036854775807, 'it''s', 9223372036854775807, 1e300, 9007199254740993, x''),
    (5, -9223372036854775808, '''', -9223372036854775808, 5e-324, -9007199254740993, NULL),
    (6, -0.0, '', 9007199254740993, -0.0, 1e15, ''),
    (7, 9e999, 'a' || char(0) || 'b', 9e999, -9e999, 123456789012345678901234567890, x'27'),
    (8, 0.1, 'tab	and \\ back', 0, 0.30000000000000004, 2.5, 'x''00'''),
    (9223372036854775807, NULL, NULL, NULL, NULL, NULL, NULL);`;

describe('SQLite to SQLite', () => {
  it('keeps the storage class and every digit of each value', async () => {
    await using from = await createFile(classes);
    await using to = await createFile(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, free, words TEXT, number INTEGER, real REAL, decimal NUMERIC, bytes BLOB)',
    );
    const source = await from.source();
    const plan = samePlan(await describeTable(source, 't'));
    const read = await rowText(source, plan);
    await load(await to.target(), plan, read);
    expect(quotedRows(to.database, 't')).toEqual(quotedRows(from.database, 't'));
    const hex = 'SELECT typeof(free), typeof(number), typeof(real), typeof(decimal), typeof(bytes), hex(words) FROM t';
    expect(to.database.prepare(hex).all()).toEqual(from.database.prepare(hex).all());
    const zero = (database: typeof to.database) =>
      (database.prepare('SELECT free FROM t WHERE id = 6').get() as { free: number }).free;
    expect(zero(to.database)).toBe(-0);
  });

  it('writes literals of SQLite as row text', async () => {
    await using file = await createFile(
      `CREATE TABLE t (v); INSERT INTO t VALUES (1), (1.0), ('it''s'), (x'00ff'), (9e999), (-0.0), (1e21), (NULL), ('a\\b')`,
    );
    const source = await file.source();
    expect(await rowText(source, samePlan(await describeTable(source, 't')))).toBe(
      "1\n1.0\n'it''s'\nx'00ff'\n9e999\n-0.0\n1e+21\n\\N\n'a\\\\b'\n",
    );
  });

  it('refuses what is no literal', async () => {
    await using file = await createFile('CREATE TABLE t (v)');
    const target = await file.target();
    const plan = planOf(await describeTable(target, 't'));
    for (const field of ['word', "'open", "x'0'", "x'zz'", '9223372036854775808', '', "'a'b'c'x"]) {
      await expect(load(target, plan, `${field}\n`)).rejects.toMatchObject({ name: 'RowsRefused', column: 'v' });
    }
    expect(file.database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
  });

  it('copies structure and rows of a whole file', async () => {
    await using from = await createFile(`${classes}
      CREATE TABLE pairs (a TEXT COLLATE NOCASE, b INT, doubled INT AS (b * 2) STORED, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT;
      INSERT INTO pairs VALUES ('x', 1), ('Y', 2);
      CREATE TABLE child (
        id INTEGER PRIMARY KEY AUTOINCREMENT, t_id INTEGER CONSTRAINT to_t REFERENCES t ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        n NUMERIC DEFAULT (1 + 1), said TEXT DEFAULT 'it''s' CHECK (said <> ''), UNIQUE (t_id, n)
      );
      CREATE INDEX child_said ON child (lower(said) DESC) WHERE n > 1;
      INSERT INTO child (id, t_id, said) VALUES (5, 1, 'a'), (9, 2, 'b');
      DELETE FROM child WHERE id = 9;`);
    await using to = await createFile();
    to.database.close();
    const settings = (path: string) => ({ kind: 'sqlite', path }) as const;
    const { result } = await convert(settings(from.path), settings(to.path));
    expect(result).toMatchObject({ status: 'FINISHED', guarantee: 'snapshot', rows: 13 });
    to.database.open();
    for (const table of ['t', 'pairs', 'child']) {
      expect(quotedRows(to.database, table)).toEqual(quotedRows(from.database, table));
    }
    const schema = "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name";
    const statements = (to.database.prepare(schema).all() as { sql: string }[]).map(({ sql }) => sql);
    expect(statements).toEqual([
      `CREATE TABLE "child" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "t_id" INTEGER,
  "n" NUMERIC DEFAULT (1 + 1),
  "said" TEXT DEFAULT 'it''s',
  UNIQUE ("t_id", "n"),
  CHECK (said <> ''),
  CONSTRAINT "to_t" FOREIGN KEY ("t_id") REFERENCES "t" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)`,
      `CREATE INDEX "child_said" ON "child" (lower(said) DESC) WHERE n > 1`,
      `CREATE TABLE "pairs" (
  "a" TEXT NOT NULL COLLATE "NOCASE",
  "b" INT NOT NULL,
  "doubled" INT GENERATED ALWAYS AS (b * 2) STORED,
  PRIMARY KEY ("a", "b")
) WITHOUT ROWID, STRICT`,
      `CREATE TABLE "t" (
  "id" INTEGER PRIMARY KEY,
  "free",
  "words" TEXT,
  "number" INTEGER,
  "real" REAL,
  "decimal" NUMERIC,
  "bytes" BLOB
)`,
    ]);
    to.database.exec("INSERT INTO child (said) VALUES ('next')");
    expect(to.database.prepare('SELECT max(id) AS id FROM child').get()).toEqual({ id: 10 });
  });
});
