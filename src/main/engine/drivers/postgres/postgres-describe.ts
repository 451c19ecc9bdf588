/** Table structure from PostgreSQL's catalogs: a fixed number of queries for any number of tables. */
import type {
  CheckSchema,
  ColumnDefault,
  ColumnSchema,
  ForeignKeyAction,
  ForeignKeySchema,
  IdentitySchema,
  PartitioningSchema,
  TableName,
  TableSchema,
} from '../../model/table-schema.ts';
import {
  columnsSql,
  constraintsSql,
  findSql,
  inheritanceSql,
  partitionsSql,
  routinesSql,
} from './postgres-catalog-sql.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { columnDefault } from './postgres-defaults.ts';
import { deferrability, groupBy, withoutParentheses } from './postgres-catalog-rows.ts';
import { readIndexes, type TableIndexes } from './postgres-index-catalog.ts';
import { quoteName } from './postgres-names.ts';
import { readSequences, type FoundSequence } from './postgres-sequences.ts';
import { TypeCatalog } from './postgres-type-catalog.ts';

export async function describeTables(
  connection: PostgresConnection,
  version: number,
  defaultSchema: string,
  wanted: readonly TableName[],
): Promise<TableSchema[]> {
  const found = await connection.rows(findSql, [
    wanted.map((table) => table.schema ?? defaultSchema),
    wanted.map((table) => table.name),
  ]);
  if (found.length === 0) return [];
  const oids = found.map((row) => row[0]!);
  const types = await TypeCatalog.load(connection);
  const columnRows = await connection.rows(columnsSql(version), [oids]);
  const sequences = await readSequences(
    connection,
    columnRows.flatMap((row) => row[12] ?? []),
  );
  const columns = groupBy(columnRows, 0);
  const indexes = await readIndexes(connection, version, oids);
  const constraints = groupBy(await connection.rows(constraintsSql(version), [oids]), 0);
  const partitions = groupBy(await connection.rows(partitionsSql, [oids]), 0);
  const inheritance = await connection.rows(inheritanceSql, [oids]);
  const parents = groupBy(inheritance, 0);
  const children = groupBy(inheritance, 1);
  const routines = groupBy(await connection.rows(routinesSql, [oids]), 0);
  const isOfColumn = (oid: string) => sequences.get(oid)?.servesColumn ?? false;
  const sharedSequences = repeated(columnRows.flatMap((row) => row[12] ?? []).filter(isOfColumn));

  return found.map((row) => {
    const oid = row[0]!;
    const facts: TableFacts = {
      columns: columns.get(oid) ?? [],
      indexes: indexes.get(oid) ?? { primaryKey: null, indexes: [], traits: [], collations: [] },
      constraints: constraints.get(oid) ?? [],
      partitions: partitions.get(oid) ?? [],
      parents: (parents.get(oid) ?? []).map((link) => link[2]!),
      hasChildren: children.has(oid),
      routines: routines.get(oid) ?? [],
      sharedSequences,
    };
    return tableSchema(row, facts, types, sequences);
  });
}

interface TableFacts {
  readonly columns: readonly TextRow[];
  readonly indexes: TableIndexes;
  readonly constraints: readonly TextRow[];
  readonly partitions: readonly TextRow[];
  readonly parents: readonly string[];
  readonly hasChildren: boolean;
  readonly routines: readonly TextRow[];
  /** Oids of sequences that number one column as its own, and others too. */
  readonly sharedSequences: ReadonlySet<string>;
}

function repeated(values: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(values.filter((value) => seen.size === seen.add(value).size));
}

function tableSchema(
  row: TextRow,
  facts: TableFacts,
  types: TypeCatalog,
  sequences: ReadonlyMap<string, FoundSequence>,
): TableSchema {
  const [oid, schema, name, kind, persistence, storage, comment, partitionKey] = row;
  const columns = facts.columns.map((column) => columnSchema(column, types, sequences, facts.sharedSequences));
  const domainChecks = facts.columns.flatMap((row) => checksOfDomain(row, types));
  const ofTypes = facts.columns.map((row) => types.prerequisites(row[2]!));
  const extensions = [
    ...facts.routines.flatMap(([, name, schema]) => (name === null ? [] : [{ name: name!, schema: schema! }])),
    ...ofTypes.flatMap((needed) => needed.extensions),
  ];
  const prerequisites = new Set([
    ...[...facts.columns.map((row) => row[9]!), ...facts.indexes.collations].flatMap((oid) =>
      types.collationStatement(oid),
    ),
    ...ofTypes.flatMap((needed) => needed.statements),
    ...facts.routines.flatMap((row) => row[3] ?? []),
  ]);
  const traits = [
    ...(persistence === 'u' ? ['unlogged'] : []),
    ...(JSON.parse(storage ?? '[]') as string[]).map((setting) => `storage:${setting}`),
    ...(kind === 'f' ? ['foreign'] : []),
    ...facts.parents.map((parent) => `inherits:${parent}`),
    ...(facts.hasChildren ? ['inheritance-parent'] : []),
    ...facts.columns.flatMap((row) => (facts.sharedSequences.has(row[12]!) ? [`shared-sequence:${row[1]}`] : [])),
    ...facts.indexes.traits,
    ...[...prerequisites].map((sql) => `needs:${sql}`),
  ];
  return {
    name: { schema: schema!, name: name! },
    kind: kind === 'p' ? 'partitioned' : kind === 'v' || kind === 'm' ? 'view' : 'table',
    columns,
    primaryKey: facts.indexes.primaryKey,
    indexes: facts.indexes.indexes,
    foreignKeys: facts.constraints.filter((row) => row[2] === 'f').map(foreignKey),
    checks: [...facts.constraints.filter((row) => row[2] === 'c').map(check), ...domainChecks],
    comment: comment!,
    partitioning: partitioningOf(partitionKey ?? null, oid!, facts.partitions),
    traits,
    extensions: [...new Map(extensions.map((need) => [need.name, need])).values()],
  };
}

/** `key` null: not partitioned. `all`: partitions of every level of the table. */
function partitioningOf(key: string | null, parent: string, all: readonly TextRow[]): PartitioningSchema | null {
  if (key === null) return null;
  const partitions = all
    .filter((row) => row[1] === parent)
    .map(([, , schema, name, bound, ownKey, oid]) => ({
      name: { schema: schema!, name: name! },
      bound: bound!,
      partitioning: partitioningOf(ownKey ?? null, oid!, all),
    }));
  return { clause: key, partitions };
}

function columnSchema(
  row: TextRow,
  types: TypeCatalog,
  sequences: ReadonlyMap<string, FoundSequence>,
  shared: ReadonlySet<string>,
): ColumnSchema {
  const [, name, type, modifier, display, notNull, expression, , generated, collation, collationName] = row;
  const resolved = types.resolve(type!, Number(modifier), display!);
  const neutral = types.neutral(type!, Number(modifier), display!, collation!);
  const numbering = identitySchema(row, sequences, shared);
  const sql = generated === '' ? (expression ?? resolved.default) : null;
  return {
    name: name!,
    nativeType: display!,
    type: neutral,
    nullable: notNull === 'f' && !resolved.notNull,
    default: sql === null || numbering ? null : withOwnSql(columnDefault(sql, neutral), sql),
    identity: numbering,
    generated: generated === '' ? null : { sql: withoutParentheses(expression!), stored: generated === 's' },
    collation: collation !== '0' && collation !== resolved.collation ? collationName! : null,
    comment: row[11]!,
    updatesToNow: false,
    invisible: false,
  };
}

const withOwnSql = (found: ColumnDefault | null, sql: string): ColumnDefault | null => found && { ...found, sql };

/** Identity columns, serial ones, and columns whose default draws from some other sequence. */
function identitySchema(
  row: TextRow,
  sequences: ReadonlyMap<string, FoundSequence>,
  shared: ReadonlySet<string>,
): IdentitySchema | null {
  const [, , , , , , expression, identity] = row;
  const found = row[12] === null ? undefined : sequences.get(row[12]!);
  if (!found || (identity === '' && !/^nextval\([^()]*\)$/.test(expression ?? ''))) return null;
  const { sequence, servesColumn } = found;
  return {
    // One sequence behind several columns becomes one for each.
    kind: identity === 'a' ? 'always' : identity === '' && !shared.has(row[12]!) ? 'serial' : 'default',
    next: sequence.next,
    increment: sequence.increment,
    neverReuses: true,
    sequence,
    drawsFromOther: !servesColumn,
  };
}

function checksOfDomain(row: TextRow, types: TypeCatalog): CheckSchema[] {
  const [, name, type, modifier, display] = row;
  const { checks } = types.resolve(type!, Number(modifier), display!);
  return checks.map((condition) => ({
    // Without a name: on PostgreSQL the domain itself keeps the condition.
    name: null,
    // The value's place is the word VALUE outside of quotes.
    sql: withoutParentheses(
      condition.sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\bVALUE\b/g, (part) =>
        part === 'VALUE' ? quoteName(name!) : part,
      ),
    ),
    enforced: true,
    validated: condition.validated,
  }));
}

const actions: Record<string, ForeignKeyAction> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

function foreignKey(row: TextRow): ForeignKeySchema {
  const [, name, , deferrable, deferred, validated, enforced, columns, schema, table, referenced] = row;
  return {
    name: name!,
    columns: JSON.parse(columns!) as string[],
    references: { schema: schema!, name: table! },
    referencedColumns: JSON.parse(referenced!) as string[],
    onDelete: actions[row[11]!]!,
    onDeleteColumns: JSON.parse(row[15] ?? '[]') as string[],
    onUpdate: actions[row[12]!]!,
    match: row[13] === 'f' ? 'full' : 'simple',
    deferrable: deferrability(deferrable!, deferred!),
    validated: validated === 't',
    enforced: enforced === 't',
  };
}

function check(row: TextRow): CheckSchema {
  return { name: row[1]!, sql: withoutParentheses(row[14]!), enforced: row[6] === 't', validated: row[5] === 't' };
}
