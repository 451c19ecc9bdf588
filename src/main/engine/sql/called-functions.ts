/** Which functions an expression calls, by the tokens alone. Pure. */
import type { SqlLexis } from './sql-lexis.ts';
import { nameOf, tokenizeSql } from './sql-tokens.ts';

/** The first of `functions` that `sql` calls without naming a schema; null: none of them. */
export function calledFunction(sql: string, lexis: SqlLexis, functions: ReadonlySet<string>): string | null {
  if (functions.size === 0) return null;
  const tokens = tokenizeSql(sql, lexis);
  const call = tokens.find(
    (token, at) =>
      (token.kind === 'word' || token.kind === 'name') &&
      tokens[at + 1]?.text === '(' &&
      tokens[at - 1]?.text !== '.' &&
      functions.has(token.kind === 'word' ? token.text.toLowerCase() : token.value),
  );
  return call === undefined ? null : nameOf(call).toLowerCase();
}
