import type { WidthProblem } from '../../driver/dialect.ts';
import type { TableSchema } from '../../model/table-schema.ts';

/** SQLITE_MAX_COLUMN, unless SQLite was built otherwise (https://www.sqlite.org/limits.html). */
const mostColumns = 2000;

export function widthProblem({ columns }: TableSchema): WidthProblem | null {
  if (columns.length <= mostColumns) return null;
  return { text: `has ${columns.length} columns, and SQLite takes ${mostColumns} at most`, isCertain: true };
}
