/** The statements that make a table, from its adapted schema. */
import type { LateStatement } from '../../driver/dialect.ts';
import type {
  ColumnSchema,
  ForeignKeySchema,
  IndexPart,
  IndexSchema,
  KeySchema,
  TableSchema,
} from '../../model/table-schema.ts';
import { writeDefault } from './sqlite-defaults.ts';
import { enumCheck } from './sqlite-enum.ts';
import { quoteName, quoteText } from './sqlite-names.ts';

export function createTable(table: TableSchema): string[] {
  const alias = rowidAlias(table);
  const lines = [
    ...table.columns.map((column) => columnLine(column, column === alias)),
    ...(table.primaryKey && !alias ? [keyLine(table.primaryKey)] : []),
    ...table.indexes.filter((index) => index.constraint).map(uniqueLine),
    ...table.columns.flatMap((column) => (column.type.kind === 'enum' ? [enumCheck(column.name, column.type)] : [])),
    ...table.checks.map((check) => `${constraint(check.name)}CHECK (${check.sql})`),
    ...table.foreignKeys.map(foreignKeyLine),
  ];
  const options = [
    ...(table.traits.includes('without-rowid') ? ['WITHOUT ROWID'] : []),
    ...(table.traits.includes('strict') ? ['STRICT'] : []),
  ];
  const name = quoteName(table.name.name);
  return [`CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)${options.length > 0 ? ` ${options.join(', ')}` : ''}`];
}

const collate = (collation: string | null) => (collation === null ? [] : [`COLLATE ${quoteName(collation)}`]);

/** The column that is the rowid under a name of its own. */
export function rowidAlias(table: TableSchema): ColumnSchema | undefined {
  return table.columns.find((column) => column.identity !== null && column.nativeType.toUpperCase() === 'INTEGER');
}

function columnLine(column: ColumnSchema, isAlias: boolean): string {
  const words = [quoteName(column.name), column.nativeType];
  if (isAlias) words.push(`PRIMARY KEY${column.identity?.neverReuses ? ' AUTOINCREMENT' : ''}`);
  if (!column.nullable && !isAlias) words.push('NOT NULL');
  if (column.default) words.push(`DEFAULT ${writeDefault(column.default, column.type)}`);
  words.push(...collate(column.collation));
  if (column.generated) {
    words.push(`GENERATED ALWAYS AS (${column.generated.sql}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`);
  }
  return words.filter((word) => word !== '').join(' ');
}

const constraint = (name: string | null) => (name === null ? '' : `CONSTRAINT ${quoteName(name)} `);

const keyLine = (key: KeySchema) => `${constraint(key.name)}PRIMARY KEY (${key.parts.map(partText).join(', ')})`;

/** `sqlite_autoindex_...` is SQLite's name for a constraint that has none. */
const uniqueLine = (index: IndexSchema) =>
  `${constraint(/^sqlite_/i.test(index.name) ? null : index.name)}UNIQUE (${index.parts.map(partText).join(', ')})`;

function partText(part: IndexPart): string {
  const text = part.column === null ? part.expression! : quoteName(part.column);
  return [text, ...collate(part.collation), ...(part.descending ? ['DESC'] : [])].join(' ');
}

function foreignKeyLine(key: ForeignKeySchema): string {
  const names = (columns: readonly string[]) => columns.map(quoteName).join(', ');
  const referenced = key.referencedColumns.length > 0 ? ` (${names(key.referencedColumns)})` : '';
  return [
    `${constraint(key.name)}FOREIGN KEY (${names(key.columns)}) REFERENCES ${quoteName(key.references.name)}${referenced}`,
    ...(key.onDelete === 'no action' ? [] : [`ON DELETE ${key.onDelete.toUpperCase()}`]),
    ...(key.onUpdate === 'no action' ? [] : [`ON UPDATE ${key.onUpdate.toUpperCase()}`]),
    ...(key.deferrable === 'no'
      ? []
      : [`DEFERRABLE INITIALLY ${key.deferrable === 'deferred' ? 'DEFERRED' : 'IMMEDIATE'}`]),
  ].join(' ');
}

export function lateStatements(table: TableSchema): LateStatement[] {
  return table.indexes
    .filter((index) => !index.constraint)
    .map((index) => ({
      kind: 'index',
      name: index.name,
      sql: createIndex(table, index),
      offendersSql: index.unique ? duplicatesSql(table, index) : null,
    }));
}

function createIndex(table: TableSchema, index: IndexSchema): string {
  return (
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(index.name)} ON ${quoteName(table.name.name)} ` +
    `(${index.parts.map(partText).join(', ')})${index.where === null ? '' : ` WHERE ${index.where}`}`
  );
}

/** Keys that occur twice; keys with a NULL never collide. */
function duplicatesSql(table: TableSchema, index: IndexSchema): string {
  const parts = index.parts.map((part) => (part.column === null ? `(${part.expression})` : quoteName(part.column)));
  const collated = index.parts.map((part, place) => [parts[place]!, ...collate(part.collation)].join(' '));
  const conditions = [
    ...parts.map((part) => `${part} IS NOT NULL`),
    ...(index.where === null ? [] : [`(${index.where})`]),
  ];
  return (
    `SELECT ${parts.join(', ')} FROM ${quoteName(table.name.name)} WHERE ${conditions.join(' AND ')} ` +
    `GROUP BY ${collated.join(', ')} HAVING count(*) > 1 LIMIT 100`
  );
}

/** The key is part of the table; rows came without it being enforced, so orphans are looked for: an anti-join. */
export function foreignKeyCheck(table: TableSchema, key: ForeignKeySchema): LateStatement {
  const child = key.columns.map((column) => `c.${quoteName(column)}`);
  const parent = key.referencedColumns.map((column) => `p.${quoteName(column)}`);
  const pairs = parent.map((column, place) => `${column} = ${child[place]}`);
  return {
    kind: 'foreign key',
    name: key.name ?? `${table.name.name}(${key.columns.join(', ')})`,
    sql: '',
    offendersSql:
      `SELECT DISTINCT ${child.join(', ')} FROM ${quoteName(table.name.name)} c ` +
      `WHERE ${child.map((column) => `${column} IS NOT NULL`).join(' AND ')} AND NOT EXISTS ` +
      `(SELECT 1 FROM ${quoteName(key.references.name)} p WHERE ${pairs.join(' AND ')}) LIMIT 100`,
  };
}

/** AUTOINCREMENT goes on from sqlite_sequence; a plain rowid from the highest one, which the rows bring along. */
export function counterStatements(table: TableSchema): string[] {
  const alias = rowidAlias(table);
  if (!alias?.identity?.neverReuses || alias.identity.next === null) return [];
  const name = quoteText(table.name.name);
  const last = BigInt(alias.identity.next) - BigInt(alias.identity.increment);
  // A row that was inserted by now may be beyond the source's counter, and the table may have no entry yet.
  return [
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${name}, 0 ` +
      `WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ${name})`,
    `UPDATE sqlite_sequence SET seq = max(seq, ${last}) WHERE name = ${name}`,
  ];
}
