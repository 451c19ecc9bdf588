/** Sequences of MariaDB (from 10.3): read as the tables that they are, and the statements that make them. */
import type { SequenceSchema } from '../../model/table-schema.ts';
import type { SequenceStatements } from '../../driver/dialect.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import type { TableName } from '../../model/table-schema.ts';
import { nameOf, tokenizeSql } from '../../sql/sql-tokens.ts';
import { mysqlLexis } from './mysql-lexis.ts';
import { quoteName, quoteTable } from './mysql-names.ts';

/** The widest that a sequence can count: the last number of 64 bits at each end is kept for its own use. */
const lowest = -9223372036854775807n;
const highest = 9223372036854775806n;

/** MySQL has none. */
export async function readSequences(connection: MysqlConnection): Promise<SequenceSchema[]> {
  const names = await connection.rows(`SELECT TABLE_NAME FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE' ORDER BY 1`);
  const sequences: SequenceSchema[] = [];
  for (const [name] of names) {
    const [row] = await connection.rows(
      `SELECT start_value, increment, minimum_value, maximum_value, cache_size, cycle_option, next_not_cached_value
       FROM ${quoteName(name!)}`,
    );
    const [start, increment, minimum, maximum, cache, cycles, next] = row!;
    sequences.push({
      name: { schema: null, name: name! },
      type: 'bigint',
      start: start!,
      // 0: the server's auto_increment_increment, which is 1 unless it is one of several that replicate to each other.
      increment: increment === '0' ? '1' : increment!,
      minimum: minimum!,
      maximum: maximum!,
      // 0 and 1 are the same: nothing is set aside.
      cache: cache === '0' ? '1' : cache!,
      cycles: cycles === '1',
      next: next!,
      comment: null,
    });
  }
  return sequences;
}

const within = (number: string): bigint => {
  const value = BigInt(number);
  return value < lowest ? lowest : value > highest ? highest : value;
};

export function sequenceStatements(sequence: SequenceSchema): SequenceStatements {
  const { name, start, increment, minimum, maximum, cache, cycles, next } = sequence;
  const quoted = quoteTable(name);
  const create =
    `CREATE SEQUENCE IF NOT EXISTS ${quoted} START WITH ${within(start)} MINVALUE ${within(minimum)} MAXVALUE ${within(maximum)}` +
    ` INCREMENT BY ${increment} CACHE ${cache}${cycles ? ' CYCLE' : ' NOCYCLE'}`;
  if (next === null) return { create: [create], advance: [] };
  const number = BigInt(next);
  const isUsedUp = number > within(maximum) || number < within(minimum);
  const setting = isUsedUp ? `${number - BigInt(increment)}, 1` : `${number}, 0`;
  // One that was drawn from already never goes back.
  const sign = increment.startsWith('-') ? '>' : '<';
  const isBehind = `next_not_cached_value = start_value OR next_not_cached_value ${sign} ${next}`;
  return { create: [create], advance: [`SELECT SETVAL(${quoted}, ${setting}) FROM ${quoted} WHERE ${isBehind}`] };
}

const drawing = new Set(['NEXTVAL', 'LASTVAL', 'SETVAL']);

/** See Dialect.renameSequences. MariaDB prints `nextval(\`name\`)`; the server names other databases, whose sequences stay. */
export function renameDrawn(sql: string, rename: (name: TableName) => TableName | null): string | null {
  const tokens = tokenizeSql(sql, mysqlLexis);
  let result = '';
  let copied = 0;
  for (const [at, token] of tokens.entries()) {
    const isDrawn =
      tokens[at - 1]?.text === '(' && drawing.has(tokens[at - 2]?.value ?? '') && tokens[at + 1]?.text !== '.';
    if (!isDrawn) continue;
    const renamed = rename({ schema: null, name: nameOf(token) });
    if (renamed === null) return null;
    result += sql.slice(copied, token.start) + quoteTable(renamed);
    copied = token.end;
  }
  return result + sql.slice(copied);
}
