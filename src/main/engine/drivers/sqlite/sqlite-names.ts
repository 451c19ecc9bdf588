/** Identifiers and literals in SQL text. */

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A literal for any text; NUL, where SQLite's parser would stop, only fits into a blob literal. */
export function quoteText(text: string): string {
  if (text.includes('\0')) return `CAST(x'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Tables of SQLite itself and of Sluice, which no copy carries. */
export const isInternalName = (name: string): boolean => /^(sqlite_|_sluice_)/i.test(name);
