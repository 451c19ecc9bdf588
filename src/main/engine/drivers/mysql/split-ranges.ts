/** Cuts a table into ranges of its leading key column. */
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { quoteName, quoteTable, quoteText } from './mysql-names.ts';
import { keyLiteral } from './select-rows.ts';

/** Below this number of rows the key's index is walked, which finds even ranges whatever the keys are. */
const walkRows = 4_000_000;
/** Above it, keys of which at least this share exists are cut by arithmetic: a range is then at most twice too large. */
const denseShare = 0.5;

interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Ranges that cover every possible key, in order; [null] for queries, tables without a key and keys of text. */
export async function splitRanges(
  connection: MysqlConnection,
  plan: TablePlan,
  limits: Limits,
): Promise<(KeyRange | null)[]> {
  const column = leadingKey(plan);
  if (column === null) return [null];
  const size = await tableSize(connection, plan);
  const rowsEach = Math.max(1, Math.floor(Math.min(limits.maxRows, limits.maxBytes / Math.max(size.rowBytes, 1))));
  // The estimate may be far off: a table that seems small is walked all the same, which stops at once if it is.
  const bounds =
    column.type.kind === 'integer' && size.rows > walkRows
      ? await arithmeticBounds(connection, plan, column, size.rows, rowsEach)
      : null;
  return rangesBetween(column.name, bounds ?? (await walkedBounds(connection, plan, column, rowsEach)));
}

/** Bounds a < b < c => ranges ..a, a..b, b..c, c.. */
export function rangesBetween(column: string, bounds: readonly string[]): (KeyRange | null)[] {
  if (bounds.length === 0) return [null];
  return [null, ...bounds].map((from, index) => ({ kind: 'key', column, from, to: bounds[index] ?? null }));
}

function leadingKey(plan: TablePlan): ColumnSchema | null {
  const part = plan.source.query === null ? plan.source.schema.primaryKey?.parts[0] : undefined;
  if (!part || part.column === null || part.prefix !== null) return null;
  const column = plan.source.schema.columns.find(({ name }) => name === part.column);
  const ordered = ['integer', 'date', 'timestamp', 'timestamptz', 'bytes', 'uuid'];
  return column && ordered.includes(column.type.kind) ? column : null;
}

async function tableSize(connection: MysqlConnection, plan: TablePlan): Promise<{ rows: number; rowBytes: number }> {
  const [row] = await connection.rows(
    `SELECT TABLE_ROWS, AVG_ROW_LENGTH FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quoteText(plan.source.table.name)} LIMIT 1`,
  );
  return { rows: Number(row?.[0] ?? 0), rowBytes: Number(row?.[1] ?? 0) };
}

/** null where the keys are too sparse for it. */
async function arithmeticBounds(
  connection: MysqlConnection,
  plan: TablePlan,
  column: ColumnSchema,
  rows: number,
  rowsEach: number,
): Promise<string[] | null> {
  const name = quoteName(column.name);
  const [[least, most] = []] = await connection.rows(
    `SELECT MIN(${name}), MAX(${name}) FROM ${quoteTable(plan.source.table)}`,
  );
  if (!least || !most) return [];
  const span = BigInt(most) - BigInt(least) + 1n;
  if (rows / Number(span) < denseShare) return null;
  return evenBounds(BigInt(least), BigInt(most), Math.ceil(rows / rowsEach));
}

/** Bounds that cut `least`..`most` into `parts` even ranges: at most `parts - 1`, all above `least`. */
export function evenBounds(least: bigint, most: bigint, parts: number): string[] {
  const span = most - least + 1n;
  const bounds = new Set<bigint>();
  for (let part = 1; part < parts; part++) {
    const bound = least + (span * BigInt(part)) / BigInt(parts);
    if (bound > least) bounds.add(bound);
  }
  return [...bounds].map(String);
}

/** Every `rowsEach`-th key in the order of the index; rows that share a key stay together. */
async function walkedBounds(
  connection: MysqlConnection,
  plan: TablePlan,
  column: ColumnSchema,
  rowsEach: number,
): Promise<string[]> {
  const name = quoteName(column.name);
  const printed = column.type.kind === 'bytes' ? `CONCAT('\\\\x', LOWER(HEX(${name})))` : name;
  const next = async (condition: string, offset: number): Promise<string | null> => {
    const [row] = await connection.rows(
      `SELECT ${printed} FROM ${quoteTable(plan.source.table)}${condition} ORDER BY ${name} LIMIT 1 OFFSET ${offset}`,
    );
    return row?.[0] ?? null;
  };
  const bounds: string[] = [];
  // The first key begins the first range, which is unbounded: only bounds after it count.
  let from = await next('', 0);
  while (from !== null) {
    const literal = keyLiteral(from, column);
    let bound: string | null = await next(` WHERE ${name} >= ${literal}`, rowsEach);
    if (bound === from) bound = await next(` WHERE ${name} > ${literal}`, 0);
    if (bound !== null) bounds.push(bound);
    from = bound;
  }
  return bounds;
}
