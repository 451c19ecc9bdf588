/** Which columns only the rows can tell about: in SQLite any value fits into nearly any column. */
import type { TypeDoubt } from '../../driver/dialect.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import { readType } from './sqlite-types.ts';

export function doubtOf(column: ColumnSchema): TypeDoubt | null {
  // A rowid is an INTEGER, and an enum's labels are checked.
  if (column.identity || column.type.kind === 'enum') return null;
  return readType(column.nativeType).certain ? null : { question: 'content', ifProven: column.type };
}
