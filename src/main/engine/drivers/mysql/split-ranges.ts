/** Cuts a table into ranges of its leading key column. */
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { NeutralKind } from '../../model/neutral-type.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { quoteName, quoteTable, quoteText } from './mysql-names.ts';
import { keyLiteral, keyPrinted } from './select-rows.ts';

/** Below this number of rows the key's index is walked, which finds even ranges whatever the keys are. */
const walkRows = 4_000_000;
/** Above it, keys of which at least this share exists are cut by arithmetic: a range is then at most twice too large. */
const denseShare = 0.5;

interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Types whose order is that of `<` and `>=` with a literal: enums and sets compare as texts there, and are kept by number. */
const orderedKinds = new Set<NeutralKind>([
  ...(['integer', 'decimal', 'float', 'text', 'bytes', 'uuid', 'date', 'time', 'timestamp', 'timestamptz'] as const),
]);

/** Ranges that cover every possible key, in order; [null] for queries and tables without a key that has an order of its own. */
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
  return column && orderedKinds.has(column.type.kind) ? column : null;
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

/**
 * Every `rowsEach`-th key in the order of the index; rows whose keys the server takes for equal stay together. All comparing is the
 * server's, by the column's own collation: what is equal or greater cannot be told here.
 */
async function walkedBounds(
  connection: MysqlConnection,
  plan: TablePlan,
  column: ColumnSchema,
  rowsEach: number,
): Promise<string[]> {
  const name = quoteName(column.name);
  const table = quoteTable(plan.source.table);
  /** The key of a row, and whether it is greater than `than`. */
  const next = async (condition: string, than: string, offset: number) => {
    const [row] = await connection.rows(
      `SELECT ${keyPrinted(column)}, ${name} > ${than} FROM ${table}${condition} ORDER BY ${name} LIMIT 1 OFFSET ${offset}`,
    );
    return row ? { bound: row[0]!, isGreater: row[1] === '1' } : null;
  };
  /** A literal may be another value than the key that it was printed from, where its character set says less than ours. */
  const isKeyAbove = async (literal: string, before: string) =>
    (await connection.rows(`SELECT 1 FROM ${table} WHERE ${name} = ${literal} AND ${name} > ${before} LIMIT 1`))
      .length > 0;
  const [first] = await connection.rows(`SELECT ${keyPrinted(column)} FROM ${table} ORDER BY ${name} LIMIT 1`);
  if (!first) return [];
  const bounds: string[] = [];
  // The first key begins the first range, which is unbounded: only bounds after it count.
  let from = keyLiteral(first[0]!, column);
  for (;;) {
    let found = await next(` WHERE ${name} >= ${from}`, from, rowsEach);
    if (found && !found.isGreater) found = await next(` WHERE ${name} > ${from}`, from, 0);
    if (!found) return bounds;
    const literal = keyLiteral(found.bound, column);
    // Ranges of bounds that do not rise would have rows twice: the rest is one range.
    if (!(await isKeyAbove(literal, from))) return bounds;
    bounds.push(found.bound);
    from = literal;
  }
}
