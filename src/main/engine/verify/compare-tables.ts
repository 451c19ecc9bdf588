/** Compares the tables of a plan by value, through each database's own reader. */
import { tableKey } from '../copy/convert-plan.ts';
import type { OpenEnds } from '../copy/open-ends.ts';
import { nameKey } from '../driver/names.ts';
import type { TablePlan } from '../model/table-plan.ts';
import type { TableSchema } from '../model/table-schema.ts';
import type { Checksum } from './bucket-sums.ts';
import { compareRange } from './compare-table.ts';
import type { ComparingProgress } from './comparing-progress.ts';
import type { TableComparison } from './table-comparison.ts';
import { targetPlan } from './target-plan.ts';

/** One table after the other, all of them as of one moment where the databases can do that. */
export async function* compareTables(
  ends: OpenEnds,
  plans: readonly TablePlan[],
  limit: number,
  progress: ComparingProgress,
  signal: AbortSignal,
): AsyncGenerator<[TablePlan, TableComparison]> {
  const described = await ends.target.catalog.describe(plans.map((plan) => plan.target));
  const present = new Map(described.map((table) => [tableKey(table.name), table]));
  const readers = await Promise.all([
    ends.source.openSnapshot(
      1,
      plans.map((plan) => plan.source.table),
    ),
    ends.target.openSnapshot(
      1,
      described.map((table) => table.name),
    ),
  ]);
  await using source = readers[0];
  await using target = readers[1];
  const signedZero = ends.sourceDriver.capabilities.negativeZero && ends.targetDriver.capabilities.negativeZero;
  for (const plan of plans) {
    signal.throwIfAborted();
    const there = present.get(tableKey(plan.target));
    const problem = problemOf(plan, there, ends);
    if (!there || problem !== null) {
      yield [plan, incomparable(plan, problem, there !== undefined)];
      continue;
    }
    progress.begin(plan);
    const result = await compareRange(
      { reader: source.readers[0]!, plan },
      { reader: target.readers[0]!, plan: targetPlan(plan, there, ends.targetDriver.dialect) },
      null,
      {
        maxDifferences: limit,
        signedZero,
        onRead: progress.add.bind(progress),
        onSearch: progress.search.bind(progress),
      },
    );
    const { source: left, target: right } = result;
    const equal = left.rows === right.rows && left.sum === right.sum && result.differences.length === 0;
    yield [plan, { name: plan.label, equal, ...result, repaired: 0, problem: null }];
  }
}

function problemOf(plan: TablePlan, there: TableSchema | undefined, { targetDriver }: OpenEnds): string | null {
  if (!there) return `The target has no table "${plan.target.name}".`;
  const limits = targetDriver.dialect.names.column;
  const known = new Set(there.columns.map((column) => nameKey(column.name, limits)));
  const missing = plan.columns.filter(({ target }) => !known.has(nameKey(target.name, limits)));
  if (missing.length === 0) return null;
  const names = missing.map(({ target }) => `"${target.name}"`).join(', ');
  return `Table "${plan.target.name}" of the target has no column ${names}.`;
}

const nothing: Checksum = { rows: 0, sum: '' };

const incomparable = (plan: TablePlan, problem: string | null, isThere: boolean): TableComparison => ({
  name: plan.label,
  source: nothing,
  target: isThere ? nothing : null,
  equal: false,
  differences: [],
  hasMore: false,
  repaired: 0,
  problem,
});
