/** What only the text of a CREATE INDEX statement tells: its expressions and its condition. */
import { TokenCursor } from '../../sql/token-cursor.ts';
import { sqliteLexis } from './sqlite-lexis.ts';

export interface ParsedIndex {
  /** Source text of each part, without COLLATE and direction. */
  readonly parts: readonly string[];
  readonly where: string | null;
}

/** `CREATE INDEX i ON t (lower(a) DESC, b) WHERE c > 1` => parts `lower(a)`, `b`; where `c > 1`. */
export function parseCreateIndex(sql: string): ParsedIndex {
  const cursor = new TokenCursor(sql, sqliteLexis);
  while (!cursor.sees('(')) cursor.next();
  cursor.expect('(');
  const parts: string[] = [];
  do {
    parts.push(
      cursor.textUntil(({ kind, value }) => (kind === 'symbol' ? /^[,)]$/ : /^(COLLATE|ASC|DESC)$/).test(value)),
    );
    cursor.textUntil(({ text }) => text === ',' || text === ')');
  } while (cursor.take(','));
  cursor.expect(')');
  return { parts, where: cursor.take('WHERE') ? cursor.textUntil(({ text }) => text === ';') : null };
}
