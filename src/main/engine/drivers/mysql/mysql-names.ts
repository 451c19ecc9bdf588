/** Names and literals of MySQL and MariaDB. */
import type { NameLimits } from '../../driver/names.ts';
import type { TableName } from '../../model/table-schema.ts';

const longestName = 64;
/** Of a table's file without its ending; measured with MySQL 9.7 and MariaDB 10.11 on ext4. */
const longestFileName = 251;

/** Names are stored in three-byte UTF-8 and end with no blank. */
export const legalName = (name: string): string =>
  name.replace(/[\u{10000}-\u{10ffff}]/gu, '_').replace(/[ ]+$/, '') || '_';

/** Columns, indexes and constraints: `Name` and `name` collide. */
export const nameLimits: NameLimits = {
  fits: (name) => [...name].length <= longestName,
  foldsCase: true,
  legal: legalName,
};

/** Tables are files: on the usual file systems `Orders` and `orders` are two, and some names of 51 characters are too long. */
export const tableLimits: NameLimits = {
  fits: (name) => nameLimits.fits(name) && fileNameLength(name) <= longestFileName,
  foldsCase: false,
  legal: legalName,
};

/**
 * Length of the file name that the server makes of a table name: `@` and two to four characters for one that is not a letter
 * or digit of ASCII. The two-character codes of the usual alphabets (no rarer ones) as MariaDB's CONVERT(... USING filename)
 * has them; https://dev.mysql.com/doc/refman/9.0/en/identifier-mapping.html.
 */
function fileNameLength(name: string): number {
  const plain = name.replace(/[^\w]/g, '').length;
  const letters = name.replace(
    /[^\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u012f\u0388-\u03ce\u0400-\u0481\u1e00-\u1e95\u1ea0-\u1ef9]/g,
    '',
  );
  return plain + 3 * letters.length + 5 * (name.length - plain - letters.length);
}

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
