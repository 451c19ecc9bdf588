/** Where a table's rows are in the file, and where its columns are in their records. */
import type { DatabaseSync } from 'node:sqlite';
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import { allRows } from '../sqlite-connection.ts';

export interface TableStorage {
  /** Number of the first page of its b-tree. */
  readonly root: number;
  /** In the order of the record. */
  readonly columns: readonly StoredColumn[];
}

export interface StoredColumn {
  readonly name: string;
  /** Records from before the column was added end without it; it is NULL there. false: it has another default. */
  readonly isNullWhereAbsent: boolean;
}

/** Of a table with rowids. Throws BinaryDoubt where it is not in the schema. */
export function storageOf(database: DatabaseSync, table: string): TableStorage {
  const [first] = allRows(
    database,
    "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)",
    table,
  );
  if (!first) throw new BinaryDoubt('a table that is not in the schema');
  // `hidden` 2: a generated column that is not stored.
  const columns = allRows(database, 'SELECT name, dflt_value FROM pragma_table_xinfo(?) WHERE hidden <> 2', table);
  return {
    root: Number(first[0]),
    columns: columns.map(([name, value]) => ({ name: String(name), isNullWhereAbsent: value === null })),
  };
}
