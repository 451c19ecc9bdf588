/** Every table of PostgreSQL has these columns, so no other may have their names. */
import { claimName } from '../../driver/names.ts';
import type { IndexPart, TableSchema } from '../../model/table-schema.ts';
import type { TableFindings } from './postgres-adapt-column.ts';
import { nameLimits } from './postgres-names.ts';

const systemColumns = ['tableoid', 'ctid', 'xmin', 'cmin', 'xmax', 'cmax'];

export function renameSystemColumns(table: TableSchema, findings: TableFindings): TableSchema {
  const affected = table.columns.filter((column) => systemColumns.includes(column.name));
  if (affected.length === 0) return table;
  const taken = new Set([...systemColumns, ...table.columns.map((column) => column.name)]);
  const names = new Map<string, string>();
  for (const { name } of affected) {
    const renamed = claimName(name, nameLimits, taken);
    names.set(name, renamed);
    findings.add('warning', 'name_changed', `is called "${renamed}" here, where every table has a "${name}".`, name);
  }
  const rename = (name: string) => names.get(name) ?? name;
  const renameParts = (parts: readonly IndexPart[]) =>
    parts.map((part) => ({ ...part, column: part.column === null ? null : rename(part.column) }));
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: rename(column.name) })),
    primaryKey: table.primaryKey && { ...table.primaryKey, parts: renameParts(table.primaryKey.parts) },
    indexes: table.indexes.map((index) => ({ ...index, parts: renameParts(index.parts) })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(rename) })),
  };
}
