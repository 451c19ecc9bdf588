import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFile, describeTable, planOf, rowText } from './sqlite-fixture.ts';

const ddl = `
  CREATE TABLE parent (a INTEGER, b TEXT, PRIMARY KEY (b, a));
  CREATE TABLE "Main Table" (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(50) NOT NULL COLLATE NOCASE DEFAULT 'it''s',
    flag BOOLEAN DEFAULT 1,
    made DATETIME DEFAULT (datetime('now')),
    kind ENUM_TEXT CONSTRAINT mood CHECK (kind IN ('a', 'it''s')),
    p_a INTEGER, p_b TEXT,
    total INTEGER GENERATED ALWAYS AS (p_a * 2) STORED,
    CONSTRAINT name_once UNIQUE (name, p_a),
    CONSTRAINT positive CHECK (p_a > 0),
    CONSTRAINT to_parent FOREIGN KEY (p_b, p_a) REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (id) REFERENCES "Main Table" (id)
  );
  CREATE UNIQUE INDEX by_name ON "Main Table" (name COLLATE BINARY DESC, lower(p_b)) WHERE p_a > 5;
  INSERT INTO "Main Table" (id, name) VALUES (41, 'x');
  DELETE FROM "Main Table";
  CREATE TABLE keyed (code TEXT PRIMARY KEY, n INT) WITHOUT ROWID;
  CREATE VIEW seen AS SELECT id, upper(name) AS loud FROM "Main Table";
  CREATE TRIGGER after_insert AFTER INSERT ON parent BEGIN SELECT 1; END;
  CREATE VIRTUAL TABLE words USING fts5(body);
  CREATE TABLE _sluice_chunks (stream_id TEXT);`;

describe('the catalog', () => {
  it('lists tables and what is not copied as one', async () => {
    await using file = await createFile(`${ddl} INSERT INTO keyed VALUES ('a', 1), ('b', 2)`);
    const { catalog } = await file.source();
    expect(await catalog.schemas()).toEqual([]);
    const tables = await catalog.tables();
    expect(tables.map(({ name, kind, estimatedRows }) => [name.name, kind, estimatedRows])).toEqual([
      ['Main Table', 'table', 0],
      ['keyed', 'table', 2],
      ['parent', 'table', 0],
    ]);
    const objects = await catalog.objects();
    expect(objects.map(({ kind, name, table }) => [kind, name.name, table?.name ?? null])).toEqual([
      ['virtual table', 'words', null],
      ['trigger', 'after_insert', 'parent'],
    ]);
    expect(await catalog.views()).toMatchObject([
      {
        name: { schema: null, name: 'seen' },
        columns: ['id', 'loud'],
        query: 'SELECT id, upper(name) AS loud FROM "Main Table"',
        reads: [{ schema: null, name: 'Main Table' }],
        definition: 'CREATE VIEW seen AS SELECT id, upper(name) AS loud FROM "Main Table"',
      },
    ]);
    expect(await catalog.isEmpty({ schema: null, name: 'Main Table' })).toBe(true);
    expect(await catalog.isEmpty({ schema: null, name: 'keyed' })).toBe(false);
  });

  it('describes columns, keys, indexes and checks', async () => {
    await using file = await createFile(ddl);
    const table = await describeTable(await file.source(), 'main table');
    expect(table.name).toEqual({ schema: null, name: 'main table' });
    expect(table.columns.map(({ name, nativeType, nullable }) => [name, nativeType, nullable])).toEqual([
      ['id', 'INTEGER', false],
      ['name', 'VARCHAR(50)', false],
      ['flag', 'BOOLEAN', true],
      ['made', 'DATETIME', true],
      ['kind', 'ENUM_TEXT', true],
      ['p_a', 'INTEGER', true],
      ['p_b', 'TEXT', true],
      ['total', 'INTEGER', true],
    ]);
    const [id, name, flag, made, kind, , , total] = table.columns;
    expect(id!.identity).toEqual({
      kind: 'default',
      next: '42',
      increment: '1',
      neverReuses: true,
      sequence: null,
      drawsFromOther: false,
    });
    expect(name).toMatchObject({
      collation: 'NOCASE',
      default: { kind: 'value', text: "it's" },
      type: { ignoresCase: true },
    });
    expect(flag!.default).toEqual({ kind: 'value', text: 't' });
    expect(made!.default).toEqual({ kind: 'now', fraction: 0 });
    expect(kind!.type).toEqual({ kind: 'enum', labels: ['a', "it's"], name: 'mood' });
    expect(total!.generated).toEqual({ sql: 'p_a * 2', stored: true });
    expect(table.primaryKey).toMatchObject({ name: null, parts: [{ column: 'id', descending: false }] });
    expect(table.checks).toEqual([{ name: 'positive', sql: 'p_a > 0', enforced: true, validated: true }]);
    expect(table.indexes).toMatchObject([
      {
        name: 'name_once',
        unique: true,
        constraint: true,
        where: null,
        parts: [{ column: 'name', collation: null }, { column: 'p_a' }],
      },
      {
        name: 'by_name',
        unique: true,
        constraint: false,
        where: 'p_a > 5',
        parts: [
          { column: 'name', expression: null, descending: true, collation: 'BINARY' },
          { column: null, expression: 'lower(p_b)', descending: false, collation: null },
        ],
      },
    ]);
    expect(table.foreignKeys).toEqual([
      {
        name: 'to_parent',
        columns: ['p_b', 'p_a'],
        references: { schema: null, name: 'parent' },
        referencedColumns: ['b', 'a'],
        onDelete: 'set null',
        onDeleteColumns: [],
        onUpdate: 'cascade',
        match: 'simple',
        deferrable: 'deferred',
        validated: true,
        enforced: true,
      },
      expect.objectContaining({ name: null, columns: ['id'], referencedColumns: ['id'], deferrable: 'no' }),
    ]);
    expect(table.traits).toEqual([]);
  });

  it('knows names that differ in more than the case of A to Z', async () => {
    await using file = await createFile(`CREATE TABLE "ÉTÉ" (id INTEGER PRIMARY KEY AUTOINCREMENT, "Ä" TEXT);
      CREATE TABLE "été" (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT);
      INSERT INTO "ÉTÉ" VALUES (5, 'a'); INSERT INTO "été" VALUES (7, 'b');`);
    const { catalog } = await file.source();
    const described = await catalog.describe((await catalog.tables()).map(({ name }) => name));
    expect(described.map(({ name, columns }) => [name.name, columns[1]!.name, columns[0]!.identity?.next])).toEqual([
      ['ÉTÉ', 'Ä', '6'],
      ['été', 'b', '8'],
    ]);
  });

  it('reads the counters of all tables at once', async () => {
    const names = Array.from({ length: 50 }, (_, number) => `counted_${number}`);
    await using file = await createFile(
      names
        .map(
          (name, number) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY AUTOINCREMENT);
        INSERT INTO ${name} VALUES (${number + 1});`,
        )
        .join('\n'),
    );
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    const tables = await (await file.source()).catalog.describe(names.map((name) => ({ schema: null, name })));
    expect(tables.map(({ columns }) => columns[0]!.identity?.next)).toEqual(
      names.map((_, number) => String(number + 2)),
    );
    expect(prepare.mock.calls.filter(([sql]) => sql.includes('sqlite_sequence'))).toHaveLength(1);
  });

  it('knows rowid aliases from other keys', async () => {
    await using file = await createFile(`
      CREATE TABLE alias (id integer primary key, v); INSERT INTO alias VALUES (7, 1);
      CREATE TABLE not_alias (id INT PRIMARY KEY, v);
      CREATE TABLE descending (id INTEGER PRIMARY KEY DESC, v);
      CREATE TABLE full (id INTEGER PRIMARY KEY); INSERT INTO full VALUES (9223372036854775807);
      CREATE TABLE plain (v);
      ${ddl}`);
    const source = await file.source();
    const names = ['alias', 'not_alias', 'descending', 'full', 'plain', 'keyed'];
    const tables = await source.catalog.describe(names.map((name) => ({ schema: null, name })));
    expect(tables.map(({ name, columns, traits }) => [name.name, columns[0]!.identity?.next, traits])).toEqual([
      ['alias', '8', []],
      ['not_alias', undefined, ['nullable-key']],
      ['descending', undefined, ['nullable-key']],
      ['full', null, []],
      ['plain', undefined, []],
      ['keyed', undefined, ['without-rowid']],
    ]);
  });

  it('reads views, queries and filters', async () => {
    await using file = await createFile(`${ddl}
      INSERT INTO keyed VALUES ('a', 1), ('b', 2), ('c', 3);
      INSERT INTO "Main Table" (id, name) VALUES (1, 'x'), (2, 'y');`);
    const source = await file.source();
    const view = await describeTable(source, 'seen');
    expect(view.kind).toBe('view');
    const text = { kind: 'text', length: null, fixed: false, ignoresCase: false } as const;
    expect(await rowText(source, planOf(view, { wires: { loud: text } }))).toBe('1\tX\n2\tY\n');
    const keyed = await describeTable(source, 'keyed');
    expect(await rowText(source, planOf(keyed, { where: "code <> 'b' -- not that" }))).toBe('a\t1\nc\t3\n');
    const query = 'SELECT count(*) AS n, max(code) AS last FROM keyed; -- all of them';
    const columns = await source.catalog.describeQuery(query);
    expect(columns.map(({ name, type, nullable }) => [name, type.kind, nullable])).toEqual([
      ['n', 'integer', true],
      ['last', 'text', true],
    ]);
    expect(await rowText(source, planOf({ ...keyed, kind: 'view', columns }, { query }))).toBe('3\tc\n');
  });

  it.each([
    ['DELETE FROM parent', 'near "DELETE"'],
    ['DELETE FROM parent RETURNING a', 'near "DELETE"'],
    ['EXPLAIN SELECT 1', 'near "'],
    ['INSERT INTO parent VALUES (1, 2) RETURNING a', 'near "INSERT"'],
    ['WITH x AS (SELECT 1) DELETE FROM parent RETURNING a', 'near "DELETE"'],
    ['SELECT 1; SELECT 2', 'more than one statement'],
    ['SELECT 1; DELETE FROM parent', 'more than one statement'],
    ['SELECT v FROM nowhere', 'no such table: nowhere'],
    ['PRAGMA user_version', 'no such table'],
    ['', 'near ")"'],
  ])('refuses the query %s', async (query, message) => {
    await using file = await createFile(ddl);
    await expect((await file.source()).catalog.describeQuery(query)).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining(message),
    });
  });
});
