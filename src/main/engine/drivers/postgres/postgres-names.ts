/** The one place where PostgreSQL's identifiers and literals are quoted. */
import type { NameLimits } from '../../driver/names.ts';
import type { TableName } from '../../model/table-schema.ts';

export const nameLimits: NameLimits = { fits: (name) => Buffer.byteLength(name) <= 63, foldsCase: false };

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable(table: TableName): string {
  return table.schema === null ? quoteName(table.name) : `${quoteName(table.schema)}.${quoteName(table.name)}`;
}

/** A literal that means the same whatever standard_conforming_strings is. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** How messages name a table: with its schema, except where that is the default. */
export function tableLabel(table: TableName, defaultSchema: string | null): string {
  return table.schema === null || table.schema === defaultSchema ? table.name : `${table.schema}.${table.name}`;
}
