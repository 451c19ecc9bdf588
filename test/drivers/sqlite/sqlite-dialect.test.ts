import { describe, expect, it } from 'vitest';
import { readDefault, writeDefault } from '../../../src/main/engine/drivers/sqlite/sqlite-defaults.ts';
import { sqliteDialect } from '../../../src/main/engine/drivers/sqlite/sqlite-dialect.ts';
import { affinityOf, declareType, readType } from '../../../src/main/engine/drivers/sqlite/sqlite-types.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { ColumnSchema, IndexSchema, TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import { postgresIdiom } from '../../../src/main/engine/drivers/postgres/postgres-idiom.ts';
import { sqliteIdiom } from '../../../src/main/engine/drivers/sqlite/sqlite-idiom.ts';
import { expressionTranslator } from '../../../src/main/engine/sql/translate-expression.ts';
import { rulesSchema } from '../../../src/shared/model/rules.ts';
import { createFile } from './sqlite-fixture.ts';

const integer: NeutralType = { kind: 'integer', bits: 64, unsigned: false };
const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const boolean: NeutralType = { kind: 'boolean' };
const bytes: NeutralType = { kind: 'bytes', length: null, fixed: false };
const timestamp: NeutralType = { kind: 'timestamp', fraction: 6 };

const column = (name: string, type: NeutralType, more: Partial<ColumnSchema> = {}): ColumnSchema => ({
  name,
  nativeType: 'foreign',
  type,
  nullable: true,
  default: null,
  identity: null,
  generated: null,
  collation: null,
  comment: null,
  updatesToNow: false,
  invisible: false,
  ...more,
});

const part = (name: string) => ({
  column: name,
  expression: null,
  prefix: null,
  descending: false,
  nulls: null,
  operatorClass: null,
  collation: null,
});

const index = (name: string, columns: readonly string[], more: Partial<IndexSchema> = {}): IndexSchema => ({
  name,
  unique: false,
  constraint: false,
  parts: columns.map(part),
  include: [],
  method: 'btree',
  where: null,
  nullsNotDistinct: false,
  deferrable: 'no',
  visible: true,
  comment: null,
  definition: null,
  settings: [],
  ...more,
});

const table = (columns: readonly ColumnSchema[], more: Partial<TableSchema> = {}): TableSchema => ({
  name: { schema: null, name: 't' },
  kind: 'table',
  columns,
  primaryKey: null,
  indexes: [],
  foreignKeys: [],
  checks: [],
  comment: null,
  partitioning: null,
  traits: [],
  ...more,
});

const adapt = (schema: TableSchema) =>
  sqliteDialect.adapt(schema, {
    sourceFamily: 'postgres',
    sameKind: false,
    rules: rulesSchema.parse({}),
    label: 't',
    defaultSchema: null,
    lacking: new Set(),
    translate: expressionTranslator(
      { from: postgresIdiom, to: sqliteIdiom, isFamily: false },
      schema.columns,
      new Map(schema.columns.map(({ name }) => [name, name])),
    ),
  });

const identity = {
  kind: 'always',
  next: '100',
  increment: '1',
  neverReuses: true,
  sequence: null,
  drawsFromOther: false,
} as const;

describe('types', () => {
  it.each<[NeutralType, string]>([
    [{ kind: 'decimal', precision: 30, scale: 10 }, 'DECIMAL_TEXT(30,10)'],
    [{ kind: 'decimal', precision: null, scale: null }, 'DECIMAL_TEXT'],
    [{ kind: 'timestamp', fraction: 3 }, 'DATETIME_TEXT(3)'],
    [{ kind: 'timestamptz', fraction: 6 }, 'TIMESTAMPTZ_TEXT'],
    [{ kind: 'date' }, 'DATE_TEXT'],
    [{ kind: 'time', span: 'day', fraction: 0 }, 'TIME_TEXT(0)'],
    [{ kind: 'interval' }, 'INTERVAL_TEXT'],
    [{ kind: 'uuid' }, 'UUID_TEXT'],
    [{ kind: 'json', form: 'text' }, 'JSON_TEXT'],
    [{ kind: 'bits', length: 9, varying: false }, 'BIT_TEXT(9)'],
    [{ kind: 'bits', length: null, varying: true }, 'VARBIT_TEXT'],
    [{ kind: 'integer', bits: 16, unsigned: true }, 'UNSIGNED SMALLINT'],
    [integer, 'BIGINT'],
    [boolean, 'BOOLEAN'],
    [{ kind: 'float', bits: 64 }, 'DOUBLE'],
    [{ ...text, length: 7 }, 'VARCHAR(7)'],
    [{ ...text, length: 7, fixed: true }, 'CHAR(7)'],
    [text, 'TEXT'],
    [bytes, 'BLOB'],
  ])('%o is declared %s, and known again', (type, declared) => {
    expect(declareType(type)).toBe(declared);
    expect(readType(declared).type).toEqual(type);
  });

  it('gives no numeric affinity to what is neither integer nor float', () => {
    const kinds: NeutralType[] = [
      { kind: 'decimal', precision: 5, scale: 2 },
      { kind: 'date' },
      { kind: 'time', span: 'day', fraction: 6 },
      timestamp,
      { kind: 'timestamptz', fraction: 6 },
      { kind: 'uuid' },
      { kind: 'json', form: 'binary' },
      { kind: 'bits', length: 3, varying: false },
      { kind: 'geometry', shape: 'point', srid: null },
      { kind: 'native', family: 'postgres', type: 'point' },
      { kind: 'set', labels: ['1'] },
      { kind: 'enum', labels: ['1'], name: null },
      { kind: 'array', element: integer },
      { kind: 'integer', bits: 64, unsigned: true },
    ];
    for (const type of kinds) expect(affinityOf(declareType(type)), declareType(type)).toBe('text');
  });
});

describe('defaults', () => {
  it.each<[string | null, NeutralType, string | null]>([
    [null, text, null],
    ['NULL', text, null],
    ["'it''s'", text, "'it''s'"],
    ['"quirk"', text, "'quirk'"],
    ['(((5)))', integer, '5'],
    ["'5'", integer, '5'],
    ['- 5', integer, '-5'],
    ['1', boolean, '1'],
    ['TRUE', boolean, '1'],
    ['false', integer, '0'],
    ["x'00FF'", bytes, "x'00ff'"],
    ["'word'", bytes, "('word')"],
    ['CURRENT_TIMESTAMP', timestamp, 'CURRENT_TIMESTAMP'],
    ["(datetime( 'now' ))", timestamp, 'CURRENT_TIMESTAMP'],
    ["date('now')", { kind: 'date' }, 'CURRENT_DATE'],
    ["(strftime('%Y-%m-%d %H:%M:%f', 'now'))", timestamp, "(strftime('%Y-%m-%d %H:%M:%f', 'now'))"],
    ["'2024-01-01T00:00:00Z'", timestamp, "'2024-01-01 00:00:00'"],
    ['1 + 1', integer, '(1 + 1)'],
    ['(1) + (2)', integer, '((1) + (2))'],
    ['0xff', integer, '(0xff)'],
    ['5', { kind: 'any' }, '(5)'],
  ])('%s for %o is written %s', (sql, type, expected) => {
    const value = readDefault(sql, type);
    expect(value && writeDefault(value, type)).toBe(expected);
  });

  it('makes UUIDs of version 4', async () => {
    await using file = await createFile(`CREATE TABLE t (v DEFAULT ${writeDefault({ kind: 'uuid' }, text)}, n)`);
    for (let row = 0; row < 20; row++) file.database.exec('INSERT INTO t (n) VALUES (1)');
    const rows = file.database.prepare('SELECT DISTINCT v FROM t').all() as { v: string }[];
    expect(rows).toHaveLength(20);
    for (const { v } of rows)
      expect(v).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('statements', () => {
  it('make a table of another database', async () => {
    const { schema, wires, findings } = adapt(
      table(
        [
          column('id', { kind: 'integer', bits: 32, unsigned: false }, { identity, nullable: false }),
          column(
            'na"me',
            { ...text, length: 20, ignoresCase: true },
            { nullable: false, default: { kind: 'value', text: "o'k" } },
          ),
          column('mood', { kind: 'enum', labels: ['a', 'b'], name: 'moods' }),
          column('made', timestamp, { default: { kind: 'now', fraction: 0 } }),
          column('price', { kind: 'decimal', precision: 10, scale: 2 }, { default: { kind: 'value', text: '1.10' } }),
          column('later', integer, { default: { kind: 'expression', sql: "nextval('s')", family: 'postgres' } }),
        ],
        {
          primaryKey: { name: 't_pkey', parts: [part('id')], deferrable: 'no' },
          indexes: [
            index('t_name_key', ['na"me'], { unique: true, constraint: true }),
            index('t_price', ['price', 'made'], { include: ['id'] }),
            index('t_words', ['na"me'], { method: 'gin' }),
            index('t_part', ['price'], { where: 'price > 5' }),
          ],
          foreignKeys: [
            {
              name: 'up',
              columns: ['later'],
              references: { schema: null, name: 'p' },
              referencedColumns: ['id'],
              onDelete: 'cascade',
              onUpdate: 'no action',
              match: 'simple',
              deferrable: 'deferred',
              validated: true,
              enforced: true,
              onDeleteColumns: [],
            },
          ],
        },
      ),
    );
    expect(wires.map(({ kind }) => kind)).toEqual(['integer', 'text', 'enum', 'timestamp', 'decimal', 'integer']);
    expect(sqliteDialect.createTable(schema)).toEqual([
      `CREATE TABLE "t" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "na""me" VARCHAR(20) NOT NULL DEFAULT 'o''k' COLLATE "NOCASE",
  "mood" ENUM_TEXT,
  "made" DATETIME_TEXT DEFAULT CURRENT_TIMESTAMP,
  "price" DECIMAL_TEXT(10,2) DEFAULT '1.10',
  "later" BIGINT,
  CONSTRAINT "t_name_key" UNIQUE ("na""me"),
  CONSTRAINT "moods" CHECK ("mood" IN ('a', 'b')),
  CONSTRAINT "up" FOREIGN KEY ("later") REFERENCES "p" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)`,
    ]);
    expect(sqliteDialect.lateStatements(schema)).toMatchObject([
      { kind: 'index', name: 't_price', sql: 'CREATE INDEX "t_price" ON "t" ("price", "made")', offendersSql: null },
      {
        kind: 'index',
        name: 't_part',
        sql: 'CREATE INDEX "t_part" ON "t" ("price") WHERE CAST("price" AS REAL) > 5',
        offendersSql: null,
      },
    ]);
    expect(findings.map(({ code, column: name }) => [code, name])).toEqual([
      ['collation_changed', 'na"me'],
      ['default_dropped', 'later'],
      ['index_changed', undefined],
      ['index_dropped', undefined],
    ]);
    await using file = await createFile('CREATE TABLE p (id INTEGER PRIMARY KEY)');
    const target = await file.target();
    for (const sql of [
      ...sqliteDialect.createTable(schema),
      ...sqliteDialect.lateStatements(schema).map(({ sql: late }) => late),
    ]) {
      await target.execute(sql);
    }
    await target.execute(`INSERT INTO t (id, "na""me") VALUES (5, 'x')`);
    for (const sql of [...sqliteDialect.counterStatements(schema), ...sqliteDialect.finishStatements([schema])]) {
      await target.execute(sql);
    }
    await target.execute(`INSERT INTO t ("na""me") VALUES ('y')`);
    expect(await target.query('SELECT max(id), max(price) FROM t')).toEqual([['100', '1.10']]);
    await target.execute(sqliteDialect.emptyTable(schema.name));
    expect(await target.query('SELECT count(*) FROM t')).toEqual([['0']]);
    await target.execute(sqliteDialect.dropTable(schema.name));
    expect(await target.catalog.tables()).toMatchObject([{ name: { name: 'p' } }]);
  });

  it('numbers rows only where the key is one integer', () => {
    const composite = adapt(
      table([column('a', integer, { identity, nullable: false }), column('b', integer, { nullable: false })], {
        primaryKey: { name: null, parts: [part('a'), part('b')], deferrable: 'no' },
      }),
    );
    expect(composite.findings).toMatchObject([{ code: 'identity_dropped', column: 'a' }]);
    expect(sqliteDialect.createTable(composite.schema)[0]).toContain('"a" BIGINT NOT NULL');
    expect(sqliteDialect.createTable(composite.schema)[0]).toContain('PRIMARY KEY ("a", "b")');
  });

  it('find the rows that break what is checked at the end', async () => {
    await using file = await createFile(`
      CREATE TABLE p (a INTEGER, b TEXT COLLATE NOCASE, PRIMARY KEY (a, b));
      CREATE TABLE t (x INTEGER, y TEXT, FOREIGN KEY (x, y) REFERENCES p (a, b));
      INSERT INTO p VALUES (1, 'one');
      INSERT INTO t VALUES (1, 'ONE'), (1, NULL), (2, 'two'), (2, 'two'), (NULL, 'x');`);
    const target = await file.target();
    const [schema] = await target.catalog.describe([{ schema: null, name: 't' }]);
    const [check] = sqliteDialect.foreignKeyStatements(schema!, schema!.foreignKeys[0]!, true);
    expect(check).toMatchObject({ kind: 'foreign key', name: 't(x, y)', sql: '' });
    expect(await target.query(check!.offendersSql!)).toEqual([['2', 'two']]);
    const [unique] = sqliteDialect.lateStatements({ ...schema!, indexes: [index('u', ['x', 'y'], { unique: true })] });
    await expect(target.execute(unique!.sql)).rejects.toMatchObject({ code: 'constraint_failed' });
    expect(await target.query(unique!.offendersSql!)).toEqual([['2', 'two']]);
  });

  it('quote any name and any text', async () => {
    const names = ['select', 'a"b', 'dot.ted', 'ünï', "it's", '[x]', 'a`b', ' '];
    const texts = ["it's", 'a\0b', '\\', '"', ''];
    await using file = await createFile();
    const target = await file.target();
    await target.execute(
      `CREATE TABLE ${sqliteDialect.quoteTable({ schema: null, name: 'a.b"c' })} (${names.map(sqliteDialect.quoteName).join(', ')})`,
    );
    for (const value of texts) {
      expect(file.database.prepare(`SELECT ${sqliteDialect.quoteText(value)} AS v`).get()).toEqual({ v: value });
    }
    const [described] = await target.catalog.describe([{ schema: null, name: 'a.b"c' }]);
    expect(described!.columns.map(({ name }) => name)).toEqual(names);
  });
});
