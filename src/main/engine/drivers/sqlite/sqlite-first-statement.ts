import { tokenizeSql } from '../../sql/sql-tokens.ts';
import { sqliteLexis } from './sqlite-lexis.ts';

/** The first statement of `sql` without its semicolon, and whether another one follows. */
export function firstStatement(sql: string): { text: string; isAlone: boolean } {
  const tokens = tokenizeSql(sql, sqliteLexis);
  const semicolon = tokens.findIndex((token) => token.text === ';');
  if (semicolon === -1) return { text: sql, isAlone: true };
  const rest = tokens.slice(semicolon);
  return { text: sql.slice(0, tokens[semicolon]!.start), isAlone: rest.every((token) => token.text === ';') };
}
