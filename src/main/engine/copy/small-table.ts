import type { TablePlan } from '../model/table-plan.ts';

const smallRows = 1000;
const smallBytes = 256 * 1024;

/**
 * A table whose rows take less time than a commit. Estimates of rows may be missing where those of bytes are known: wrong ones
 * cost nothing but larger transactions.
 */
export function isSmallTable({ source, estimatedRows, estimatedBytes }: TablePlan): boolean {
  return source.query === null && (estimatedRows ?? 0) < smallRows && (estimatedBytes ?? Infinity) < smallBytes;
}
