/** Fields of one row of row text (with or without its LF), unescaped; null = NULL. For messages and comparisons, not for the row path. */
export function decodeRow(row: Buffer): (string | null)[] {
  const text = row.toString('utf8');
  return (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\t')
    .map((field) => (field === '\\N' ? null : unescapeField(field)));
}

/** Undoes the escapes of a field that is not NULL. */
export function unescapeField(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replace(/\\([\\tnr])/g, (_, letter: string) => escapes[letter]!);
}

const escapes: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };
