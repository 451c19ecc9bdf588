/** What is added to a filled table, each with the query that finds the rows which stand against it. */
import type { LateStatement } from '../../driver/dialect.ts';
import type { CheckSchema, ForeignKeySchema, IndexPart, IndexSchema, TableSchema } from '../../model/table-schema.ts';
import { quoteName, quoteTable, quoteText } from './postgres-names.ts';

export function lateTableStatements(table: TableSchema): LateStatement[] {
  return [
    ...primaryKeyStatements(table),
    ...table.indexes.map((index) =>
      index.constraint ? constraintStatement(table, index) : indexStatement(table, index),
    ),
    ...table.checks.map((check) => checkStatement(table, check)),
    ...commentStatements(table),
  ];
}

const names = (columns: readonly string[]) => columns.map(quoteName).join(', ');
const deferral = { no: '', immediate: ' DEFERRABLE', deferred: ' DEFERRABLE INITIALLY DEFERRED' } as const;

function primaryKeyStatements(table: TableSchema): LateStatement[] {
  const key = table.primaryKey;
  if (!key) return [];
  const name = key.name ?? `${table.name.name}_pkey`;
  const listed = (trait: string) => {
    const text = table.traits.find((each) => each.startsWith(`${trait}:`));
    return text === undefined ? [] : (JSON.parse(text.slice(trait.length + 1)) as string[]);
  };
  const index = { ...key, include: listed('primary-key-include'), settings: listed('primary-key-settings') };
  const sql = keyConstraint(table, 'PRIMARY KEY', name, index, '');
  return [{ kind: 'primary key', name, sql, offendersSql: duplicates(table, key.parts, null, true) }];
}

function constraintStatement(table: TableSchema, index: IndexSchema): LateStatement {
  const { name } = index;
  if (!index.unique) {
    // An exclusion constraint: only its own words say what it excludes.
    const sql = `ALTER TABLE ${quoteTable(table.name)} ADD CONSTRAINT ${quoteName(name)} ${index.definition}`;
    return { kind: 'check', name, sql, offendersSql: null };
  }
  const nulls = index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  const sql = keyConstraint(table, 'UNIQUE', name, index, nulls);
  return { kind: 'unique', name, sql, offendersSql: duplicates(table, index.parts, null, index.nullsNotDistinct) };
}

/** The index first, then the constraint over it, in one transaction. Partitioned tables cannot take over an index. */
function keyConstraint(
  table: TableSchema,
  kind: 'PRIMARY KEY' | 'UNIQUE',
  name: string,
  { parts, include, settings, deferrable }: Pick<IndexSchema, 'parts' | 'include' | 'settings' | 'deferrable'>,
  nulls: string,
): string {
  const columns = parts.map((part) => quoteName(part.column!)).join(', ');
  const carried = include.length === 0 ? '' : ` INCLUDE (${names(include)})`;
  const target = quoteTable(table.name);
  const add = `ALTER TABLE ${target} ADD CONSTRAINT ${quoteName(name)} ${kind}`;
  if (table.partitioning)
    return `${add}${nulls} (${columns})${carried}${settingsClause(settings)}${deferral[deferrable]}`;
  return (
    `CREATE UNIQUE INDEX ${quoteName(name)} ON ${target} (${columns})${carried}${nulls}${settingsClause(settings)}; ` +
    `${add} USING INDEX ${quoteName(name)}${deferral[deferrable]}`
  );
}

/** `table`: what the index is of, a table or a materialized view. */
export function indexStatement(table: Pick<TableSchema, 'name'>, index: IndexSchema): LateStatement {
  const parts = index.parts.map((part) => printPart(part)).join(', ');
  const method = index.method === 'btree' ? '' : ` USING ${indexMethod(index)}`;
  const include = index.include.length === 0 ? '' : ` INCLUDE (${names(index.include)})`;
  const nulls = index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  const where = index.where === null ? '' : ` WHERE ${index.where}`;
  return {
    kind: index.unique ? 'unique' : 'index',
    name: index.name,
    sql:
      `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(index.name)} ON ${quoteTable(table.name)}${method} ` +
      `(${parts})${include}${nulls}${settingsClause(index.settings)}${where}`,
    offendersSql: index.unique ? duplicates(table, index.parts, index.where, index.nullsNotDistinct) : null,
  };
}

/** `fillfactor=70` as WITH takes it. */
export const settingsClause = (settings: readonly string[]) =>
  settings.length === 0 ? '' : ` WITH (${settings.join(', ')})`;

/** Access methods of extensions are named in the definition only. */
function indexMethod(index: IndexSchema): string {
  if (index.method !== 'other') return index.method;
  return /\sUSING\s+("(?:[^"]|"")+"|\S+)\s/.exec(index.definition ?? '')?.[1] ?? 'btree';
}

function printPart(part: IndexPart): string {
  const subject = part.column === null ? `(${part.expression})` : quoteName(part.column);
  const collation = part.collation === null ? '' : ` COLLATE ${part.collation}`;
  const operators = part.operatorClass === null ? '' : ` ${part.operatorClass}`;
  const nulls = part.nulls === null ? '' : ` NULLS ${part.nulls.toUpperCase()}`;
  return `${subject}${collation}${operators}${part.descending ? ' DESC' : ''}${nulls}`;
}

const mostOffenders = 100;

function duplicates(
  table: Pick<TableSchema, 'name'>,
  parts: readonly IndexPart[],
  where: string | null,
  nullsCount: boolean,
): string {
  const subjects = parts.map((part) => (part.column === null ? `(${part.expression})` : quoteName(part.column)));
  const conditions = [
    ...(nullsCount ? [] : subjects.map((subject) => `${subject} IS NOT NULL`)),
    ...(where === null ? [] : [`(${where})`]),
  ];
  return (
    `SELECT ${subjects.join(', ')} FROM ${quoteTable(table.name)}` +
    (conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`) +
    ` GROUP BY ${subjects.map((_, position) => position + 1).join(', ')} HAVING count(*) > 1 LIMIT ${mostOffenders}`
  );
}

function checkStatement(table: TableSchema, check: CheckSchema): LateStatement {
  const name = check.name ?? `${table.name.name}_check`;
  const target = quoteTable(table.name);
  const key = table.primaryKey?.parts.map((part) => quoteName(part.column!)).join(', ') ?? 'ctid';
  return {
    kind: 'check',
    name,
    sql: `ALTER TABLE ${target} ADD CONSTRAINT ${quoteName(name)} CHECK (${check.sql})${check.validated ? '' : ' NOT VALID'}`,
    offendersSql: `SELECT ${key} FROM ${target} WHERE NOT (${check.sql}) LIMIT ${mostOffenders}`,
  };
}

const comment = (name: string, subject: string, text: string | null): LateStatement[] =>
  text === null
    ? []
    : [{ kind: 'comment', name, sql: `COMMENT ON ${subject} IS ${quoteText(text)}`, offendersSql: null }];

function commentStatements(table: TableSchema): LateStatement[] {
  const target = quoteTable(table.name);
  return [
    ...comment(table.name.name, `TABLE ${target}`, table.comment),
    ...table.columns.flatMap((column) =>
      comment(column.name, `COLUMN ${target}.${quoteName(column.name)}`, column.comment),
    ),
    ...indexComments(table),
  ];
}

export const indexComments = ({ name, indexes }: Pick<TableSchema, 'name' | 'indexes'>): LateStatement[] =>
  indexes.flatMap((index) => comment(index.name, `INDEX ${quoteTable({ ...name, name: index.name })}`, index.comment));

export function foreignKeyStatement(table: TableSchema, key: ForeignKeySchema, validate: boolean): LateStatement {
  const name = key.name ?? `${table.name.name}_${key.columns.join('_')}_fkey`;
  const target = quoteTable(table.name);
  const referenced = quoteTable(key.references);
  const action = (event: string, what: string) => (what === 'no action' ? '' : ` ON ${event} ${what.toUpperCase()}`);
  const only = key.onDeleteColumns.length === 0 ? '' : ` (${names(key.onDeleteColumns)})`;
  return {
    kind: 'foreign key',
    name,
    sql:
      `ALTER TABLE ${target} ADD CONSTRAINT ${quoteName(name)} FOREIGN KEY (${names(key.columns)}) ` +
      `REFERENCES ${referenced} (${names(key.referencedColumns)})${key.match === 'full' ? ' MATCH FULL' : ''}` +
      `${action('DELETE', key.onDelete)}${only}${action('UPDATE', key.onUpdate)}${deferral[key.deferrable]}` +
      (validate ? '' : ' NOT VALID'),
    offendersSql:
      `SELECT DISTINCT ${key.columns.map((column) => `c.${quoteName(column)}`).join(', ')} FROM ${target} c ` +
      `WHERE ${key.columns.map((column) => `c.${quoteName(column)} IS NOT NULL`).join(' AND ')} AND NOT EXISTS ` +
      `(SELECT FROM ${referenced} p WHERE ` +
      `${key.columns.map((column, position) => `p.${quoteName(key.referencedColumns[position]!)} = c.${quoteName(column)}`).join(' AND ')}` +
      `) LIMIT ${mostOffenders}`,
  };
}
