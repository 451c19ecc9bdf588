/** A query of the user without the semicolon that may end it. */
export function withoutSemicolon(query: string): string {
  return query.replace(/[;\s]+$/, '');
}
