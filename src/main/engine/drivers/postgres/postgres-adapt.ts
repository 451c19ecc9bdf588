/** A source's table as PostgreSQL would have it. What is changed or left out is a finding. */
import type { AdaptContext, AdaptedTable } from '../../driver/dialect.ts';
import { claimName } from '../../driver/names.ts';
import type {
  CheckSchema,
  ColumnSchema,
  IndexPart,
  IndexSchema,
  KeySchema,
  PartitioningSchema,
  TableSchema,
} from '../../model/table-schema.ts';
import { keepColumn, TableFindings, translateColumn } from './postgres-adapt-column.ts';
import { renameSystemColumns } from './postgres-system-columns.ts';
import { nameLimits, quoteName, quoteTable } from './postgres-names.ts';

export function adaptTable(source: TableSchema, context: AdaptContext): AdaptedTable {
  const findings = new TableFindings(context.label);
  const table = renameSystemColumns(source, findings);
  const isOwn = context.sourceFamily === 'postgres';
  const takenTypes = new Set([table.name.name]);
  const columns = table.columns.map((column) =>
    isOwn ? keepColumn(column, context, findings) : translateColumn(column, table, context, findings, takenTypes),
  );
  const targets = new Map(table.columns.map(({ name }, place) => [name, columns[place]!.column]));
  if (isOwn) reportTraits(table, findings);
  const taken = new Set([table.name.name]);
  const setChecks = columns.flatMap(({ check }) =>
    check === null ? [] : [{ name: null, sql: check, enforced: true, validated: true }],
  );
  const checks = translateChecks(table, context, findings);
  const takenChecks = new Set<string>();
  const schema: TableSchema = {
    ...table,
    kind: isOwn && table.kind === 'partitioned' ? 'partitioned' : 'table',
    columns: columns.map(({ column }) => column),
    primaryKey: adaptPrimaryKey(table, taken),
    indexes: table.indexes.flatMap((index) => adaptIndex(index, table, targets, context, findings, taken) ?? []),
    checks: [...checks, ...setChecks].map((check) => ({
      ...check,
      name: claimName(check.name ?? `${table.name.name}_check`, nameLimits, takenChecks),
    })),
    partitioning: isOwn ? keepPartitioning(table, context) : null,
    traits: isOwn ? table.traits : [],
  };
  return { schema, wires: columns.map(({ wire }) => wire), findings: findings.all };
}

function reportTraits(table: TableSchema, findings: TableFindings): void {
  for (const trait of table.traits) {
    const [name, value = ''] = trait.split(/:(.*)/s);
    if (name === 'shared-sequence') {
      findings.add(
        'info',
        'sequence_shared',
        'draws its numbers from a sequence that others use too: here it has its own.',
        value,
      );
    } else if (name === 'inherits') {
      findings.add('info', 'inheritance_dropped', `inherits from ${value} and becomes a table of its own.`);
    }
  }
}

function adaptPrimaryKey(table: TableSchema, taken: Set<string>): KeySchema | null {
  const key = table.primaryKey;
  if (!key) return null;
  return {
    name: claimName(key.name ?? `${table.name.name}_pkey`, nameLimits, taken),
    deferrable: key.deferrable,
    // The index of a constraint is in plain order.
    parts: key.parts.map((part) => plainPart(part)),
  };
}

const plainPart = (part: IndexPart): IndexPart => ({
  ...part,
  prefix: null,
  descending: false,
  nulls: null,
  operatorClass: null,
  collation: null,
});

function translateChecks(table: TableSchema, context: AdaptContext, findings: TableFindings): CheckSchema[] {
  const isOwn = context.sourceFamily === 'postgres';
  // Checks of a domain have no name and stay with the domain.
  const checks = isOwn ? table.checks.filter(({ name }) => name !== null) : table.checks;
  return checks.flatMap((check) => {
    const sql = context.translate(check.sql, 'condition');
    if (sql !== null) return [{ ...check, sql }];
    const message = `has a check${check.name === null ? '' : ` ${check.name}`} that has no certain equal here: it is left out.`;
    findings.add('warning', 'check_dropped', message, undefined, `CHECK (${check.sql})`);
    return [];
  });
}

function adaptIndex(
  index: IndexSchema,
  table: TableSchema,
  targets: ReadonlyMap<string, ColumnSchema>,
  context: AdaptContext,
  findings: TableFindings,
  taken: Set<string>,
): IndexSchema | null {
  const drop = (why: string) => {
    const severity = index.unique ? 'warning' : 'info';
    findings.add(
      severity,
      'index_dropped',
      `has an index ${index.name} that is left out: ${why}.`,
      undefined,
      index.definition,
    );
    return null;
  };
  if (context.sourceFamily === 'postgres') {
    const kept = keepIndex(index, context);
    return kept
      ? { ...kept, name: claimName(index.name, nameLimits, taken) }
      : drop('it is over a column that is not copied, or calls a function that the target does not have');
  }
  if (index.method === 'fulltext') return drop('PostgreSQL searches text with tsvector and GIN, by other queries');
  if (index.method === 'spatial') return drop('it needs PostGIS and a GiST index');
  const incomparable = index.parts.find(({ column }) => column !== null && targets.get(column)?.nativeType === 'json');
  if (incomparable) return drop(`values of type json, which ${incomparable.column} becomes, are not compared`);
  const parts = index.parts.map((part) => translatePart(part, index, table, context, findings));
  if (parts.includes(null)) return drop('it is over an expression that has no certain equal');
  const where = index.where === null ? null : context.translate(index.where, 'condition');
  if (index.where !== null && where === null) return drop('its condition has no certain equal');
  if (!index.visible) {
    findings.add('info', 'index_visible', `has an invisible index ${index.name}, which is visible here.`);
  }
  if (index.unique) reportCase(index, table, findings);
  const hasExpression = parts.some((part) => part !== null && part.expression !== null);
  const isConstraint = index.constraint && !hasExpression && where === null;
  return {
    ...index,
    name: claimName(index.name, nameLimits, taken),
    constraint: isConstraint,
    parts: parts.map((part) => (isConstraint ? plainPart(part!) : part!)),
    include: [],
    method: 'btree',
    where,
    visible: true,
    definition: null,
    settings: [],
  };
}

/** A key of texts that ignore case takes more rows here. */
function reportCase(index: IndexSchema, table: TableSchema, findings: TableFindings): void {
  const folded = (part: IndexPart) => {
    const type = table.columns.find(({ name }) => name === part.column)?.type;
    return type?.kind === 'text' && type.ignoresCase;
  };
  if (!index.parts.some(folded)) return;
  const subjects = index.parts.map((part) => {
    const subject = part.column === null ? `(${part.expression})` : quoteName(part.column);
    return folded(part) ? `lower(${subject})` : subject;
  });
  const message = `has a unique key ${index.name} that ignores case on the source: here it takes texts that differ in it.`;
  const sql = `CREATE UNIQUE INDEX ON ${quoteTable(table.name)} (${subjects.join(', ')})`;
  findings.add('warning', 'unique_ignored_case', message, undefined, sql);
}

/** The same index over the target's names of columns; null where one of them is not there. */
function keepIndex(index: IndexSchema, { translate }: AdaptContext): IndexSchema | null {
  const renamed = (sql: string | null, use: 'condition' | 'value') => (sql === null ? null : translate(sql, use));
  const parts = index.parts.map((part) => ({ ...part, expression: renamed(part.expression, 'value') }));
  const where = renamed(index.where, 'condition');
  const definition = renamed(index.definition, 'value');
  const isWhole = parts.every(({ column, expression }) => column !== null || expression !== null);
  return isWhole && (where === null) === (index.where === null) && (definition !== null || index.definition === null)
    ? { ...index, parts, where, definition }
    : null;
}

function translatePart(
  part: IndexPart,
  index: IndexSchema,
  table: TableSchema,
  { translate }: AdaptContext,
  findings: TableFindings,
): IndexPart | null {
  const adapted = { ...part, prefix: null, nulls: null, operatorClass: null, collation: null };
  if (part.column !== null) {
    if (part.prefix === null) return adapted;
    const isBytes = table.columns.find((column) => column.name === part.column)?.type.kind === 'bytes';
    const name = quoteName(part.column);
    const expression = isBytes ? `substring(${name} from 1 for ${part.prefix})` : `left(${name}, ${part.prefix})`;
    const message = `is indexed by ${index.name} over its first ${part.prefix} ${isBytes ? 'bytes' : 'characters'}: queries use the index when they ask for ${expression}.`;
    findings.add('info', 'prefix_index', message, part.column);
    return { ...adapted, column: null, expression };
  }
  const expression = translate(part.expression ?? '', 'value');
  return expression === null ? null : { ...adapted, expression };
}

/** Partitions go where their table goes. */
function keepPartitioning({ name, partitioning }: TableSchema, { translate }: AdaptContext): PartitioningSchema | null {
  const moved = (each: PartitioningSchema | null): PartitioningSchema | null => {
    const clause = each && translate(each.clause, 'value');
    if (!each || clause === null) return null;
    const partitions = each.partitions.map((part) => ({
      ...part,
      name: { schema: name.schema, name: part.name.name },
      partitioning: moved(part.partitioning),
    }));
    return { clause, partitions };
  };
  return moved(partitioning);
}
