/** A source's table as PostgreSQL would have it. What is changed or left out is a finding. */
import type { AdaptContext, AdaptedTable } from '../../driver/dialect.ts';
import { claimName } from '../../driver/names.ts';
import type { CheckSchema, IndexPart, IndexSchema, KeySchema, TableSchema } from '../../model/table-schema.ts';
import { keepColumn, TableFindings, translateColumn } from './postgres-adapt-column.ts';
import { translateCondition, translateValue } from './postgres-expressions.ts';
import { renameSystemColumns } from './postgres-system-columns.ts';
import { nameLimits, quoteName } from './postgres-names.ts';

export function adaptTable(source: TableSchema, context: AdaptContext): AdaptedTable {
  const findings = new TableFindings(context.label);
  const table = renameSystemColumns(source, findings);
  const isOwn = context.sourceFamily === 'postgres';
  const takenTypes = new Set([table.name.name]);
  const columns = table.columns.map((column) =>
    isOwn ? keepColumn(column, findings) : translateColumn(column, table, context, findings, takenTypes),
  );
  if (isOwn) reportTraits(table, findings);
  const taken = new Set([table.name.name]);
  const setChecks = columns.flatMap(({ check }) =>
    check === null ? [] : [{ name: null, sql: check, enforced: true }],
  );
  const checks = isOwn ? keepChecks(table, findings) : translateChecks(table, context, findings);
  const takenChecks = new Set<string>();
  const schema: TableSchema = {
    ...table,
    kind: isOwn && table.kind === 'partitioned' ? 'partitioned' : 'table',
    columns: columns.map(({ column }) => column),
    primaryKey: adaptPrimaryKey(table, taken),
    indexes: table.indexes.flatMap((index) => adaptIndex(index, table, context, findings, taken) ?? []),
    checks: [...checks, ...setChecks].map((check) => ({
      ...check,
      name: claimName(check.name ?? `${table.name.name}_check`, nameLimits, takenChecks),
    })),
    partitioning: isOwn ? keepPartitioning(table, findings) : null,
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
    } else if (name === 'needs' && value.startsWith('CREATE EXTENSION')) {
      const message = 'uses an extension, which is created where the target does not have it.';
      findings.add('info', 'extension_needed', message, undefined, value);
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

/** Checks of a domain have no name and stay with the domain. */
function keepChecks(table: TableSchema, findings: TableFindings): CheckSchema[] {
  return table.checks.filter((check) => {
    if (!check.enforced) {
      const message = `has a check ${check.name} that is not enforced, which only PostgreSQL 18 has: it is left out.`;
      findings.add('info', 'check_dropped', message, undefined, `CHECK (${check.sql}) NOT ENFORCED`);
    }
    return check.enforced && check.name !== null;
  });
}

function translateChecks(table: TableSchema, context: AdaptContext, findings: TableFindings): CheckSchema[] {
  const family = context.sourceFamily;
  if (family === 'postgres') return [];
  return table.checks.flatMap((check) => {
    const sql = check.enforced ? translateCondition(check.sql, family, table.columns) : null;
    if (sql !== null) return [{ ...check, sql }];
    const why = check.enforced ? 'has no certain equal here' : 'is not enforced on the source';
    const message = `has a check${check.name === null ? '' : ` ${check.name}`} that ${why}: it is left out.`;
    findings.add('warning', 'check_dropped', message, undefined, check.sql);
    return [];
  });
}

function adaptIndex(
  index: IndexSchema,
  table: TableSchema,
  context: AdaptContext,
  findings: TableFindings,
  taken: Set<string>,
): IndexSchema | null {
  if (context.sourceFamily === 'postgres') return { ...index, name: claimName(index.name, nameLimits, taken) };
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
  if (index.method === 'fulltext') return drop('PostgreSQL searches text with tsvector and GIN, by other queries');
  if (index.method === 'spatial') return drop('it needs PostGIS and a GiST index');
  const parts = index.parts.map((part) => translatePart(part, index, table, context, findings));
  if (parts.includes(null)) return drop('it is over an expression that has no certain equal');
  const where = index.where === null ? null : translateCondition(index.where, context.sourceFamily, table.columns);
  if (index.where !== null && where === null) return drop('its condition has no certain equal');
  if (!index.visible) {
    findings.add('info', 'index_visible', `has an invisible index ${index.name}, which is visible here.`);
  }
  // Index names are unique in a schema here, in a table there.
  const name =
    context.sourceFamily === 'mysql' && !index.name.startsWith(`${table.name.name}_`)
      ? `${table.name.name}_${index.name}`
      : index.name;
  const hasExpression = parts.some((part) => part !== null && part.expression !== null);
  const isConstraint = index.constraint && !hasExpression && where === null;
  return {
    ...index,
    name: claimName(name, nameLimits, taken),
    constraint: isConstraint,
    parts: parts.map((part) => (isConstraint ? plainPart(part!) : part!)),
    include: [],
    method: 'btree',
    where,
    visible: true,
    definition: null,
  };
}

function translatePart(
  part: IndexPart,
  index: IndexSchema,
  table: TableSchema,
  { sourceFamily }: AdaptContext,
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
  if (sourceFamily === 'postgres') return part;
  const expression = translateValue(part.expression ?? '', sourceFamily, table.columns);
  return expression === null ? null : { ...adapted, expression };
}

/** Partitions go where their table goes. */
function keepPartitioning(table: TableSchema, findings: TableFindings): TableSchema['partitioning'] {
  if (!table.partitioning) return null;
  if (table.traits.includes('sub-partitions')) {
    findings.add(
      'info',
      'sub_partitions',
      'has partitions that are partitioned themselves: each becomes one partition.',
    );
  }
  return {
    ...table.partitioning,
    partitions: table.partitioning.partitions.map(({ name, bound }) => ({
      name: { schema: table.name.schema, name: name.name },
      bound,
    })),
  };
}
