import type { TablePlan } from '../model/table-plan.ts';

type Size = Pick<TablePlan, 'estimatedRows' | 'estimatedBytes'>;

const smallRows = 1000;
const smallBytes = 256 * 1024;

/** Rows take less time than a commit or a question about them. Estimates of rows may be missing where those of bytes are known. */
export const isSmallSize = ({ estimatedRows, estimatedBytes }: Size): boolean =>
  (estimatedRows ?? 0) < smallRows && (estimatedBytes ?? Infinity) < smallBytes;

/** A table of such a size; wrong estimates cost nothing but larger transactions. */
export const isSmallTable = (plan: TablePlan): boolean => plan.source.query === null && isSmallSize(plan);
