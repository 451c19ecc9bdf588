/** Parts in which a large table is compared: where they differ, only the part is read again, and several are read at once. */
import type { OpenEnds } from '../copy/open-ends.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import type { RangeSides } from './compare-table.ts';

/** A part takes tens of milliseconds or more, so that what it costs to begin one does not count. */
const limits = { maxRows: 200_000, maxBytes: 64 * 1024 ** 2 };

const whole: readonly RangeSides[] = [{ source: null, target: null }];

/** Whether a table may be worth dividing. */
export const isLarge = ({ estimatedRows, estimatedBytes }: TablePlan): boolean =>
  (estimatedRows ?? 0) > limits.maxRows || (estimatedRows !== null && (estimatedBytes ?? 0) > limits.maxBytes);

/**
 * Ranges of a key of whole numbers, which have one order everywhere; other tables are one part. They are cut by one of the ends,
 * and hold for both, whatever rows there are: the first and the last are without end.
 */
export async function comparableRanges(
  { source, sourceDriver, target, targetDriver }: OpenEnds,
  plan: TablePlan,
  onTarget: TablePlan,
): Promise<readonly RangeSides[]> {
  if (!isLarge(plan) || plan.source.query !== null) return whole;
  const sourceKey = sourceDriver.dialect.wholeNumberKey(plan.source.schema);
  const targetKey = targetDriver.dialect.wholeNumberKey(onTarget.source.schema);
  const position = plan.columns.findIndex((column) => column.source.name === sourceKey);
  if (sourceKey === null || onTarget.columns[position]?.source.name !== targetKey) return whole;
  for (const [{ catalog }, side, key] of [
    [source, plan, sourceKey],
    [target, onTarget, targetKey],
  ] as const) {
    const ranges = (await catalog.splitRanges(side, limits)).filter((range) => isOver(range, key));
    if (ranges.length > 1)
      return ranges.map((range) => ({
        source: { ...range, column: sourceKey },
        target: { ...range, column: targetKey },
      }));
  }
  return whole;
}

/** Of one table all are, or none. */
const isOver = (range: KeyRange | null, key: string): range is KeyRange =>
  range?.kind === 'key' && range.column === key;
