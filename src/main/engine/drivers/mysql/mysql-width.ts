/** How wide a table of InnoDB may be (https://dev.mysql.com/doc/refman/8.4/en/innodb-limits.html). */
import type { WidthProblem } from '../../driver/dialect.ts';
import type { TableSchema } from '../../model/table-schema.ts';

const mostColumns = 1017;
/** Half of a page of 16 KB, the default; servers with larger pages take more. */
const mostPageBytes = 8126;
/** Header, transaction and rollback pointer of a row. */
const rowHeaderBytes = 18;
/** The server counts a column that it can move out of the page with so many bytes at most. */
const movableBytes = 40;

const fixedBytes: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
  float: 4,
  double: 8,
  year: 1,
  date: 3,
  time: 6,
  datetime: 8,
  timestamp: 7,
  enum: 2,
  set: 8,
  bit: 8,
};

export function widthProblem({ columns }: TableSchema): WidthProblem | null {
  if (columns.length > mostColumns) {
    return { text: `has ${columns.length} columns, and InnoDB takes ${mostColumns} at most`, isCertain: true };
  }
  const bytes = columns.reduce((sum, { nativeType }) => sum + widthOf(nativeType), rowHeaderBytes + columns.length / 8);
  if (bytes <= mostPageBytes) return null;
  return {
    text:
      `may be refused: of a row InnoDB holds at most ${mostPageBytes} bytes in a page of 16 KB, ` +
      `and its ${columns.length} columns need about ${Math.ceil(bytes)} there`,
    isCertain: false,
  };
}

function widthOf(nativeType: string): number {
  const [, name = '', length = ''] = /^(\w+)(?:\((\d+))?/.exec(nativeType.toLowerCase()) ?? [];
  const fixed = fixedBytes[name];
  if (fixed !== undefined) return fixed;
  if (/^(decimal|numeric)$/.test(name)) return Math.ceil((Number(length || 10) + 2) / 2);
  if (/^(var)?binary$/.test(name)) return Math.min(Number(length), movableBytes);
  if (/^(var)?char$/.test(name)) return Math.min(Number(length) * 4, movableBytes);
  return movableBytes;
}
