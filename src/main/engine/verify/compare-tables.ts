/** Compares the tables of a plan by value, through each database's own reader. */
import { tableKey } from '../copy/convert-plan.ts';
import type { OpenEnds } from '../copy/open-ends.ts';
import { inParallel } from '../driver/in-parallel.ts';
import { nameKey } from '../driver/names.ts';
import type { TablePlan } from '../model/table-plan.ts';
import type { TableSchema } from '../model/table-schema.ts';
import { totalOf, type Checksum } from './bucket-sums.ts';
import { comparableRanges, isLarge } from './comparable-ranges.ts';
import { compareRange, type CompareOptions, type RangeComparison, type RangeSides } from './compare-table.ts';
import type { ComparingProgress } from './comparing-progress.ts';
import type { Side } from './row-stream.ts';
import type { TableComparison } from './table-comparison.ts';
import { targetPlan } from './target-plan.ts';

export interface CompareTablesOptions {
  /** Differences kept of each table. */
  readonly limit: number;
  /** See CompareOptions. */
  readonly hashesAll: boolean;
  readonly progress: ComparingProgress;
  readonly signal: AbortSignal;
}

/** Parts of a table compared at once. One thread does that: two keep it busy while servers begin the next part. */
const pairs = 2;
/** Rows that differ are looked for until those found hold this much. */
const heldBytes = 32 * 1024 ** 2;

/** One table after the other, all of them as of one moment where the databases can do that. */
export async function* compareTables(
  ends: OpenEnds,
  plans: readonly TablePlan[],
  options: CompareTablesOptions,
): AsyncGenerator<[TablePlan, TableComparison]> {
  const { limit, hashesAll, progress, signal } = options;
  const described = await ends.target.catalog.describe(plans.map((plan) => plan.target));
  const present = new Map(described.map((table) => [tableKey(table.name), table]));
  // More than one reader may take a lock for a moment.
  const readerCount = plans.some(isLarge) ? pairs : 1;
  const readers = await Promise.all([
    ends.source.openSnapshot(
      readerCount,
      plans.map((plan) => plan.source.table),
    ),
    ends.target.openSnapshot(
      readerCount,
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
    const onTarget = targetPlan(plan, there, ends.targetDriver.dialect);
    const ranges = await comparableRanges(ends, plan, onTarget);
    const both = source.readers.slice(0, target.readers.length).map((reader, pair): readonly [Side, Side] => [
      { reader, plan: withPresentTypes(plan, onTarget) },
      { reader: target.readers[pair]!, plan: onTarget },
    ]);
    const onRead = progress.add.bind(progress);
    const onSearch = () => {
      // Parts are small: what is read of them once more is not worth telling.
      if (ranges.length > 1) return () => undefined;
      progress.search();
      return onRead;
    };
    const result = await compareRanges(
      ranges,
      both,
      { maxDifferences: limit, hashesAll, signedZero, onRead, onSearch },
      signal,
    );
    yield [plan, { name: plan.label, ...result, repaired: 0, problem: null }];
  }
}

/** What is compared may depend on the types that the target has, which a config or an earlier hand chose. */
const withPresentTypes = (plan: TablePlan, onTarget: TablePlan): TablePlan => ({
  ...plan,
  columns: plan.columns.map((column, position) => ({
    ...column,
    target: { ...column.target, type: onTarget.columns[position]!.source.type },
  })),
});

/** `both`: readers of both sides, each pair of which takes one range after the other. */
async function compareRanges(
  ranges: readonly RangeSides[],
  both: readonly (readonly [Side, Side])[],
  options: CompareOptions,
  signal: AbortSignal,
): Promise<Pick<TableComparison, 'source' | 'target' | 'equal' | 'differences' | 'hasMore'>> {
  const free = [...both];
  let [found, held] = [0, 0];
  const parts = await inParallel(ranges, both.length, async (range): Promise<RangeComparison> => {
    signal.throwIfAborted();
    const sides = free.pop()!;
    try {
      const maxDifferences = held < heldBytes ? options.maxDifferences - found : 0;
      const part = await compareRange(...sides, range, { ...options, maxDifferences });
      found += part.differences.length;
      held += part.differences.reduce((bytes, { row }) => bytes + row.length, 0);
      return part;
    } finally {
      free.push(sides);
    }
  });
  const [source, target] = [totalOf(parts.map((part) => part.source)), totalOf(parts.map((part) => part.target))];
  const differences = parts.flatMap((part) => part.differences).slice(0, options.maxDifferences);
  const hasMore = found > options.maxDifferences || parts.some((part) => part.hasMore);
  const equal = source.rows === target.rows && source.sum === target.sum && differences.length === 0 && !hasMore;
  return { source, target, equal, differences, hasMore };
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
