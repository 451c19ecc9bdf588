/** Rows of information_schema about keys as indexes, foreign keys, checks and partitions. Pure. */
import type {
  CheckSchema,
  ForeignKeyAction,
  ForeignKeySchema,
  IndexPart,
  IndexSchema,
  KeySchema,
  PartitioningSchema,
  TableName,
} from '../../model/table-schema.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { quoteName, quoteWord } from './mysql-names.ts';
import { printedExpression, withoutParentheses } from './mysql-expressions.ts';

/** One column of one index. */
export interface StatisticsRow {
  readonly name: string;
  readonly unique: boolean;
  readonly column: string | null;
  readonly descending: boolean;
  readonly prefix: string | null;
  readonly method: string;
  readonly comment: string;
  readonly visible: boolean;
  readonly expression: string | null;
}

/** `rows` of one table, in index and column order. */
export function describeIndexes(
  rows: readonly StatisticsRow[],
  kind: MysqlKind,
): { primaryKey: KeySchema | null; indexes: IndexSchema[] } {
  const byName = Map.groupBy(rows, (row) => row.name);
  const primary = byName.get('PRIMARY');
  byName.delete('PRIMARY');
  return {
    primaryKey: primary ? { name: null, parts: partsOf(primary, kind), deferrable: 'no' } : null,
    indexes: [...byName].map(([name, parts]) => ({
      name,
      unique: parts[0]!.unique,
      constraint: false,
      parts: partsOf(parts, kind),
      include: [],
      method: methods[parts[0]!.method.toLowerCase()] ?? 'other',
      where: null,
      nullsNotDistinct: false,
      deferrable: 'no',
      visible: parts[0]!.visible,
      comment: parts[0]!.comment || null,
      definition: null,
      settings: [],
    })),
  };
}

const methods: Readonly<Record<string, IndexSchema['method']>> = {
  btree: 'btree',
  hash: 'hash',
  fulltext: 'fulltext',
  spatial: 'spatial',
  rtree: 'spatial',
};

function partsOf(rows: readonly StatisticsRow[], kind: MysqlKind): IndexPart[] {
  return rows.map((row) => ({
    column: row.column,
    expression: row.column === null ? withoutParentheses(printedExpression(row.expression ?? '', kind)) : null,
    // The prefix of a spatial index (32) is the server's own affair.
    prefix: row.prefix === null || /spatial|rtree/i.test(row.method) ? null : Number(row.prefix),
    descending: row.descending,
    nulls: null,
    operatorClass: null,
    collation: null,
  }));
}

/** One column of one foreign key. */
export interface ForeignKeyRow {
  readonly name: string;
  readonly column: string;
  /** null: the table's own database. */
  readonly referencedSchema: string | null;
  readonly referencedTable: string;
  readonly referencedColumn: string;
}

export interface ForeignKeyActions {
  readonly name: string;
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** From the statement that SHOW CREATE TABLE prints: a constraint a line, its actions at the end. */
export function foreignKeyActionsIn(statement: string): ForeignKeyActions[] {
  const name = '`((?:[^`]|``)+)`';
  const action = '(RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)';
  const pattern = `^ *CONSTRAINT ${name} FOREIGN KEY .*?\\)(?: ON DELETE ${action})?(?: ON UPDATE ${action})?,?$`;
  return [...statement.matchAll(new RegExp(pattern, 'gm'))].map(([, quoted, onDelete, onUpdate]) => ({
    name: quoted!.replaceAll('``', '`'),
    onDelete: onDelete ?? 'RESTRICT',
    onUpdate: onUpdate ?? 'RESTRICT',
  }));
}

export function describeForeignKeys(
  rows: readonly ForeignKeyRow[],
  actions: readonly ForeignKeyActions[],
): ForeignKeySchema[] {
  const byName = new Map(actions.map((each) => [each.name, each]));
  return [...Map.groupBy(rows, (row) => row.name)].map(([name, parts]) => {
    const first = parts[0]!;
    // One that was made between the two questions has those of the default.
    const { onDelete, onUpdate } = byName.get(name) ?? { onDelete: 'RESTRICT', onUpdate: 'RESTRICT' };
    const references: TableName = { schema: first.referencedSchema, name: first.referencedTable };
    return {
      name,
      columns: parts.map((part) => part.column),
      references,
      referencedColumns: parts.map((part) => part.referencedColumn),
      onDelete: onDelete.toLowerCase() as ForeignKeyAction,
      onDeleteColumns: [],
      onUpdate: onUpdate.toLowerCase() as ForeignKeyAction,
      match: 'simple',
      deferrable: 'no',
      validated: true,
      enforced: true,
    };
  });
}

export interface CheckRow {
  readonly name: string;
  readonly clause: string;
  readonly enforced: boolean;
  /** MariaDB: written with a column, whose name it then has. */
  readonly ofColumn: boolean;
}

/** The column that MariaDB checks to be JSON: its way to say that the type is JSON. */
export const jsonColumnOf = ({ clause }: CheckRow): string | null =>
  /^json_valid\(`((?:[^`]|``)+)`\)$/i.exec(clause)?.[1]?.replaceAll('``', '`') ?? null;

export const describeCheck = (row: CheckRow, kind: MysqlKind): CheckSchema => ({
  name: row.ofColumn ? null : row.name,
  sql: withoutParentheses(printedExpression(row.clause, kind)),
  enforced: row.enforced,
  validated: true,
});

export interface PartitionRow {
  readonly name: string;
  readonly method: string;
  readonly expression: string | null;
  readonly description: string | null;
  readonly subMethod: string | null;
  readonly subExpression: string | null;
  readonly subName: string | null;
  /** Of the sub-partition where there is one. */
  readonly comment: string;
}

export function describePartitioning(rows: readonly PartitionRow[], kind: MysqlKind): PartitioningSchema | null {
  const [first] = rows;
  if (!first) return null;
  const byName = Map.groupBy(rows, (row) => row.name);
  const subCount = byName.get(first.name)!.length;
  const sub = first.subMethod
    ? ` SUBPARTITION BY ${first.subMethod} (${printedExpression(first.subExpression ?? '', kind)}) SUBPARTITIONS ${subCount}`
    : '';
  const printed = printedExpression(first.expression ?? '', kind);
  return {
    clause: `${first.method} (${printed})${sub}`,
    partitions: [...byName].map(([name, rows]) => {
      const { description } = rows[0]!;
      const bound = boundOf(first.method, description === null ? null : printedExpression(description, kind));
      return { name: { schema: null, name }, bound: `${bound}${detailsOf(rows)}`.trim(), partitioning: null };
    }),
  };
}

/** Names of sub-partitions, and comments. */
function detailsOf(rows: readonly PartitionRow[]): string {
  const noted = (comment: string) => (comment === '' ? '' : ` COMMENT = ${quoteWord(comment)}`);
  const parts = rows.flatMap(({ subName, comment }) =>
    subName === null ? [] : [`SUBPARTITION ${quoteName(subName)}${noted(comment)}`],
  );
  return parts.length > 0 ? ` (${parts.join(', ')})` : noted(rows[0]!.comment);
}

function boundOf(method: string, description: string | null): string {
  if (description === null) return '';
  if (/^LIST/.test(method)) return description === 'DEFAULT' ? 'DEFAULT' : `VALUES IN (${description})`;
  return description === 'MAXVALUE' ? 'VALUES LESS THAN MAXVALUE' : `VALUES LESS THAN (${description})`;
}
