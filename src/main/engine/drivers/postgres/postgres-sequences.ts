/** Sequences: read from the catalogs, and the statements that make them. */
import type { SequenceStatements } from '../../driver/dialect.ts';
import type { SequenceSchema, TableName } from '../../model/table-schema.ts';
import { sequencesSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { createSchema } from './postgres-ddl.ts';
import { nameOf, tokenizeSql } from '../../sql/sql-tokens.ts';
import { postgresLexis } from './postgres-lexis.ts';
import { quoteTable, quoteText } from './postgres-names.ts';
import { sequenceSettings } from './postgres-sequence-settings.ts';

/** Sequences read in one statement: each takes a place in the server's lock table until it ends. */
const batch = 500;

export interface FoundSequence {
  readonly sequence: SequenceSchema;
  /** True: it numbers one column. */
  readonly servesColumn: boolean;
}

/**
 * By oid. A sequence's own row is read, since pg_sequences does not tell a number set but not yet drawn. `oids` null: all that are
 * objects of their own.
 */
export async function readSequences(
  connection: PostgresConnection,
  oids: readonly string[] | null,
): Promise<Map<string, FoundSequence>> {
  const found = new Map<string, FoundSequence>();
  if (oids?.length === 0) return found;
  const readable: string[] = [];
  for (const row of await connection.rows(sequencesSql, [oids])) {
    const [oid, schema, name, type, start, increment, minimum, maximum, cache, cycles, comment, allowed, serves] = row;
    const sequence: SequenceSchema = {
      name: { schema: schema!, name: name! },
      // The server has sequences of these types only.
      type: type as SequenceSchema['type'],
      start: start!,
      increment: increment!,
      minimum: minimum!,
      maximum: maximum!,
      cache: cache!,
      cycles: cycles === 't',
      next: null,
      comment: comment!,
    };
    found.set(oid!, { sequence, servesColumn: serves === 't' });
    if (allowed === 't') readable.push(oid!);
  }
  for (let at = 0; at < readable.length; at += batch) {
    const parts = readable.slice(at, at + batch).map((oid) => {
      const from = quoteTable(found.get(oid)!.sequence.name);
      return `SELECT ${quoteText(oid)}, last_value, is_called FROM ${from}`;
    });
    for (const [oid, last, called] of await connection.rows(parts.join(' UNION ALL '))) {
      const { sequence, servesColumn } = found.get(oid!)!;
      const next = BigInt(last!) + (called === 't' ? BigInt(sequence.increment) : 0n);
      found.set(oid!, { sequence: { ...sequence, next: String(next) }, servesColumn });
    }
  }
  return found;
}

export function sequenceStatements(sequence: SequenceSchema): SequenceStatements {
  const { name, type, comment, next, increment } = sequence;
  const quoted = quoteTable(name);
  const schema = name.schema === null || name.schema === 'public' ? [] : [createSchema(name.schema)];
  const create = `CREATE SEQUENCE IF NOT EXISTS ${quoted}${type === 'bigint' ? '' : ` AS ${type}`}${sequenceSettings(sequence)}`;
  const note = comment === null ? [] : [`COMMENT ON SEQUENCE ${quoted} IS ${quoteText(comment)}`];
  if (next === null) return { create: [...schema, create, ...note], advance: [] };
  // One that was drawn from already never goes back.
  const isBehind = increment.startsWith('-') ? `last_value > ${next}` : `last_value < ${next}`;
  const advance = `SELECT setval(${quoteText(quoted)}, ${setting(sequence, next)}) FROM ${quoted} WHERE NOT is_called OR ${isBehind}`;
  return { create: [...schema, create, ...note], advance: [advance] };
}

/** Arguments of setval: a sequence holds the last number drawn where the next would be beyond its end. */
export function setting(
  { increment, minimum, maximum }: Pick<SequenceSchema, 'increment' | 'minimum' | 'maximum'>,
  next: string,
): string {
  const number = BigInt(next);
  const isUsedUp = number > BigInt(maximum) || number < BigInt(minimum);
  return isUsedUp ? `${number - BigInt(increment)}, true` : `${number}, false`;
}

/**
 * See Dialect.renameSequences. The server prints `nextval('schema.name'::regclass)`; `nextval(('name'::text)::regclass)` looks the
 * name up each time.
 */
export function renameDrawn(sql: string, rename: (name: TableName) => TableName | null): string | null {
  const tokens = tokenizeSql(sql, postgresLexis);
  let result = '';
  let copied = 0;
  for (const [at, token] of tokens.entries()) {
    const after = tokens.slice(at + 1, at + 6).map(({ text }) => text);
    const cast = after.join(' ');
    if (token.kind !== 'string' || !/^:: (text \) :: )?regclass\b/.test(cast)) continue;
    const parts = tokenizeSql(token.value, postgresLexis).filter(({ text }) => text !== '.');
    const name = { schema: parts.length > 1 ? nameOf(parts[0]!) : null, name: nameOf(parts.at(-1)!) };
    const renamed = rename(name);
    if (renamed === null) return null;
    if (renamed.schema === name.schema && renamed.name === name.name) continue;
    result += sql.slice(copied, token.start) + quoteText(quoteTable(renamed));
    copied = token.end;
  }
  return result + sql.slice(copied);
}
