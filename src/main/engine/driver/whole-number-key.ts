import type { RowsSchema } from '../model/table-plan.ts';

/** See Dialect.wholeNumberKey; for databases that read ranges of any key. */
export function wholeNumberKey({ primaryKey, columns }: RowsSchema): string | null {
  const leading = primaryKey?.parts[0]?.column ?? null;
  const column = columns.find(({ name }) => name === leading);
  return column?.type.kind === 'integer' ? column.name : null;
}
