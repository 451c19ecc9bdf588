/** Compares what a convert run left in the target with its source, row by row, through each database's own reader. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { ConvertRequest } from '../copy/convert.ts';
import { tableKey } from '../copy/convert-plan.ts';
import { cutUnits } from '../copy/cut-units.ts';
import { openEnds } from '../copy/open-ends.ts';
import { planTables } from '../copy/plan-tables.ts';
import type { TableReader } from '../driver/driver.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { RowHasher, type Checksum } from './row-hasher.ts';
import { targetPlan } from './target-plan.ts';

export interface TableComparison {
  readonly name: string;
  readonly source: Checksum;
  /** null: the target has no such table. */
  readonly target: Checksum | null;
  readonly equal: boolean;
}

/** Reads both ends whole, read-only. `onTable` hears of each table when it is done. */
export async function verifyConvert(
  request: ConvertRequest,
  onTable: (comparison: TableComparison) => void = () => undefined,
): Promise<TableComparison[]> {
  await using ends = await openEnds(request, false);
  const drafts = await planTables(ends, request.options, false);
  const plans = drafts.map((draft) => draft.plan);
  const present = new Map(
    (await ends.target.catalog.describe(plans.map((plan) => plan.target))).map((table) => [
      tableKey(table.name),
      table,
    ]),
  );
  await using source = await ends.source.openSnapshot(
    1,
    plans.map((plan) => plan.source.table),
  );
  await using target = await ends.target.openSnapshot(
    1,
    plans.map((plan) => plan.target),
  );
  const comparisons: TableComparison[] = [];
  for (const plan of plans) {
    const there = present.get(tableKey(plan.target));
    const [left, right] = await Promise.all([
      checksumTable(source.readers[0]!, plan),
      there ? checksumTable(target.readers[0]!, targetPlan(plan, there)) : null,
    ]);
    throwIfCancelled(request);
    const equal = right !== null && left.rows === right.rows && left.sum === right.sum;
    const comparison = { name: plan.label, source: left, target: right, equal };
    comparisons.push(comparison);
    onTable(comparison);
  }
  return comparisons;
}

async function checksumTable(reader: TableReader, plan: TablePlan): Promise<Checksum> {
  const hasher = new RowHasher(plan.columns.map((column) => column.wire));
  for await (const unit of cutUnits(reader.read(plan, null))) {
    if (unit.kind === 'held') {
      hasher.add(unit.bytes);
      continue;
    }
    // A row too large to hold in the copy's memory is held once here: its canonical form may need all of it.
    const parts: Buffer[] = [];
    for await (const bytes of unit.bytes) parts.push(bytes);
    hasher.add(Buffer.concat(parts));
  }
  return hasher.checksum();
}

function throwIfCancelled(request: ConvertRequest): void {
  if (request.signal.aborted) throw new SluiceError('cancelled', 'The comparison was cancelled.');
}
