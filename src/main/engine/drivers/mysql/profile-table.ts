/** Looks at a table's rows to settle types and to count values that another database cannot hold: one scan. Of tables of few rows, many at a time. */
import type { Hazard, Profile, ProfileQuestion, ProfileRequest } from '../../driver/catalog.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnSchema, TableSchema } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { quoteName, quoteTable } from './mysql-names.ts';
import { doubtOf } from './mysql-doubt.ts';

export async function profileTable(
  connection: MysqlConnection,
  table: TableSchema,
  request: ProfileRequest,
): Promise<Profile> {
  const measures = measuresOf(table, request);
  if (measures.counters.length === 0) return { types: new Map(), hazardCounts: [] };
  const [row = []] = await connection.rows(`SELECT ${measures.counters.join(', ')} FROM ${quoteTable(table.name)}`);
  return profileOf(measures, row);
}

/** One query, in which each table is a value: its counts, apart by blanks. */
export async function profileTables(
  connection: MysqlConnection,
  questions: readonly ProfileQuestion[],
): Promise<Profile[]> {
  const all = questions.map(({ table, request }) => measuresOf(table, request));
  const values = questions.map(({ table }, place) => {
    const counts = all[place]!.counters.map((counter) => `IFNULL(${counter}, 0)`);
    return counts.length === 0 ? `''` : `(SELECT CONCAT_WS(' ', ${counts.join(', ')}) FROM ${quoteTable(table.name)})`;
  });
  const [row = []] = await connection.rows(`SELECT ${values.join(', ')}`);
  return all.map((measures, place) => profileOf(measures, (row[place] ?? '').split(' ')));
}

interface Measures {
  readonly doubts: readonly { readonly name: string; readonly type: NeutralType }[];
  /** Of the doubts, then of the hazards; NULL where the table has no rows. */
  readonly counters: readonly string[];
}

function measuresOf(table: TableSchema, { settle, hazards }: ProfileRequest): Measures {
  const columnOf = (name: string) => table.columns.find((column) => column.name === name);
  const doubts = settle.flatMap((name) => {
    const column = columnOf(name);
    const doubt = column && doubtOf(column);
    return doubt ? [{ name, type: doubt.ifProven, condition: exceptions(column, doubt.question) }] : [];
  });
  const conditions = [
    ...doubts.map(({ condition }) => condition),
    ...hazards.map(({ column, hazard }) => hazardCondition(column, hazard)),
  ];
  return { doubts, counters: conditions.map((condition) => `SUM(${condition})`) };
}

function profileOf({ doubts, counters }: Measures, row: readonly (string | null)[]): Profile {
  const counts = counters.map((_, place) => Number(row[place] ?? 0));
  // No rows, or NULLs only, contradict nothing.
  const types = new Map(doubts.flatMap(({ name, type }, place) => (counts[place] === 0 ? [[name, type]] : [])));
  return { types, hazardCounts: counts.slice(doubts.length) };
}

/** Rows that prove the doubt wrong. */
function exceptions({ name }: ColumnSchema, question: 'zero-or-one' | 'within-day'): string {
  const column = quoteName(name);
  return question === 'zero-or-one' ? `${column} NOT IN (0, 1)` : `${column} < '00:00:00' OR ${column} > '24:00:00'`;
}

function hazardCondition(name: string, hazard: Hazard): string {
  const column = quoteName(name);
  switch (hazard) {
    case 'zero-date':
      return `YEAR(${column}) = 0 OR MONTH(${column}) = 0 OR DAYOFMONTH(${column}) = 0`;
    case 'nul-byte':
      // Compared as bytes: in most collations NUL weighs nothing and is found everywhere.
      return `LOCATE(x'00', CAST(${column} AS BINARY)) > 0`;
    case 'infinite-date':
    case 'not-a-number':
    case 'date-range':
      // No value of MySQL is one of these.
      return '0';
  }
}
