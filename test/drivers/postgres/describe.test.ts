/** What the catalog tells of a schema that has everything. */
import { expect, test } from 'vitest';
import type { ColumnSchema, IndexPart, TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase } from '../../support/databases.ts';
import { bothVersions, describeTable, openSession } from './open-database.ts';
import { richSchema } from './rich-schema.ts';

/** A column on one line: what is not the usual. */
function shown(column: ColumnSchema): string {
  const { identity, generated, default: value } = column;
  const shownDefault = value && value.kind !== 'expression' ? { ...value, sql: undefined } : value;
  const parts = [
    `${column.name}: ${column.nativeType}`,
    ...(column.nullable ? [] : ['not null']),
    ...(value ? [`default ${JSON.stringify(shownDefault).replaceAll('"', '')}`] : []),
    ...(identity ? [`identity ${identity.kind} next ${identity.next} by ${identity.increment}`] : []),
    ...(generated ? [`as ${generated.sql}${generated.stored ? '' : ' virtual'}`] : []),
    ...(column.collation ? [`collate ${column.collation}`] : []),
    ...(column.comment ? [`-- ${column.comment}`] : []),
  ];
  return parts.join(' ');
}

const shownPart = (part: IndexPart) =>
  [
    part.column ?? `(${part.expression})`,
    ...(part.collation ? [`collate ${part.collation}`] : []),
    ...(part.operatorClass ? [part.operatorClass] : []),
    ...(part.descending ? ['desc'] : []),
    ...(part.nulls ? [`nulls ${part.nulls}`] : []),
  ].join(' ');

const shownIndexes = (table: TableSchema) =>
  table.indexes.map((index) =>
    [
      `${index.name}:`,
      ...(index.unique ? ['unique'] : []),
      ...(index.constraint ? ['constraint'] : []),
      `${index.method} ${index.parts.map(shownPart).join(', ')}`,
      ...(index.include.length > 0 ? [`include ${index.include.join(', ')}`] : []),
      ...(index.where ? [`where ${index.where}`] : []),
      ...(index.nullsNotDistinct ? ['nulls not distinct'] : []),
      ...(index.deferrable === 'no' ? [] : [index.deferrable]),
      ...(index.comment ? [`-- ${index.comment}`] : []),
    ].join(' '),
  );

describeEachServer('describe', bothVersions, (server) => {
  test('tells everything of a rich table', async () => {
    await using database = await createDatabase(server);
    await database.execute(richSchema);
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 'rich');
    expect(table.columns.map(shown)).toEqual([
      'id: bigint not null identity always next 15 by 5',
      'serial_id: integer not null identity serial next 100 by 1',
      'shared: integer identity serial next 60 by 5',
      'code: character(4) not null default {kind:value,text:ab\'c} collate "C" -- four characters',
      "note: text default {kind:value,text:back\\\\slash 'quoted'}",
      'price: numeric(10,2) default {kind:value,text:-1.50}',
      'loose: numeric',
      'feel: mood default {kind:value,text:happy}',
      'feels: mood[] default {kind:value,text:[\\sad\\]}',
      'size: app.size',
      'home: address',
      'mail: work_email not null default {kind:value,text:nobody@x}',
      'width: span',
      'flag: boolean not null default {kind:value,text:t}',
      'made: timestamp with time zone default {kind:now,fraction:6}',
      'made_ms: timestamp(3) without time zone default {kind:now,fraction:3}',
      'born: date default {kind:current-date}',
      'fixed: date default {kind:value,text:2020-02-29}',
      'moment: timestamp with time zone default {kind:value,text:2020-02-29 10:00:00}',
      'blob: bytea default {kind:value,text:\\\\x00ff}',
      'bits: bit(3) default {kind:value,text:101}',
      'span: interval default {kind:value,text:P1DT2H}',
      'extra: jsonb default {kind:value,text:{\\a\\: 1}}',
      "tags: text[] default {kind:expression,sql:ARRAY['x'::text, 'y'::text],family:postgres}",
      'doubled: integer default {kind:expression,sql:twice(21),family:postgres}',
      'key: uuid default {kind:uuid}',
      'total: numeric as price * (2)::numeric',
      'parent_a: integer',
      'parent_b: uuid',
      'Odd "name" é: text',
    ]);
    expect(table.columns.find((column) => column.name === 'feels')?.type).toEqual({
      kind: 'array',
      element: { kind: 'enum', labels: ['sad', "it's ok", 'happy'], name: 'mood' },
    });
    expect(table.columns.find((column) => column.name === 'mail')?.type).toMatchObject({ kind: 'text', length: 100 });
    expect(table.primaryKey).toMatchObject({ name: 'rich_pk', parts: [{ column: 'id' }], deferrable: 'no' });
    expect(shownIndexes(table)).toEqual([
      'by_code: btree code collate "POSIX" bpchar_pattern_ops desc nulls last, price include note, flag where flag AND (price > (0)::numeric)',
      'by_extra: gin extra jsonb_path_ops',
      'by_lower: unique btree (lower(note)), ((price + (1)::numeric))',
      'by_made: brin made',
      'by_note: hash note -- hashed',
      'code_once: unique constraint btree code, shared deferred',
      'no_overlap: constraint gist width',
    ]);
    expect(table.indexes.find((index) => index.name === 'no_overlap')?.definition).toBe(
      'EXCLUDE USING gist (width WITH &&)',
    );
    expect(table.foreignKeys).toEqual([
      {
        name: 'to_parent',
        columns: ['parent_a', 'parent_b'],
        references: { schema: 'app', name: 'parent' },
        referencedColumns: ['a', 'b'],
        onDelete: 'cascade',
        onDeleteColumns: [],
        onUpdate: 'set null',
        match: 'full',
        deferrable: 'immediate',
        validated: true,
        enforced: true,
      },
      expect.objectContaining({ name: 'to_self', onDelete: 'no action', validated: false, deferrable: 'no' }),
    ]);
    expect(table.checks).toEqual([
      {
        name: 'rich_price_check',
        sql: "(price > ('-100'::integer)::numeric) AND (price <> (0)::numeric)",
        enforced: true,
        validated: true,
      },
      { name: null, sql: `("mail")::text <> 'VALUE'::text`, enforced: true, validated: true },
      { name: null, sql: `("mail")::text ~~ '%@%'::text`, enforced: true, validated: true },
    ]);
    expect(table.comment).toBe("It's a table");
    expect(table.traits).toEqual([
      'primary-key-include:["code"]',
      "needs:CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy')",
      "needs:CREATE TYPE app.size AS ENUM ('S', 'M')",
      'needs:CREATE TYPE address AS (street text, mood mood)',
      `needs:CREATE DOMAIN email AS character varying(100) NOT NULL CONSTRAINT "email_check" CHECK (((VALUE)::text ~~ '%@%'::text))`,
      `needs:CREATE DOMAIN work_email AS email DEFAULT 'nobody@x'::character varying CONSTRAINT "work" CHECK (((VALUE)::text <> 'VALUE'::text))`,
      'needs:CREATE TYPE span AS RANGE (SUBTYPE = double precision)',
      expect.stringMatching(/^needs:CREATE FUNCTION public\.twice\(integer\)/),
    ]);
  });

  test('tells partitions, inheritance, views, and leaves out what is missing', async () => {
    await using database = await createDatabase(server);
    await database.execute(richSchema);
    await using source = await openSession(database, 'source');
    const names = ['derived', 'nothing', 'measured', 'happy', 'quick', 'base'].map((name) => ({ schema: null, name }));
    const tables = await source.catalog.describe(names);
    expect(tables.map((table) => `${table.kind} ${table.name.schema}.${table.name.name}`)).toEqual([
      'table public.derived',
      'partitioned public.measured',
      'view public.happy',
      'table public.quick',
      'table public.base',
    ]);
    const [derived, measured, happy, quick, base] = tables;
    expect(derived?.traits).toEqual(['inherits:base']);
    expect(derived?.checks).toEqual([{ name: 'base_n_check', sql: 'n > 0', enforced: true, validated: true }]);
    expect(base?.traits).toEqual(['inheritance-parent']);
    expect(quick?.traits).toEqual(['unlogged']);
    expect(happy?.columns.map(shown)).toEqual(['id: bigint', 'feel: mood']);
    expect(measured?.partitioning).toEqual({
      clause: 'RANGE (at)',
      partitions: [
        {
          name: { schema: 'public', name: 'measured_2020' },
          bound: "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
          partitioning: null,
        },
        { name: { schema: 'public', name: 'measured_rest' }, bound: 'DEFAULT', partitioning: null },
      ],
    });
    expect(shownIndexes(measured!)).toEqual(['measured_n: btree n']);
  });

  test('lists tables without partitions, extensions and our own', async () => {
    await using database = await createDatabase(server);
    await database.execute(richSchema);
    await database.execute(`CREATE EXTENSION hstore; INSERT INTO measured SELECT '2020-01-01', n FROM generate_series(1, 500) n;
      ANALYZE measured; ANALYZE rich; CREATE TABLE fresh AS SELECT 1 AS n; CREATE TEMP TABLE temporary (n integer)`);
    await using source = await openSession(database, 'source');
    const listed = await source.catalog.tables();
    expect(listed.map(({ name, kind, estimatedRows }) => [name.schema, name.name, kind, estimatedRows])).toEqual([
      ['app', 'parent', 'table', 0],
      ['public', 'base', 'table', 0],
      ['public', 'derived', 'table', 0],
      ['public', 'fresh', 'table', null],
      ['public', 'measured', 'partitioned', 500],
      ['public', 'quick', 'table', 0],
      ['public', 'rich', 'table', 1],
    ]);
    expect(listed.find(({ name }) => name.name === 'measured')?.estimatedBytes).toBeGreaterThan(8192);
    expect(await source.catalog.schemas()).toEqual(['app', 'public']);
    expect(await source.catalog.isEmpty({ schema: 'public', name: 'base' })).toBe(true);
    expect(await source.catalog.isEmpty({ schema: null, name: 'measured' })).toBe(false);
  });

  test('lists what a copy of tables leaves behind', async () => {
    await using database = await createDatabase(server);
    await database.execute(`${richSchema}
      CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM rich;
      CREATE TYPE unused AS ENUM ('it''s');
      CREATE SEQUENCE alone INCREMENT 3;
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touch BEFORE UPDATE ON rich FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE RULE silent AS ON DELETE TO base DO INSTEAD NOTHING;
      CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer);
      CREATE POLICY own ON rich FOR SELECT TO PUBLIC USING (id > 0);
      CREATE EXTENSION citext;
      GRANT SELECT, INSERT ON rich TO PUBLIC`);
    await using source = await openSession(database, 'source');
    const objects = await source.catalog.objects();
    expect(objects.map(({ kind, name, table }) => `${kind} ${name.name}${table ? ` on ${table.name}` : ''}`)).toEqual([
      'extension citext',
      'type unused',
      'routine touch',
      'routine twice',
      'routine total',
      'rule silent on base',
      'trigger touch on rich',
      'policy own on rich',
      'grant rich on rich',
    ]);
    const sequences = await source.catalog.sequences();
    expect(sequences.map(({ name }) => name.name)).toEqual(['alone', 'shared_numbers']);
    const definition = (name: string) => objects.find((object) => object.name.name === name)?.definition;
    expect(definition('unused')).toBe("CREATE TYPE public.unused AS ENUM ('it''s')");
    expect(definition('own')).toBe('CREATE POLICY own ON public.rich FOR SELECT TO PUBLIC USING ((id > 0))');
    expect(objects.at(-1)?.definition).toBe('GRANT INSERT, SELECT ON TABLE public.rich TO PUBLIC');
    const views = await source.catalog.views();
    expect(views).toMatchObject([
      {
        name: { schema: 'public', name: 'happy' },
        columns: ['id', 'feel'],
        reads: [{ schema: 'public', name: 'rich' }],
      },
      { name: { schema: 'public', name: 'counted' }, isMaterialized: true, isFilled: true, columns: ['count'] },
    ]);
    await using target = await createDatabase(server);
    await target.execute(richSchema.replace('CREATE VIEW happy', 'CREATE VIEW other'));
    // Each definition is a statement that runs.
    const statements = objects.filter(({ name }) => !['twice', 'total', 'own'].includes(name.name));
    for (const { definition } of [...statements, ...views]) await target.execute(definition);
  });

  test('leaves out indexes that are not valid', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (n integer); INSERT INTO t VALUES (1), (1)');
    await expect(database.execute('CREATE UNIQUE INDEX CONCURRENTLY broken ON t (n)')).rejects.toThrow();
    await using source = await openSession(database, 'source');
    expect((await describeTable(source, 't')).indexes).toEqual([]);
  });
});

describeEachServer('describe', ['postgres18'], (server) => {
  test('knows what newer servers have', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE t (a integer NOT NULL, b integer GENERATED ALWAYS AS (a + 1) VIRTUAL, c integer);
      ALTER TABLE t ADD CONSTRAINT later NOT NULL c NOT VALID;
      ALTER TABLE t ADD CONSTRAINT relaxed CHECK (a > 0) NOT ENFORCED;
      CREATE UNIQUE INDEX once ON t (a) NULLS NOT DISTINCT`);
    await using source = await openSession(database, 'source');
    const table = await describeTable(source, 't');
    expect(table.columns.map(shown)).toEqual(['a: integer not null', 'b: integer as a + 1 virtual', 'c: integer']);
    expect(table.checks).toEqual([{ name: 'relaxed', sql: 'a > 0', enforced: false, validated: false }]);
    expect(shownIndexes(table)).toEqual(['once: unique btree a nulls not distinct']);
  });
});
