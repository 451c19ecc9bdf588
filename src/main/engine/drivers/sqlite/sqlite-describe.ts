/** Structure of tables and views: the pragmas' facts, completed by what only the CREATE statements say. */
import type { DatabaseSync } from 'node:sqlite';
import type { NeutralType } from '../../model/neutral-type.ts';
import type {
  CheckSchema,
  ColumnSchema,
  IdentitySchema,
  KeySchema,
  TableName,
  TableSchema,
} from '../../model/table-schema.ts';
import { allRows, type SqliteRow } from './sqlite-connection.ts';
import { parseCreateTable, type ParsedTable } from './sqlite-create-table.ts';
import { readDefault } from './sqlite-defaults.ts';
import {
  describeForeignKeys,
  describeIndexes,
  indexPart,
  type CollationOf,
  type IndexFacts,
} from './sqlite-describe-keys.ts';
import { enumOf } from './sqlite-enum.ts';
import { foldName, quoteName } from './sqlite-names.ts';
import { integerType, readType } from './sqlite-types.ts';

interface TableFacts {
  readonly type: string;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly sql: string;
}

/** Rows of pragma table_xinfo. `hidden`: 0 plain, 1 of a virtual table, 2 generated, 3 generated and stored. */
interface ColumnFacts {
  readonly name: string;
  readonly declared: string;
  readonly notNull: boolean;
  readonly defaultSql: string | null;
  /** Place in the primary key from 1, 0: not in it. */
  readonly keyPlace: number;
  readonly hidden: number;
}

/** In the order asked for, under the names asked for (SQLite ignores their case); missing tables are left out. */
export function describeTables(database: DatabaseSync, names: readonly TableName[]): TableSchema[] {
  const wanted = JSON.stringify(names.map(({ name }) => foldName(name)));
  const rowsOf = (columns: string, pragma: string) =>
    byTable(
      allRows(
        database,
        `SELECT lower(l.name), ${columns} FROM pragma_table_list l, ${pragma} x
          WHERE l.schema = 'main' AND lower(l.name) IN (SELECT value FROM json_each(?))`,
        wanted,
      ),
    );
  const tables = byTable(
    allRows(
      database,
      `SELECT lower(l.name), l.type, l.wr, l.strict, m.sql FROM pragma_table_list l
        JOIN sqlite_schema m ON m.name = l.name AND m.type IN ('table', 'view')
        WHERE l.schema = 'main' AND lower(l.name) IN (SELECT value FROM json_each(?))`,
      wanted,
    ),
  );
  const columns = rowsOf('x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden', 'pragma_table_xinfo(l.name)');
  const keys = rowsOf(
    'x.id, x."table", x."from", x."to", x.on_update, x.on_delete, x."match"',
    'pragma_foreign_key_list(l.name)',
  );
  const indexes = indexFacts(database, wanted);
  const counters = counterReader(database);
  const types = new DeclaredTypes();
  return names.flatMap((name) => {
    const key = foldName(name.name);
    const [row] = tables.get(key) ?? [];
    if (!row) return [];
    const facts: TableFacts = {
      type: String(row[0]),
      withoutRowid: row[1] === 1n,
      strict: row[2] === 1n,
      sql: String(row[3]),
    };
    const list = (columns.get(key) ?? []).map(columnFacts).filter(({ hidden }) => hidden !== 1);
    return [describeTable(database, name, facts, list, indexes.get(key) ?? [], keys.get(key) ?? [], counters, types)];
  });
}

function describeTable(
  database: DatabaseSync,
  name: TableName,
  facts: TableFacts,
  columns: readonly ColumnFacts[],
  indexes: readonly IndexFacts[],
  foreignKeys: readonly SqliteRow[],
  counters: CounterReader,
  types: DeclaredTypes,
): TableSchema {
  const parsed = facts.type === 'table' ? parseOrNull(facts.sql) : null;
  const keyColumns = columns.filter(({ keyPlace }) => keyPlace > 0).sort((a, b) => a.keyPlace - b.keyPlace);
  const keyIndex = indexes.find(({ origin }) => origin === 'pk');
  const alias =
    keyColumns.length === 1 && !keyIndex && !facts.withoutRowid && keyColumns[0]!.declared.toUpperCase() === 'INTEGER'
      ? keyColumns[0]!.name
      : null;
  const checks = [...(parsed?.checks ?? [])];
  const described = columns.map((column) => {
    const isAlias = column.name === alias;
    const identity = isAlias ? identityOf(counters, name, column.name, parsed?.autoincrement ?? false) : null;
    return describeColumn(column, facts, parsed, checks, identity, types);
  });
  const collationOf: CollationOf = (column) => described.find(({ name: each }) => each === column)?.collation ?? null;
  const traits = [
    ...(facts.withoutRowid ? ['without-rowid'] : []),
    ...(facts.strict ? ['strict'] : []),
    // A quirk of SQLite: such a key holds NULLs, any number of them.
    ...(alias === null && keyColumns.some(({ notNull }) => !notNull) ? ['nullable-key'] : []),
  ];
  return {
    name,
    kind: facts.type === 'view' ? 'view' : 'table',
    columns: described,
    primaryKey: primaryKeyOf(keyColumns, keyIndex, parsed, collationOf),
    indexes: describeIndexes(indexes, parsed, collationOf),
    foreignKeys: describeForeignKeys(foreignKeys, parsed, (table) => primaryKeyColumns(database, table)),
    checks,
    comment: null,
    partitioning: null,
    traits,
  };
}

/** Declared types as they were read: columns of thousands of tables share a few. */
class DeclaredTypes {
  readonly #known = new Map<string, NeutralType>();

  read(declared: string, ignoresCase: boolean): NeutralType {
    const key = `${ignoresCase} ${declared}`;
    const known = this.#known.get(key);
    if (known) return known;
    const { type } = readType(declared, ignoresCase);
    this.#known.set(key, type);
    return type;
  }
}

/** Takes the check that lists an enum's labels out of `checks`. */
function describeColumn(
  column: ColumnFacts,
  facts: TableFacts,
  parsed: ParsedTable | null,
  checks: CheckSchema[],
  identity: IdentitySchema | null,
  types: DeclaredTypes,
): ColumnSchema {
  const text = parsed?.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase()) ?? null;
  const collation = text?.collation ?? null;
  let type: NeutralType = identity
    ? integerType(64)
    : types.read(column.declared, collation?.toUpperCase() === 'NOCASE');
  if (facts.strict && column.declared.toUpperCase() === 'ANY') type = { kind: 'any' };
  if (column.declared.toUpperCase() === 'ENUM_TEXT') {
    const found = checks.findIndex((check) => enumOf(check, column.name) !== null);
    if (found !== -1) type = enumOf(checks.splice(found, 1)[0]!, column.name)!;
  }
  return {
    name: column.name,
    nativeType: column.declared,
    type,
    nullable: !column.notNull && column.keyPlace === 0,
    default: column.hidden === 0 ? readDefault(column.defaultSql, type) : null,
    identity,
    generated: column.hidden === 0 ? null : (text?.generated ?? null),
    collation: collation?.toUpperCase() === 'BINARY' ? null : collation,
    comment: null,
    updatesToNow: false,
    invisible: false,
  };
}

/** The highest number that a counter has given, whatever stands for it where there is none. */
interface CounterReader {
  /** Of a table with AUTOINCREMENT. */
  recorded(table: string): unknown;
  present(table: string, column: string): unknown;
}

function counterReader(database: DatabaseSync): CounterReader {
  /** Read at once, when the first table asks: sqlite_sequence has no index, and is not there before a table needs it. */
  let all: ReadonlyMap<string, unknown> | null = null;
  const read = () =>
    new Map(
      allRows(database, 'SELECT lower(name), seq FROM sqlite_sequence').map(([name, last]) => [String(name), last]),
    );
  return {
    recorded: (table) => (all ??= read()).get(foldName(table)),
    present: (table, column) => allRows(database, `SELECT max(${quoteName(column)}) FROM ${quoteName(table)}`)[0]?.[0],
  };
}

function identityOf(counters: CounterReader, table: TableName, column: string, neverReuses: boolean): IdentitySchema {
  const found = neverReuses ? counters.recorded(table.name) : counters.present(table.name, column);
  const last = typeof found === 'bigint' ? found : 0n;
  const isFull = last === 2n ** 63n - 1n;
  return {
    kind: 'default',
    next: isFull ? null : String(last + 1n),
    increment: '1',
    neverReuses,
    sequence: null,
    drawsFromOther: false,
  };
}

function primaryKeyOf(
  columns: readonly ColumnFacts[],
  index: IndexFacts | undefined,
  parsed: ParsedTable | null,
  collationOf: CollationOf,
): KeySchema | null {
  if (columns.length === 0) return null;
  const facts = index?.parts ?? columns.map(({ name }) => ({ column: name, descending: false, collation: null }));
  const parts = facts.map((part) => indexPart(part, null, collationOf));
  return { name: parsed?.primaryKey?.name ?? null, parts, deferrable: 'no' };
}

const primaryKeyColumns = (database: DatabaseSync, table: string): string[] =>
  allRows(database, 'SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', table).map(([name]) =>
    String(name),
  );

function indexFacts(database: DatabaseSync, wanted: string): Map<string, IndexFacts[]> {
  const rows = allRows(
    database,
    `SELECT lower(l.name), i.name, i."unique", i.origin, m.sql, c.name, c."desc", c.coll
      FROM pragma_table_list l, pragma_index_list(l.name) i, pragma_index_xinfo(i.name) c
      LEFT JOIN sqlite_schema m ON m.type = 'index' AND m.name = i.name
      WHERE l.schema = 'main' AND c.key = 1 AND lower(l.name) IN (SELECT value FROM json_each(?))
      ORDER BY 1, i.seq DESC, c.seqno`,
    wanted,
  );
  const tables = new Map<string, IndexFacts[]>();
  for (const [table, name, unique, origin, sql, column, descending, collation] of rows) {
    const indexes = tables.get(String(table)) ?? [];
    tables.set(String(table), indexes);
    let index = indexes.find((each) => each.name === name);
    if (!index) {
      index = {
        name: String(name),
        unique: unique === 1n,
        origin: origin as IndexFacts['origin'],
        sql: sql === null ? null : String(sql),
        parts: [],
      };
      indexes.push(index);
    }
    index.parts.push({
      column: column === null ? null : String(column),
      descending: descending === 1n,
      collation: collation === null ? null : String(collation),
    });
  }
  return tables;
}

function byTable(rows: readonly SqliteRow[]): Map<string, SqliteRow[]> {
  const tables = new Map<string, SqliteRow[]>();
  for (const [table, ...rest] of rows) {
    const list = tables.get(String(table)) ?? [];
    tables.set(String(table), list);
    list.push(rest);
  }
  return tables;
}

const columnFacts = ([name, declared, notNull, defaultSql, keyPlace, hidden]: SqliteRow): ColumnFacts => ({
  name: String(name),
  declared: String(declared ?? ''),
  notNull: notNull === 1n,
  defaultSql: defaultSql === null ? null : String(defaultSql),
  keyPlace: Number(keyPlace),
  hidden: Number(hidden),
});

/** A statement that we cannot read costs names and checks, not the table. */
function parseOrNull(sql: string): ParsedTable | null {
  try {
    return parseCreateTable(sql);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
