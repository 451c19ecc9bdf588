/**
 * Finds the rows in which two tables differ, without relying on either server's order or collation: one pass sums row
 * hashes by key bucket on both sides; only where sums differ are the rows of those buckets read again and compared.
 */
import { cutUnits } from '../copy/cut-units.ts';
import type { TableReader } from '../driver/driver.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import { BucketSums, type Checksum } from './bucket-sums.ts';
import { DifferingRows, type RowDifference } from './differing-rows.ts';
import { RowHasher } from './row-hasher.ts';

export interface Side {
  readonly reader: TableReader;
  readonly plan: TablePlan;
}

export interface CompareOptions {
  /** Differences kept; more are only known to be there. */
  readonly maxDifferences: number;
  /** False: one of the databases has no -0, so that 0 is its equal. */
  readonly signedZero: boolean;
  /** Hears of rows read, some thousands at a time. */
  readonly onRead: (side: 'source' | 'target', rows: number) => void;
  /** The sums differ: all rows are read a second time. */
  readonly onSearch: () => void;
}

export interface RangeComparison {
  readonly source: Checksum;
  readonly target: Checksum;
  /** At most `maxDifferences`. */
  readonly differences: readonly RowDifference[];
  /** True when there are more than `differences` says. */
  readonly hasMore: boolean;
}

/** One changed row of 10 million leaves about 2,500 rows to read again. */
const buckets = 4096;

export async function compareRange(
  source: Side,
  target: Side,
  range: KeyRange | null,
  { maxDifferences, signedZero, onRead, onSearch }: CompareOptions,
): Promise<RangeComparison> {
  const key = keyPositions(source.plan);
  const newHasher = () => new RowHasher(source.plan.columns, key, signedZero);
  const [left, right] = await Promise.all([
    sumRange(source, range, newHasher(), (rows) => onRead('source', rows)),
    sumRange(target, range, newHasher(), (rows) => onRead('target', rows)),
  ]);
  const differing = left.differing(right);
  const sums = { source: left.checksum(), target: right.checksum() };
  if (differing.size === 0) return { ...sums, differences: [], hasMore: false };
  onSearch();
  const rowsOf = async (name: 'source' | 'target', side: Side) => {
    const rows = new DifferingRows(source.plan, key, signedZero, differing, buckets);
    const hasher = newHasher();
    for await (const bytes of wholeRows(side, range)) onRead(name, rows.takeFrom(hasher, bytes));
    return rows;
  };
  const [leftRows, rightRows] = await Promise.all([rowsOf('source', source), rowsOf('target', target)]);
  const { differences, isComplete } = leftRows.compareWith(rightRows, maxDifferences);
  return { ...sums, differences, hasMore: !isComplete };
}

/** Positions of the primary key's columns in bundles; empty when the key is not copied whole. */
export function keyPositions(plan: TablePlan): number[] {
  const parts = plan.targetSchema.primaryKey?.parts ?? [];
  const positions = parts.map((part) => plan.columns.findIndex((column) => column.target.name === part.column));
  return positions.includes(-1) ? [] : positions;
}

async function sumRange(
  side: Side,
  range: KeyRange | null,
  hasher: RowHasher,
  onRows: (rows: number) => void,
): Promise<BucketSums> {
  const sums = new BucketSums(buckets);
  for await (const bytes of wholeRows(side, range)) onRows(sums.addAll(hasher, bytes));
  return sums;
}

/** Row text in whole rows. A row too large to stream through is held here: its canonical form may need all of it. */
async function* wholeRows({ reader, plan }: Side, range: KeyRange | null): AsyncGenerator<Buffer> {
  for await (const unit of cutUnits(reader.read(plan, range))) {
    if (unit.kind === 'held') yield unit.bytes;
    else {
      const parts: Buffer[] = [];
      for await (const bytes of unit.bytes) parts.push(bytes);
      yield Buffer.concat(parts);
    }
  }
}
