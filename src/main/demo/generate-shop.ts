/** Writes the sample shop: the same file for the same seed and number of rows, byte for byte in every value. */
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { Random } from './random.ts';
import { catalogueTables } from './shop-catalogue.ts';
import type { ShopSizes, ShopTable, Value } from './shop-table.ts';
import { tradeTables } from './shop-trade.ts';

/** Referenced tables before those that refer to them. */
export const shopTables: readonly ShopTable[] = [...catalogueTables, ...tradeTables];

export interface ShopRequest {
  /** A file that does not exist. */
  readonly path: string;
  /** Rows in all tables together, at least 1000. */
  readonly rows: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** After each step of some thousand rows. */
  readonly onProgress: (written: number) => void;
}

/** Rows bound to one statement: several times as fast as one by one. */
const rowsPerStatement = 16;
/** Rows between two looks at the signal. */
const rowsPerStep = 8000;

export async function generateShop(request: ShopRequest): Promise<void> {
  const sizes = shopSizes(request.rows);
  // Rows come in an order that satisfies the foreign keys; checking each of them is what costs time.
  using database = new DatabaseSync(request.path, { enableForeignKeyConstraints: false });
  // A file that is thrown away when this fails needs no protection from power cuts.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN');
  let written = 0;
  for (const [position, table] of shopTables.entries()) {
    database.exec(table.sql);
    // Each table has random numbers of its own: a change to one leaves the others as they were.
    const random = new Random(request.seed * 1000 + position);
    const size = sizes[table.name]!;
    for (let start = 0; start < size; start += rowsPerStep) {
      const end = Math.min(size, start + rowsPerStep);
      insertRows(database, table, { start, end }, random, sizes);
      written += end - start;
      request.onProgress(written);
      await setImmediate();
      request.signal.throwIfAborted();
    }
    for (const index of table.indexes) database.exec(index);
  }
  database.exec('COMMIT; PRAGMA journal_mode = DELETE');
}

/** Rows of each table: their shares, the rest being events. */
export function shopSizes(rows: number): ShopSizes {
  const sizes = shopTables.map((table) => [table.name, Math.max(table.fewest, Math.floor((table.share * rows) / 1e6))]);
  const counted: Record<string, number> = Object.fromEntries(sizes);
  const sum = Object.values(counted).reduce((total, count) => total + count, 0);
  return { ...counted, events: rows - sum };
}

function insertRows(
  database: DatabaseSync,
  table: ShopTable,
  { start, end }: { start: number; end: number },
  random: Random,
  sizes: ShopSizes,
): void {
  let values: Value[] = [];
  let held = 0;
  let statement: ReturnType<DatabaseSync['prepare']> | null = null;
  for (let index = start; index < end; index++) {
    const row = table.row(index, random, sizes);
    if (held === 0) values = row;
    else values.push(...row);
    held++;
    if (held < rowsPerStatement && index + 1 < end) continue;
    if (held === rowsPerStatement) statement ??= prepareInsert(database, table.name, row.length, held);
    const insert = held === rowsPerStatement ? statement! : prepareInsert(database, table.name, row.length, held);
    insert.run(...values);
    held = 0;
  }
}

function prepareInsert(database: DatabaseSync, table: string, columns: number, rows: number) {
  const row = `(${Array(columns).fill('?').join(', ')})`;
  return database.prepare(`INSERT INTO ${table} VALUES ${Array(rows).fill(row).join(', ')}`);
}
