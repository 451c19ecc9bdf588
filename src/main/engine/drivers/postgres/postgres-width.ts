/** How wide a table of PostgreSQL may be (https://www.postgresql.org/docs/current/limits.html). */
import type { WidthProblem } from '../../driver/dialect.ts';
import type { TableSchema } from '../../model/table-schema.ts';

const mostColumns = 1600;
/** What a page of 8 KB has for one row; values of variable length can be moved out of it, but for their pointers. */
const mostRowBytes = 8160;
const rowHeaderBytes = 24;
const pointerBytes = 18;

const fixedBytes: Readonly<Record<string, number>> = {
  boolean: 1,
  '"char"': 1,
  smallint: 2,
  integer: 4,
  bigint: 8,
  real: 4,
  'double precision': 8,
  date: 4,
  time: 8,
  timestamp: 8,
  interval: 16,
  uuid: 16,
};

export function widthProblem({ columns }: TableSchema): WidthProblem | null {
  if (columns.length > mostColumns) {
    return { text: `has ${columns.length} columns, and PostgreSQL takes ${mostColumns} at most`, isCertain: true };
  }
  const bytes = columns.reduce((sum, { nativeType }) => sum + widthOf(nativeType), rowHeaderBytes + columns.length / 8);
  if (bytes <= mostRowBytes) return null;
  return {
    text:
      `may have rows that do not fit: PostgreSQL holds at most ${mostRowBytes} bytes of a row in a page, ` +
      `and its ${columns.length} columns need up to ${Math.ceil(bytes)} when none is NULL`,
    isCertain: false,
  };
}

function widthOf(nativeType: string): number {
  const name = nativeType
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .replace(/ with(out)? time zone/, '')
    .trim();
  return fixedBytes[name] ?? pointerBytes;
}
