/** A table of any database as MySQL or MariaDB would have it. Pure. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { AdaptContext, AdaptedTable } from '../../driver/dialect.ts';
import type { ColumnSchema, TableSchema } from '../../model/table-schema.ts';
import { adaptColumn } from './adapt-columns.ts';
import { countsItself } from './counts-itself.ts';
import { adaptChecks, adaptForeignKeys, adaptIndexes, fitKeyColumns, fitRow } from './adapt-keys.ts';
import { collationFor, exactCollation } from './mysql-collations.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { quoteName, quoteTable } from './mysql-names.ts';
import { usesSharedFunctions } from './shared-functions.ts';

/** The longest comment that a table may have, characters. */
const longestComment = 2048;

export function adaptTable(table: TableSchema, kind: MysqlKind, given: AdaptContext): AdaptedTable {
  const context = given.sourceFamily === 'mysql' && !given.sameKind ? withSharedFunctions(given) : given;
  const findings: Finding[] = [];
  const report = (severity: Finding['severity'], code: string, message: string, statement?: string) =>
    findings.push({ severity, code, table: context.label, message, ...(statement === undefined ? {} : { statement }) });
  const isFamily = context.sourceFamily === 'mysql';
  const sourceCollation = isFamily ? traitOf(table, 'collation') : null;
  const collation = sourceCollation === null ? exactCollation : collationFor(sourceCollation, kind);
  if (sourceCollation !== null && collation !== sourceCollation) {
    report(
      'warning',
      'collation_changed',
      `Table "${context.label}" has collation ${collation}, since ${sourceCollation} does not exist there.`,
    );
  }
  const adapted = table.columns.map((column) => adaptColumn(column, collation, kind, context));
  findings.push(...adapted.flatMap((column) => column.findings));
  let columns = oneCounter(
    adapted.map(({ column }) => column),
    kind,
    context,
    findings,
  );
  if (!isFamily) {
    columns = fitKeyColumns({ ...table, columns }, context, report);
    columns = fitRow(columns, table, context, report);
  }
  if (table.comment !== null && table.comment.length > longestComment) {
    const message = `The comment of table "${context.label}" is cut after ${longestComment} characters.`;
    report('warning', 'comment_cut', message, table.comment);
  }
  if (table.primaryKey && table.primaryKey.deferrable !== 'no') {
    const message = `The primary key of "${context.label}" is checked at once, not at the end of the transaction.`;
    report('info', 'index_changed', message);
  }
  for (const { name, type } of isFamily && kind === 'mariadb' && !context.sameKind ? table.columns : []) {
    if (type.kind !== 'geometry' || type.srid === null) continue;
    const message = `Column "${name}" of "${context.label}" takes shapes of any SRID: MariaDB does not limit a column to ${type.srid}.`;
    const sql = `ALTER TABLE ${quoteTable(table.name)} ADD CHECK (ST_SRID(${quoteName(name)}) = ${type.srid})`;
    report('warning', 'srid_not_enforced', message, sql);
  }
  const engine = traitOf(table, 'engine');
  if (isFamily && engine !== null && engine !== 'InnoDB') {
    report(
      'info',
      'engine_changed',
      `Table "${context.label}" has engine InnoDB instead of ${engine}, which has no transactions.`,
    );
  }
  const schema: TableSchema = {
    ...table,
    kind: table.kind === 'view' ? 'table' : table.kind,
    columns,
    indexes: withCounterIndex(columns, kind, table, adaptIndexes(table, columns, kind, context, report)),
    foreignKeys: adaptForeignKeys({ ...table, columns }, context, report),
    checks: adaptChecks(table, context, report),
    comment: table.comment === null ? null : table.comment.slice(0, longestComment),
    partitioning: isFamily ? keepPartitioning(table, context) : null,
    traits: [
      `collation:${collation}`,
      ...(isFamily ? table.traits.filter((trait) => trait.startsWith('row-format:')) : []),
    ],
  };
  return { schema, wires: adapted.map(({ wire }) => wire), findings };
}

/** What the other kind does not know would make CREATE TABLE fail. */
const withSharedFunctions = (context: AdaptContext): AdaptContext => ({
  ...context,
  translate: (sql, use, without) => (usesSharedFunctions(sql) ? context.translate(sql, use, without) : null),
});

function keepPartitioning({ partitioning }: TableSchema, { translate }: AdaptContext): TableSchema['partitioning'] {
  // Partitions by SYSTEM_TIME go with the versions of rows, which are not copied.
  const clause = partitioning && !/^SYSTEM_TIME/.test(partitioning.clause) && translate(partitioning.clause, 'value');
  return partitioning && clause ? { ...partitioning, clause } : null;
}

const traitOf = (table: TableSchema, name: string): string | null =>
  table.traits.find((trait) => trait.startsWith(`${name}:`))?.slice(name.length + 1) ?? null;

/** A table has one AUTO_INCREMENT column at most; the first keeps it. */
function oneCounter(
  columns: readonly ColumnSchema[],
  kind: MysqlKind,
  context: AdaptContext,
  findings: Finding[],
): ColumnSchema[] {
  let seen = false;
  return columns.map((column) => {
    if (!countsItself(column, kind)) return column;
    if (!seen) {
      seen = true;
      return column;
    }
    findings.push({
      severity: 'warning',
      code: 'identity_dropped',
      table: context.label,
      column: column.name,
      message: `Column "${column.name}" of "${context.label}" does not number itself: a table has one AUTO_INCREMENT column at most.`,
    });
    return { ...column, identity: null };
  });
}

/** AUTO_INCREMENT needs an index that begins with its column: a plain one is added where there is none. */
function withCounterIndex(
  columns: readonly ColumnSchema[],
  kind: MysqlKind,
  table: TableSchema,
  indexes: readonly TableSchema['indexes'][number][],
): TableSchema['indexes'] {
  const counter = columns.find((column) => countsItself(column, kind));
  const leads = (parts: TableSchema['indexes'][number]['parts']) => parts[0]?.column === counter?.name;
  if (!counter || leads(table.primaryKey?.parts ?? []) || indexes.some(({ parts }) => leads(parts))) return indexes;
  const part = { expression: null, prefix: null, descending: false, nulls: null, operatorClass: null, collation: null };
  const added: TableSchema['indexes'][number] = {
    name: `${counter.name}_counter`.slice(0, 64),
    unique: false,
    constraint: false,
    parts: [{ ...part, column: counter.name }],
    include: [],
    method: 'btree',
    where: null,
    nullsNotDistinct: false,
    deferrable: 'no',
    visible: true,
    comment: null,
    definition: null,
    settings: [],
  };
  return [...indexes, added];
}
