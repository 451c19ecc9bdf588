/** What the readers of the catalogs share. */
import type { TextRow } from './postgres-connection.ts';

export function groupBy(rows: readonly TextRow[], position: number): Map<string, TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const group = groups.get(row[position]!);
    if (group) group.push(row);
    else groups.set(row[position]!, [row]);
  }
  return groups;
}

export function deferrability(deferrable: string | null, deferred: string | null): 'no' | 'immediate' | 'deferred' {
  if (deferrable !== 't') return 'no';
  return deferred === 't' ? 'deferred' : 'immediate';
}

/** Takes away one pair of parentheses around the whole expression. */
export function withoutParentheses(sql: string): string {
  if (!sql.startsWith('(') || !sql.endsWith(')')) return sql;
  let depth = 0;
  for (const part of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (part[0] === '(') depth++;
    else if (part[0] === ')' && --depth === 0 && part.index < sql.length - 1) return sql;
  }
  return sql.slice(1, -1);
}
