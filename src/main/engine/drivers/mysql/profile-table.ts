/** Looks at a table's rows to settle types and to count values that another database cannot hold: one scan. */
import type { Hazard, Profile, ProfileRequest } from '../../driver/catalog.ts';
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
  const columnOf = (name: string) => table.columns.find((column) => column.name === name);
  const doubts = request.settle.flatMap((name) => {
    const column = columnOf(name);
    const doubt = column && doubtOf(column);
    return doubt ? [{ name, type: doubt.ifProven, counter: exceptions(column, doubt.question) }] : [];
  });
  const hazards = request.hazards.map(({ column, hazard }) => hazardCondition(column, hazard));
  const counters = [...doubts.map(({ counter }) => counter), ...hazards].map((condition) => `SUM(${condition})`);
  if (counters.length === 0) return { types: new Map(), hazardCounts: [] };
  const [row = []] = await connection.rows(`SELECT ${counters.join(', ')} FROM ${quoteTable(table.name)}`);
  const types = new Map<string, NeutralType>();
  doubts.forEach(({ name, type }, index) => {
    // NULL: no rows, or NULLs only, contradict nothing.
    if (Number(row[index] ?? 0) === 0) types.set(name, type);
  });
  return { types, hazardCounts: hazards.map((_, index) => Number(row[doubts.length + index] ?? 0)) };
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
