import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ComparedTable } from '../../shared/model/compared-table.ts';

const shownTables = 10;

/** `differences_found`, naming the tables; null: all are equal. */
export function differenceError(tables: readonly ComparedTable[]): SluiceError | null {
  const different = tables.filter(({ differences }) => differences > 0).map(({ name }) => name);
  if (different.length === 0) return null;
  const more = different.length - shownTables;
  const names = different.slice(0, shownTables).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return new SluiceError('differences_found', `Source and target differ in ${names}.`, { tables: different });
}
