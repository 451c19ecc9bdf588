/** Where sequences stand. */
import { sequencesSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { Sequence } from './postgres-catalog-rows.ts';
import { quoteTable, quoteText } from './postgres-names.ts';

/** Sequences read in one statement: each takes a place in the server's lock table until it ends. */
const batch = 500;

/** By oid. A sequence's own row is read, since pg_sequences does not tell a number set but not yet drawn. */
export async function readSequences(
  connection: PostgresConnection,
  oids: readonly string[],
): Promise<Map<string, Sequence>> {
  const sequences = new Map<string, Sequence>();
  if (oids.length === 0) return sequences;
  const readable: { oid: string; increment: bigint; sql: string }[] = [];
  for (const [oid, schema, name, increment, allowed] of await connection.rows(sequencesSql, [oids])) {
    sequences.set(oid!, { increment: increment!, next: null });
    const from = quoteTable({ schema: schema!, name: name! });
    if (allowed === 't')
      readable.push({
        oid: oid!,
        increment: BigInt(increment!),
        sql: `SELECT ${quoteText(oid!)}, last_value, is_called FROM ${from}`,
      });
  }
  for (let at = 0; at < readable.length; at += batch) {
    const part = readable.slice(at, at + batch);
    const rows = await connection.rows(part.map((sequence) => sequence.sql).join(' UNION ALL '));
    const increments = new Map(part.map((sequence) => [sequence.oid, sequence.increment]));
    for (const [oid, last, called] of rows) {
      const increment = increments.get(oid!)!;
      const next = BigInt(last!) + (called === 't' ? increment : 0n);
      sequences.set(oid!, { increment: String(increment), next: String(next) });
    }
  }
  return sequences;
}
