/** Identifiers and literals in SQL text. */
import type { NameLimits } from '../../driver/names.ts';
import type { TableSchema } from '../../model/table-schema.ts';

export const columnLimits: NameLimits = { fits: () => true, foldsCase: true };

/** Names of tables and indexes that begin as those of SQLite's own are refused. */
export const tableLimits: NameLimits = { ...columnLimits, legal: (name) => name.replace(/^sqlite_/i, '_$&') };

/** `sqlite_autoindex_...` stands for a constraint without a name, and stays that. */
export const indexLimits: NameLimits = {
  ...columnLimits,
  legal: (name) => name.replace(/^sqlite_(?!autoindex_)/i, '_$&'),
};

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A literal for any text; NUL, where SQLite's parser would stop, only fits into a blob literal. */
export function quoteText(text: string): string {
  if (text.includes('\0')) return `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Tables of SQLite itself and of Sluice, which no copy carries. */
export const isInternalName = (name: string): boolean => /^(sqlite_|_sluice_)/i.test(name);

/** What lower() makes of a name: SQLite's names ignore the case of A to Z only. */
export const foldName = (name: string): string => name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The column that is another name of the rowid; null where there is none. */
export const rowidKey = ({ columns }: Pick<TableSchema, 'columns'>): string | null =>
  columns.find(({ identity }) => identity !== null)?.name ?? null;
