/** Collations of the user's own, and the statements that make them. */
import { collationsSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { quoteText } from './postgres-names.ts';

export interface OwnCollation {
  /** As SQL. */
  readonly name: string;
  /** False: texts of different characters may be equal, such as those that differ in case. */
  readonly isDeterministic: boolean;
  readonly statement: string;
}

const providers: Record<string, string> = { i: 'icu', c: 'libc', b: 'builtin' };

/** By oid. */
export async function readCollations(connection: PostgresConnection): Promise<Map<string, OwnCollation>> {
  const collations = new Map<string, OwnCollation>();
  for (const [oid, name, deterministic, provider, locale, collate, ctype, rules] of await connection.rows(
    collationsSql,
  )) {
    const isDeterministic = deterministic === 't';
    const settings = { locale, lc_collate: collate, lc_ctype: ctype, rules };
    const given = Object.entries(settings).flatMap(([word, value]) => (value ? [`${word} = ${quoteText(value)}`] : []));
    const all = [`provider = ${providers[provider!]}`, ...given, ...(isDeterministic ? [] : ['deterministic = false'])];
    collations.set(oid!, { name: name!, isDeterministic, statement: `CREATE COLLATION ${name!} (${all.join(', ')})` });
  }
  return collations;
}
