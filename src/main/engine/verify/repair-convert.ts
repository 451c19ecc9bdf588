/**
 * Makes the target's differing rows equal to the source's, in rounds: all tables are compared and rows that the target has
 * too many are deleted, those of tables that refer to others first; then missing and changed rows are put, in the opposite
 * order, so that foreign keys hold at every step. Rounds end when all is equal or nothing more can be done.
 */
import type { ConvertRequest } from '../copy/convert.ts';
import { tableKey } from '../copy/convert-plan.ts';
import { parentsFirst } from '../copy/foreign-key-order.ts';
import { openEnds, type OpenEnds } from '../copy/open-ends.ts';
import { planTables } from '../copy/plan-tables.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { compareTables } from './compare-tables.ts';
import { keyPositions } from './compare-table.ts';
import { ComparingProgress } from './comparing-progress.ts';
import { describeComparison } from './describe-comparison.ts';
import type { RowDifference } from './differing-rows.ts';
import { deleteRows, putRows, type Mended } from './repair-table.ts';
import type { TableComparison } from './table-comparison.ts';
import { refuseItself } from './verify-convert.ts';

/** Rows of a table mended in one transaction. */
const rowsAtOnce = 20_000;
/** Rows of all tables that wait for their turn; tables beyond it are left to the next round. */
const heldBytes = 64 * 1024 ** 2;

/** Tells `comparing` and, for each table at the end, `compared`. Returns how both ends compare then. */
export async function repairConvert(request: ConvertRequest): Promise<TableComparison[]> {
  await using ends = await openEnds(request, false);
  const plans = (await planTables(ends, request.options, false)).map((draft) => draft.plan);
  refuseItself(ends, plans);
  const repair = new Repair(ends, request);
  const ordered = await parentsFirstOnTarget(ends, plans);
  for (let left: readonly TablePlan[] = ordered; left.length > 0;) left = await repair.round(left, ordered);
  return plans.map((plan) => {
    const comparison = repair.outcome(plan);
    request.onEvent({ type: 'compared', table: describeComparison(plan, comparison) });
    return comparison;
  });
}

class Repair {
  readonly #ends: OpenEnds;
  readonly #request: ConvertRequest;
  readonly #progress: ComparingProgress;
  readonly #repaired = new Map<TablePlan, number>();
  readonly #refusals = new Map<TablePlan, string>();
  readonly #last = new Map<TablePlan, TableComparison>();

  constructor(ends: OpenEnds, request: ConvertRequest) {
    this.#ends = ends;
    this.#request = request;
    this.#progress = new ComparingProgress(request.onEvent);
  }

  /** Compares `plans`, parents first, and mends what it can. Returns the plans of `all` that have to be looked at again. */
  async round(plans: readonly TablePlan[], all: readonly TablePlan[]): Promise<readonly TablePlan[]> {
    const { target, targetDriver } = this.#ends;
    const { dialect } = targetDriver;
    const found: [TablePlan, readonly RowDifference[]][] = [];
    const again = new Set<TablePlan>();
    let held = 0;
    // The sums tell whether a round has changed anything.
    const options = { limit: rowsAtOnce, hashesAll: true, progress: this.#progress, signal: this.#request.signal };
    // Nothing is changed before all are compared: a file of SQLite cannot be written to while it is read.
    for await (const [plan, comparison] of compareTables(this.#ends, plans, options)) {
      const differences = this.#mendable(plan, comparison);
      if (differences.length === 0) continue;
      again.add(plan);
      held += differences.reduce((bytes, { row }) => bytes + row.length, 0);
      if (held < heldBytes || found.length === 0) found.push([plan, differences]);
    }
    let deleted = 0;
    for (const [plan, differences] of found.toReversed()) {
      const extra = rowsOf(differences, 'extra');
      if (extra.length > 0) deleted += this.#count(plan, await deleteRows(target, dialect, plan, extra));
    }
    for (const [plan, differences] of found) {
      const [changed, missing] = [rowsOf(differences, 'changed'), rowsOf(differences, 'missing')];
      if (changed.length + missing.length > 0)
        this.#count(plan, await putRows(target, dialect, plan, changed, missing));
    }
    // What was deleted may have taken rows of other tables along.
    return deleted > 0 ? all : all.filter((plan) => again.has(plan));
  }

  outcome(plan: TablePlan): TableComparison {
    const last = this.#last.get(plan)!;
    const refusal = this.#refusals.get(plan);
    const whyLeft = refusal === undefined ? null : `The target refused rows of "${plan.label}": ${refusal}`;
    return {
      ...last,
      repaired: this.#repaired.get(plan) ?? 0,
      problem: last.problem ?? (last.equal ? null : whyLeft),
    };
  }

  /** Differences that are worth an attempt: none where the last attempt changed nothing. */
  #mendable(plan: TablePlan, comparison: TableComparison): readonly RowDifference[] {
    const before = this.#last.get(plan);
    this.#last.set(plan, comparison);
    if (comparison.differences.length === 0) return [];
    if (keyPositions(plan).length === 0) {
      const problem = `"${plan.label}" has no primary key, so that single rows of it cannot be repaired: copy it again with \`truncateTarget: true\`.`;
      this.#last.set(plan, { ...comparison, problem });
      return [];
    }
    const isUnchanged =
      before?.target?.rows === comparison.target?.rows && before?.target?.sum === comparison.target?.sum;
    return isUnchanged ? [] : comparison.differences;
  }

  #count(plan: TablePlan, { rows, refusal }: Mended): number {
    this.#repaired.set(plan, (this.#repaired.get(plan) ?? 0) + rows);
    if (refusal !== null) this.#refusals.set(plan, refusal);
    return rows;
  }
}

const rowsOf = (differences: readonly RowDifference[], wanted: RowDifference['kind']) =>
  differences.filter(({ kind }) => kind === wanted).map(({ row }) => row);

/** By the foreign keys that the target has. */
async function parentsFirstOnTarget({ target }: OpenEnds, plans: readonly TablePlan[]): Promise<TablePlan[]> {
  const described = await target.catalog.describe(plans.map((plan) => plan.target));
  const present = new Map(described.map((table) => [tableKey(table.name), table]));
  const tables = plans.map((own) => {
    const targetSchema = present.get(tableKey(own.target)) ?? { ...own.targetSchema, foreignKeys: [] };
    return { own, plan: { target: own.target, targetSchema } };
  });
  return parentsFirst(tables).map(({ own }) => own);
}
