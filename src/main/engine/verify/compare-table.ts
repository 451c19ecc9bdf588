/**
 * Finds the rows in which two tables, or the same range of both, differ, without relying on either server's order or collation: one
 * pass sums row hashes by key bucket on both sides; only where sums differ are the rows of those buckets read again and compared.
 */
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import { BucketSums, type Checksum } from './bucket-sums.ts';
import { DifferingRows, type RowDifference } from './differing-rows.ts';
import { RowHasher } from './row-hasher.ts';
import { RowStream, type Side } from './row-stream.ts';
import { sumBoth } from './sum-both.ts';

/** Hears of rows read, some thousands at a time. */
export type OnRead = (side: 'source' | 'target', rows: number) => void;

export interface CompareOptions {
  /** Differences kept; more are only known to be there. 0: they are not looked for. */
  readonly maxDifferences: number;
  /** False: rows that both sides have in one place with the same bytes are left out of the sums. */
  readonly hashesAll: boolean;
  /** False: one of the databases has no -0, so that 0 is its equal. */
  readonly signedZero: boolean;
  readonly onRead: OnRead;
  /** The sums differ: all rows are read a second time. Returns who hears of that. */
  readonly onSearch: () => OnRead;
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

export interface RangeSides {
  readonly source: KeyRange | null;
  readonly target: KeyRange | null;
}

/** `ranges`: the same part of the table in each side's names. */
export async function compareRange(
  source: Side,
  target: Side,
  ranges: RangeSides,
  { maxDifferences, hashesAll, signedZero, onRead, onSearch }: CompareOptions,
): Promise<RangeComparison> {
  const key = keyPositions(source.plan);
  const newHasher = () => new RowHasher(source.plan.columns, key, signedZero);
  const [left, right] = [new BucketSums(buckets), new BucketSums(buckets)];
  const sums = await (async () => {
    await using own = new RowStream(source, ranges.source, (rows) => onRead('source', rows));
    await using other = new RowStream(target, ranges.target, (rows) => onRead('target', rows));
    await sumBoth({ stream: own, sums: left }, { stream: other, sums: right }, newHasher(), !hashesAll);
    return {
      source: { rows: own.rows, sum: left.checksum().sum },
      target: { rows: other.rows, sum: right.checksum().sum },
    };
  })();
  const differing = left.differing(right);
  if (differing.size === 0) return { ...sums, differences: [], hasMore: false };
  if (maxDifferences <= 0) return { ...sums, differences: [], hasMore: true };
  const onSearchRead = onSearch();
  const rowsOf = async (name: 'source' | 'target', side: Side) => {
    const rows = new DifferingRows(source.plan, key, signedZero, differing, buckets);
    const hasher = newHasher();
    await using stream = new RowStream(side, ranges[name], (count) => onSearchRead(name, count));
    while (await stream.fill()) {
      rows.takeFrom(hasher, stream.bytes);
      stream.at = stream.bytes.length;
    }
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
