/** Names and literals of MySQL and MariaDB. */
import type { TableName } from '../../model/table-schema.ts';

export const identifierLimit = { unit: 'characters', length: 64 } as const;

/** Names are stored in three-byte UTF-8 and end with no blank. */
export const legalName = (name: string): string =>
  name.replace(/[\u{10000}-\u{10ffff}]/gu, '_').replace(/[ ]+$/, '') || '_';

export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** The connection's database holds every table, so that a schema is never written. */
export const quoteTable = (table: TableName): string => quoteName(table.name);

/**
 * A string literal that reads the same with and without NO_BACKSLASH_ESCAPES: text with a backslash or a control
 * character is written in hex.
 */
export function quoteText(text: string): string {
  if (/[\\\x00-\x1f]/.test(text)) return `_utf8mb4 0x${Buffer.from(text).toString('hex')}`;
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A quoted literal where the grammar takes nothing else (COMMENT, ENUM labels); right in our sessions, whose sql_mode
 * leaves backslash escapes on.
 */
export const quoteWord = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** Tables of our own bookkeeping, which no catalog shows. */
export const isOwnTable = (name: string): boolean => name.startsWith('_sluice_');
