/** What one table's copy will do, decided before any row moves. Plain data: it goes to ledgers, dry runs and screens. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { NeutralType } from './neutral-type.ts';
import type { ColumnSchema, TableName, TableSchema } from './table-schema.ts';

export interface TablePlan {
  /** How messages and counters call this table: the source's name, `schema.table` outside the default schema. */
  readonly label: string;
  readonly source: SourceOfRows;
  readonly target: TableName;
  /** Columns in bundle order; generated columns and dropped ones are not among them. */
  readonly columns: readonly ColumnPlan[];
  /** The target as it will be created, names and types already the target's. */
  readonly targetSchema: TableSchema;
  /** Source's estimate, for progress; null when unknown. */
  readonly estimatedRows: number | null;
  readonly estimatedBytes: number | null;
  /** True when some rows of the table are left out on purpose (where, query, limits). */
  readonly filtered: boolean;
  readonly findings: readonly Finding[];
}

/**
 * What reading rows takes of a table as the catalog described it (for a `query`, of its result). Its indexes and foreign keys are left
 * behind with the planning: of thousands of tables they are most of a plan's memory.
 */
export type RowsSchema = Pick<TableSchema, 'kind' | 'columns' | 'primaryKey' | 'traits'>;

export const rowsSchema = ({ kind, columns, primaryKey, traits }: TableSchema): RowsSchema => ({
  kind,
  columns,
  primaryKey,
  traits,
});

export interface SourceOfRows {
  readonly table: TableName;
  readonly schema: RowsSchema;
  /** A statement of the user that replaces the table as the origin of rows. */
  readonly query: string | null;
  /** A condition of the user in the source's SQL. */
  readonly where: string | null;
}

export interface ColumnPlan {
  readonly source: ColumnSchema;
  readonly target: ColumnSchema;
  /** The canonical form in which values of this column travel. The reader emits it, the writer takes it. */
  readonly wire: NeutralType;
  /** What the reader does with values that the target cannot hold. */
  readonly rules: ValueRules;
}

/**
 * Rules for values that one side has and the other cannot hold. `error` leaves the value as it is, so that the target (or
 * the reader, where the value has no canonical text) refuses the row.
 */
export interface ValueRules {
  /** MySQL 0000-00-00 and dates with a zero month or day. */
  readonly zeroDate: 'error' | 'null' | 'epoch';
  /** PostgreSQL infinity and -infinity in date and timestamp, where the target has none. */
  readonly infiniteDate: 'error' | 'null' | 'limit' | 'keep';
  /** NaN and infinities in numbers, where the target has none. */
  readonly notANumber: 'error' | 'null' | 'keep';
  /** Byte 0x00 in text. `strip` removes it, `replace` puts U+2400, `keep` (both ends can hold it) sends it raw. */
  readonly nulByte: 'error' | 'strip' | 'replace' | 'keep';
  /** Dates outside the target's years. */
  readonly dateRange: 'error' | 'null' | 'keep';
}

/**
 * Part of a table, half open: `from` <= key < `to`. null = unbounded. `key` bounds are of the primary key's leading column, as text
 * that the source's reader knows: canonical, but hex for texts in MySQL. `page` bounds are PostgreSQL block numbers (ctid
 * ranges); SQLite uses `key` on `rowid`.
 */
export interface KeyRange {
  readonly kind: 'key' | 'page';
  readonly column: string;
  readonly from: string | null;
  readonly to: string | null;
}
