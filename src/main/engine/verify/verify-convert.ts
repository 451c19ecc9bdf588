/** Compares what a convert run left in the target with its source, by value, through each database's own reader. */
import type { ConvertRequest } from '../copy/convert.ts';
import { tableKey } from '../copy/convert-plan.ts';
import { openEnds, type OpenEnds } from '../copy/open-ends.ts';
import { planTables } from '../copy/plan-tables.ts';
import type { TablePlan } from '../model/table-plan.ts';
import type { TableSchema } from '../model/table-schema.ts';
import { compareRange, type RowDifference } from './compare-table.ts';
import { repairTable } from './repair-table.ts';
import type { Checksum } from './row-hasher.ts';
import { targetPlan } from './target-plan.ts';

export interface TableComparison {
  readonly name: string;
  readonly source: Checksum;
  /** null: the target has no such table. */
  readonly target: Checksum | null;
  readonly equal: boolean;
  /** The first of them; see `hasMore`. */
  readonly differences: readonly RowDifference[];
  readonly hasMore: boolean;
  /** Rows made equal by a repair. */
  readonly repaired: number;
}

/** Differences kept for each table. */
const maxDifferences = 1000;

/** Reads both ends whole and changes neither. `onTable` hears of each table when it is done. */
export async function verifyConvert(
  request: ConvertRequest,
  onTable: (comparison: TableComparison) => void = () => undefined,
): Promise<TableComparison[]> {
  await using ends = await openEnds(request, false);
  const plans = (await planTables(ends, request.options, false)).map((draft) => draft.plan);
  return await compareTables(ends, plans, request.signal, onTable);
}

/** Rounds of repair: each mends up to `maxDifferences` rows of a table. */
const maxRounds = 1000;

/**
 * Verifies, re-copies the rows that differ, and verifies again until nothing differs. The comparisons of the last round are
 * returned: `equal` says whether a table is now the same, `repaired` how many rows were mended.
 */
export async function repairConvert(
  request: ConvertRequest,
  onTable: (comparison: TableComparison) => void = () => undefined,
): Promise<TableComparison[]> {
  await using ends = await openEnds(request, false);
  const plans = (await planTables(ends, request.options, false)).map((draft) => draft.plan);
  const last: TableComparison[] = [];
  for (const plan of plans) {
    let repaired = 0;
    let [comparison] = await compareTables(ends, [plan], request.signal, () => undefined);
    for (let round = 0; round < maxRounds && isRepairable(comparison!); round++) {
      await repairTable(ends.target, ends.targetDriver.dialect, plan, comparison!.differences);
      repaired += comparison!.differences.length;
      [comparison] = await compareTables(ends, [plan], request.signal, () => undefined);
    }
    const result = { ...comparison!, repaired };
    last.push(result);
    onTable(result);
  }
  return last;
}

const isRepairable = ({ equal, differences }: TableComparison) => !equal && differences.length > 0;

export async function compareTables(
  ends: OpenEnds,
  plans: readonly TablePlan[],
  signal: AbortSignal,
  onTable: (comparison: TableComparison) => void,
): Promise<TableComparison[]> {
  const described = await ends.target.catalog.describe(plans.map((plan) => plan.target));
  const present = new Map(described.map((table) => [tableKey(table.name), table]));
  await using source = await ends.source.openSnapshot(
    1,
    plans.map((plan) => plan.source.table),
  );
  await using target = await ends.target.openSnapshot(
    1,
    described.map((table) => table.name),
  );
  const comparisons: TableComparison[] = [];
  for (const plan of plans) {
    signal.throwIfAborted();
    const there = present.get(tableKey(plan.target));
    const comparison = there
      ? await compareWhole(plan, there)
      : {
          name: plan.label,
          source: { rows: 0, sum: '' },
          target: null,
          equal: false,
          differences: [],
          hasMore: false,
          repaired: 0,
        };
    comparisons.push(comparison);
    onTable(comparison);
  }
  return comparisons;

  async function compareWhole(plan: TablePlan, there: TableSchema): Promise<TableComparison> {
    const result = await compareRange(
      { reader: source.readers[0]!, plan },
      { reader: target.readers[0]!, plan: targetPlan(plan, there) },
      null,
      maxDifferences,
    );
    const { source: left, target: right } = result;
    const equal = left.rows === right.rows && left.sum === right.sum && result.differences.length === 0;
    return { name: plan.label, equal, ...result, repaired: 0 };
  }
}
