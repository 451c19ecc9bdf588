/** A catalog's tables as the API answers them. */
import type { Structure, TableStructure } from '../../shared/model/structure.ts';
import { tableLabel } from '../engine/copy/select-tables.ts';
import type { TableListing } from '../engine/driver/catalog.ts';
import type { Dialect } from '../engine/driver/dialect.ts';
import type { Session } from '../engine/driver/driver.ts';
import type { ColumnDefault, IndexPart, KeySchema, TableSchema } from '../engine/model/table-schema.ts';

export async function describeStructure(session: Session, dialect: Dialect): Promise<Structure> {
  const { catalog } = session;
  const [listings, views] = await Promise.all([catalog.tables(), catalog.views()]);
  const schemas = await catalog.describe(listings.map(({ name }) => name));
  const byName = new Map(listings.map((listing) => [nameKey(listing), listing]));
  const label = (name: TableSchema['name']) => tableLabel(name, catalog.defaultSchema);
  return {
    tables: schemas.map((schema) => describeTable(schema, byName.get(nameKey(schema)), label, dialect)),
    views: views.map(({ name, definition }) => ({ name: label(name), definition })),
  };
}

const nameKey = ({ name }: { readonly name: TableSchema['name'] }) => JSON.stringify([name.schema, name.name]);

function describeTable(
  schema: TableSchema,
  listing: TableListing | undefined,
  label: (name: TableSchema['name']) => string,
  dialect: Dialect,
): TableStructure {
  return {
    name: label(schema.name),
    columns: schema.columns.map((column) => ({
      name: column.name,
      type: column.nativeType,
      nullable: column.nullable,
      default: column.default && defaultText(column.default, dialect),
      identity: column.identity !== null,
      generated: column.generated?.sql ?? null,
      collation: column.collation,
      comment: column.comment,
    })),
    primaryKey: schema.primaryKey && keyOf(schema.primaryKey),
    foreignKeys: schema.foreignKeys.map((key) => ({
      name: key.name,
      columns: [...key.columns],
      table: label(key.references),
      references: [...key.referencedColumns],
      onDelete: key.onDelete,
      onUpdate: key.onUpdate,
    })),
    indexes: schema.indexes.map(({ name, unique, parts, method, where }) => ({
      name,
      unique,
      parts: parts.map(partText),
      method,
      where,
    })),
    checks: schema.checks.map(({ name, sql }) => ({ name, sql })),
    ddl: statementsOf(schema, dialect)
      .map((sql) => `${sql.replace(/;\s*$/, '')};`)
      .join('\n'),
    comment: schema.comment,
    estimatedRows: listing?.estimatedRows ?? null,
    estimatedBytes: listing?.estimatedBytes ?? null,
  };
}

const statementsOf = (schema: TableSchema, dialect: Dialect): string[] => [
  ...dialect.createTable(schema),
  ...dialect.lateStatements(schema).map(({ sql }) => sql),
  ...schema.foreignKeys
    .flatMap((key) => dialect.foreignKeyStatements(schema, key, key.validated))
    .map(({ sql }) => sql),
];

const keyOf = ({ name, parts }: KeySchema) => ({ name, columns: parts.map(partText) });

const partText = ({ column, expression }: IndexPart): string => column ?? expression ?? '';

function defaultText(value: ColumnDefault, dialect: Dialect): string {
  switch (value.kind) {
    case 'value':
      return dialect.quoteText(value.text);
    case 'now':
      return value.fraction > 0 ? `CURRENT_TIMESTAMP(${value.fraction})` : 'CURRENT_TIMESTAMP';
    case 'current-date':
      return 'CURRENT_DATE';
    case 'current-time':
      return 'CURRENT_TIME';
    case 'uuid':
      return 'uuid()';
    case 'expression':
      return value.sql;
  }
}
