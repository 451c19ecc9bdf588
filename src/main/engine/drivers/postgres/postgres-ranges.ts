/** How a large table is cut into ranges that are read apart. */
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { quoteName, quoteTable } from './postgres-names.ts';

/** Pages sampled for each range: enough that ranges come out within about a third of each other. */
const pagesPerRange = 8;
const leastPages = 256;

interface Size {
  /** null: never counted. */
  readonly rows: number | null;
  /** With TOAST. */
  readonly bytes: number;
  readonly pages: number;
}

/**
 * Ranges of the primary key's leading column where the rows lie in its order or nothing else is possible, otherwise
 * ranges of pages, which are read in physical order whatever the key. Bounds of keys come from a sample of pages, so
 * that gaps and skew do not matter; both ends are open, so that every row is in exactly one range.
 */
export async function splitRanges(
  connection: PostgresConnection,
  version: number,
  plan: TablePlan,
  limits: { readonly maxRows: number; readonly maxBytes: number },
): Promise<(KeyRange | null)[]> {
  const { source } = plan;
  if (source.query !== null || source.schema.kind === 'view') return [null];
  const size = await readSize(connection, plan);
  const count = Math.ceil(Math.max(size.bytes / limits.maxBytes, (size.rows ?? 0) / limits.maxRows));
  if (count <= 1) return [null];
  // TID range scans came with PostgreSQL 14; before, a condition on ctid reads the whole table.
  const hasPages = source.schema.kind === 'table' && version >= 140000 && size.pages >= count;
  const key = rangeKey(plan);
  if (key !== null && !(hasPages && (await isScattered(connection, plan, key)))) {
    const bounds = await sampleBounds(connection, plan, key, size, count);
    // A leading column of few values cannot be cut finely enough.
    if (!hasPages || bounds.length >= count / 2) return ranges('key', key, bounds);
  }
  if (!hasPages) return [null];
  const bounds = Array.from({ length: count - 1 }, (_, part) => String(Math.floor((size.pages * (part + 1)) / count)));
  return ranges('page', 'ctid', bounds);
}

function ranges(kind: KeyRange['kind'], column: string, bounds: readonly string[]): (KeyRange | null)[] {
  if (bounds.length === 0) return [null];
  return [null, ...bounds].map((from, position) => ({ kind, column, from, to: bounds[position] ?? null }));
}

/** The primary key's leading column, if its type orders the same for everyone. */
function rangeKey({ source }: TablePlan): string | null {
  const leading = source.schema.primaryKey?.parts[0]?.column;
  const column = source.schema.columns.find((other) => other.name === leading);
  if (!column || !['integer', 'date', 'uuid', 'bytes'].includes(column.type.kind)) return null;
  return column.name;
}

async function readSize(connection: PostgresConnection, plan: TablePlan): Promise<Size> {
  const [row] = await connection.rows(
    `SELECT CASE WHEN bool_and(c.reltuples > 0 OR pg_relation_size(c.oid) = 0) THEN sum(greatest(c.reltuples, 0)) END,
      coalesce(sum(pg_table_size(c.oid)), 0),
      coalesce(sum(pg_relation_size(c.oid)), 0)::int8 / current_setting('block_size')::int8
    FROM pg_catalog.pg_class c
    WHERE c.oid IN (SELECT t.relid FROM pg_partition_tree($1::regclass) t WHERE t.isleaf
      UNION ALL SELECT $1::regclass::oid)`,
    [quoteTable(plan.source.table)],
  );
  const [rows, bytes, pages] = row!;
  return { rows: rows === null ? null : Number(rows), bytes: Number(bytes), pages: Number(pages) };
}

/** True where rows that are neighbours by key lie far apart, so that reading by key would jump about the table. */
async function isScattered(connection: PostgresConnection, plan: TablePlan, key: string): Promise<boolean> {
  const rows = await connection.rows(
    `SELECT s.correlation FROM pg_catalog.pg_stats s
      JOIN pg_catalog.pg_class c ON c.relname = s.tablename
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
      WHERE c.oid = $1::regclass AND s.attname = $2 AND NOT s.inherited`,
    [quoteTable(plan.source.table), key],
  );
  const type = plan.source.schema.columns.find((column) => column.name === key)!.type.kind;
  // Without statistics: numbers and dates mostly grow with the table, uuids and hashes do not.
  const correlation = rows[0]?.[0] ?? null;
  if (correlation === null) return type === 'uuid' || type === 'bytes';
  return Math.abs(Number(correlation)) < 0.9;
}

/** Up to `count` - 1 keys, ascending, that cut the table into parts of about the same number of rows. */
async function sampleBounds(
  connection: PostgresConnection,
  plan: TablePlan,
  key: string,
  size: Size,
  count: number,
): Promise<string[]> {
  const share = Math.min(100, (100 * Math.max(leastPages, count * pagesPerRange)) / Math.max(size.pages, 1));
  const fractions = Array.from({ length: count - 1 }, (_, part) => (part + 1) / count);
  const only = plan.source.schema.kind === 'table' ? 'ONLY ' : '';
  const rows = await connection.rows(
    `SELECT DISTINCT bound, bound::text FROM unnest((
        SELECT percentile_disc($1::float8[]) WITHIN GROUP (ORDER BY ${quoteName(key)})
        FROM ${only}${quoteTable(plan.source.table)} TABLESAMPLE SYSTEM (${share})
      )) AS bound WHERE bound IS NOT NULL ORDER BY 1`,
    [fractions.map(String)],
  );
  return rows.map((row) => row[1]!);
}
