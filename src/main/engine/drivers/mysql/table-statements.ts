/** DDL of tables whose names and types are this database's. Pure; golden tests. */
import type { LateStatement } from '../../driver/dialect.ts';
import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexPart,
  IndexSchema,
  TableName,
  TableSchema,
} from '../../model/table-schema.ts';
import { defaultClause, fractionOf } from './adapt-defaults.ts';
import { countsItself } from './counts-itself.ts';
import { charsetOf, exactCollation } from './mysql-collations.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { quoteName, quoteTable, quoteWord } from './mysql-names.ts';

/** How many keys that break a constraint are listed. */
const mostOffenders = 100;

export function createTable(table: TableSchema, kind: MysqlKind): string[] {
  const counterIndex = counterIndexOf(table, kind);
  const lines = [
    ...table.columns.map((column) => columnDefinition(column, kind)),
    ...(table.primaryKey ? [`PRIMARY KEY (${partList(table.primaryKey.parts, kind)})`] : []),
    ...(counterIndex ? [indexDefinition(counterIndex, kind)] : []),
    // Checked row by row while loading: added later, MySQL would copy the whole table for each.
    ...table.checks.map((check) => checkDefinition(check, kind)),
  ];
  const collation = traitOf(table, 'collation') ?? exactCollation;
  const rowFormat = traitOf(table, 'row-format');
  const counter = counterOf(table, kind);
  const comment = table.comment === null ? '' : ` COMMENT=${quoteWord(table.comment)}`;
  return [
    `CREATE TABLE ${quoteTable(table.name)} (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB` +
      ` DEFAULT CHARSET=${charsetOf(collation)} COLLATE=${collation}` +
      (counter === null ? '' : ` AUTO_INCREMENT=${counter}`) +
      (rowFormat ? ` ROW_FORMAT=${rowFormat}` : '') +
      comment +
      partitionClause(table),
  ];
}

const traitOf = (table: TableSchema, name: string): string | null =>
  table.traits.find((trait) => trait.startsWith(`${name}:`))?.slice(name.length + 1) ?? null;

function columnDefinition(column: ColumnSchema, kind: MysqlKind): string {
  const { collation, generated } = column;
  const charset = collation === null ? '' : ` CHARACTER SET ${charsetOf(collation)} COLLATE ${collation}`;
  // MariaDB's grammar knows no NULL or NOT NULL after a generated column.
  const nullability = generated && kind === 'mariadb' ? '' : column.nullable ? ' NULL' : ' NOT NULL';
  const fraction = fractionOf(column.nativeType);
  return (
    `${quoteName(column.name)} ${column.nativeType}${charset}` +
    (generated ? ` GENERATED ALWAYS AS (${generated.sql}) ${generated.stored ? 'STORED' : 'VIRTUAL'}` : '') +
    nullability +
    (generated ? '' : defaultClause(column, kind) + drawingClause(column, kind)) +
    (column.updatesToNow ? ` ON UPDATE CURRENT_TIMESTAMP${fraction > 0 ? `(${fraction})` : ''}` : '') +
    (countsItself(column, kind) ? ' AUTO_INCREMENT' : '') +
    (column.invisible ? (kind === 'mysql' ? ' /*!80023 INVISIBLE */' : ' INVISIBLE') : '') +
    srsClause(column, kind) +
    (column.comment === null ? '' : ` COMMENT ${quoteWord(column.comment)}`)
  );
}

function drawingClause(column: ColumnSchema, kind: MysqlKind): string {
  const sequence = countsItself(column, kind) ? null : column.identity?.sequence;
  return sequence ? ` DEFAULT nextval(${quoteTable(sequence.name)})` : '';
}

function srsClause({ type }: ColumnSchema, kind: MysqlKind): string {
  return kind === 'mysql' && type.kind === 'geometry' && type.srid !== null ? ` /*!80003 SRID ${type.srid} */` : '';
}

function checkDefinition(check: CheckSchema, kind: MysqlKind): string {
  const name = check.name === null ? '' : `CONSTRAINT ${quoteName(check.name)} `;
  return `${name}CHECK (${check.sql})${check.enforced || kind === 'mariadb' ? '' : ' /*!80016 NOT ENFORCED */'}`;
}

function partitionClause({ partitioning }: TableSchema): string {
  if (partitioning === null) return '';
  const partitions = partitioning.partitions.map(({ name, bound }) =>
    `PARTITION ${quoteName(name.name)} ${bound}`.trimEnd(),
  );
  return `\nPARTITION BY ${partitioning.clause}\n(${partitions.join(',\n ')})`;
}

/** The index that AUTO_INCREMENT needs where the primary key does not begin with its column. */
export function counterIndexOf(table: TableSchema, kind: MysqlKind): IndexSchema | null {
  const column = table.columns.find((each) => countsItself(each, kind));
  if (!column || table.primaryKey?.parts[0]?.column === column.name) return null;
  return table.indexes.find((index) => index.parts[0]?.column === column.name) ?? null;
}

const partList = (parts: readonly IndexPart[], kind: MysqlKind): string =>
  parts.map((part) => partSql(part, kind)).join(', ');

function partSql(part: IndexPart, kind: MysqlKind): string {
  const key = part.column === null ? `(${part.expression})` : quoteName(part.column);
  const prefix = part.prefix === null ? '' : `(${part.prefix})`;
  const order = !part.descending ? '' : kind === 'mariadb' ? ' /*M!100800 DESC */' : ' DESC';
  return key + prefix + order;
}

function indexDefinition(index: IndexSchema, kind: MysqlKind): string {
  const word =
    index.method === 'fulltext' ? 'FULLTEXT ' : index.method === 'spatial' ? 'SPATIAL ' : index.unique ? 'UNIQUE ' : '';
  const hidden = index.visible ? '' : kind === 'mysql' ? ' /*!80000 INVISIBLE */' : ' /*M!100600 IGNORED */';
  const comment = index.comment === null ? '' : ` COMMENT ${quoteWord(index.comment)}`;
  return `${word}INDEX ${quoteName(index.name)} (${partList(index.parts, kind)})${comment}${hidden}`;
}

/** How every late statement of ours begins. */
const alter = (table: TableName): string => `ALTER TABLE ${quoteTable(table)} `;

/** One statement for several that alter the same table. */
export const joinAlters = (sqls: readonly string[], table: TableName): string =>
  alter(table) + sqls.map((sql) => sql.slice(alter(table).length)).join(', ');

export function lateStatements(table: TableSchema, kind: MysqlKind): LateStatement[] {
  const counterIndex = counterIndexOf(table, kind);
  return table.indexes
    .filter((index) => index !== counterIndex)
    .map((index) => ({
      kind: index.unique ? 'unique' : 'index',
      name: index.name,
      sql: `${alter(table.name)}ADD ${indexDefinition(index, kind)}`,
      offendersSql: index.unique ? duplicatesSql(table.name, index) : null,
    }));
}

function duplicatesSql(table: TableName, index: IndexSchema): string {
  const keys = index.parts.map(({ column, expression, prefix }) => {
    const key = column === null ? `(${expression})` : quoteName(column);
    return prefix === null ? key : `LEFT(${key}, ${prefix})`;
  });
  const present = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  return (
    `SELECT ${keys.join(', ')}, COUNT(*) FROM ${quoteTable(table)} WHERE ${present}` +
    ` GROUP BY ${keys.join(', ')} HAVING COUNT(*) > 1 LIMIT ${mostOffenders}`
  );
}

export function foreignKeyStatements(table: TableSchema, key: ForeignKeySchema, validate: boolean): LateStatement[] {
  // InnoDB has no key that ignores present rows: adding one with foreign_key_checks=0 hides those that break it.
  if (!validate) return [];
  const name = key.name ?? `${table.name.name}_${key.columns.join('_')}_fk`.slice(0, 64);
  const list = (columns: readonly string[]) => columns.map(quoteName).join(', ');
  const actions =
    (key.onDelete === 'no action' ? '' : ` ON DELETE ${key.onDelete.toUpperCase()}`) +
    (key.onUpdate === 'no action' ? '' : ` ON UPDATE ${key.onUpdate.toUpperCase()}`);
  return [
    {
      kind: 'foreign key',
      name,
      sql:
        `${alter(table.name)}ADD CONSTRAINT ${quoteName(name)} FOREIGN KEY (${list(key.columns)})` +
        ` REFERENCES ${quoteTable(key.references)} (${list(key.referencedColumns)})${actions}`,
      offendersSql: orphansSql(table.name, key),
      // With foreign_key_checks=1 InnoDB adds a key by ALGORITHM=COPY. Columns and indexes that do not fit are refused either way.
      looksFirst: true,
    },
  ];
}

function orphansSql(table: TableName, key: ForeignKeySchema): string {
  const of = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${quoteName(column)}`);
  const child = of('child', key.columns);
  const parent = of('parent', key.referencedColumns);
  const joined = child.map((column, index) => `${parent[index]!} = ${column}`).join(' AND ');
  const present = child.map((column) => `${column} IS NOT NULL`).join(' AND ');
  return (
    `SELECT DISTINCT ${child.join(', ')} FROM ${quoteTable(table)} AS child WHERE ${present} AND NOT EXISTS` +
    ` (SELECT 1 FROM ${quoteTable(key.references)} AS parent WHERE ${joined}) LIMIT ${mostOffenders}`
  );
}

/** InnoDB raises a number that is not above the largest present one; numbers below 1 it does not have. */
function counterOf(table: TableSchema, kind: MysqlKind): string | null {
  const next = table.columns.find((column) => countsItself(column, kind))?.identity?.next ?? null;
  return next === null || BigInt(next) < 1n ? null : next;
}

export function counterStatements(table: TableSchema, kind: MysqlKind): string[] {
  const next = counterOf(table, kind);
  return next === null ? [] : [`ALTER TABLE ${quoteTable(table.name)} AUTO_INCREMENT = ${next}`];
}
