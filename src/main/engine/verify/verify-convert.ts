/** Compares what a convert run left in the target with its source. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import { tableKey } from '../copy/convert-plan.ts';
import type { ConvertRequest } from '../copy/convert.ts';
import { openEnds, type OpenEnds } from '../copy/open-ends.ts';
import { planTables } from '../copy/plan-tables.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { compareTables } from './compare-tables.ts';
import { ComparingProgress } from './comparing-progress.ts';
import { describeComparison } from './describe-comparison.ts';
import type { TableComparison } from './table-comparison.ts';

/** Differences kept for each table. */
const maxDifferences = 1000;

/** A table is equal to itself, which proves nothing. Throws `same_database`. */
export function refuseItself({ source, target }: OpenEnds, plans: readonly TablePlan[]): void {
  if (source.server.identity !== target.server.identity) return;
  const itself = plans.find((plan) => tableKey(plan.source.table) === tableKey(plan.target));
  if (!itself) return;
  throw new SluiceError(
    'same_database',
    `Source and target are the same table "${itself.label}": choose another target database, \`targetSchema\` or \`targetName\`.`,
  );
}

/**
 * Reads both ends whole and changes neither. Tells `comparing` and `compared`. `hashesAll`: the sums are those of all rows,
 * so that they can be shown; default false, which is faster.
 */
export async function verifyConvert(request: ConvertRequest, hashesAll = false): Promise<TableComparison[]> {
  await using ends = await openEnds(request, false);
  const plans = (await planTables(ends, request.options, false)).map((draft) => draft.plan);
  refuseItself(ends, plans);
  const progress = new ComparingProgress(request.onEvent);
  const options = { limit: maxDifferences, hashesAll, progress, signal: request.signal };
  const comparisons: TableComparison[] = [];
  for await (const [plan, comparison] of compareTables(ends, plans, options)) {
    request.onEvent({ type: 'compared', table: describeComparison(plan, comparison) });
    comparisons.push(comparison);
  }
  return comparisons;
}
