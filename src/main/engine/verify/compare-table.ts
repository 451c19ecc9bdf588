/**
 * Finds the rows in which two tables differ, without relying on either server's order or collation: one pass sums row
 * hashes by key bucket on both sides; only where sums differ are the rows of those buckets read again and compared.
 */
import { cutUnits } from '../copy/cut-units.ts';
import type { TableReader } from '../driver/driver.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import { decodeRow } from '../row-text/decode-row.ts';
import { BucketSums, canonicalForm, RowHasher, type Checksum } from './row-hasher.ts';

export interface Side {
  readonly reader: TableReader;
  readonly plan: TablePlan;
}

export interface RowDifference {
  readonly kind: 'missing' | 'extra' | 'changed';
  /** Canonical values of the key columns; of all columns where there is no key. */
  readonly key: readonly (string | null)[];
  /** Columns that differ, for `changed`. */
  readonly cells: readonly {
    readonly column: string;
    readonly source: string | null;
    readonly target: string | null;
  }[];
  /** Row text for repair: the source's row, of `extra` the target's. */
  readonly row: Buffer;
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
/** Memory for the rows of differing buckets, bytes of each side. */
const heldBytes = 32 * 1024 ** 2;

export async function compareRange(
  source: Side,
  target: Side,
  range: KeyRange | null,
  maxDifferences: number,
): Promise<RangeComparison> {
  const key = keyPositions(source.plan);
  const [left, right] = await Promise.all([sumRange(source, range, key), sumRange(target, range, key)]);
  const differing = left.differing(right);
  const sums = { source: left.checksum(), target: right.checksum() };
  if (differing.size === 0) return { ...sums, differences: [], hasMore: false };
  const [leftRows, rightRows] = await Promise.all([
    rowsOfBuckets(source, range, key, differing),
    rowsOfBuckets(target, range, key, differing),
  ]);
  // Where memory ran out, only the buckets that both sides kept can be compared.
  const differences = [...leftRows.keys()]
    .filter((bucket) => rightRows.has(bucket))
    .flatMap((bucket) => compareRows(source.plan, leftRows.get(bucket)!, rightRows.get(bucket)!));
  return {
    ...sums,
    differences: differences.slice(0, maxDifferences),
    hasMore: differences.length > maxDifferences || leftRows.size < differing.size || rightRows.size < differing.size,
  };
}

/** Positions of the primary key's columns in bundles; empty when the key is not copied whole. */
export function keyPositions(plan: TablePlan): number[] {
  const parts = plan.targetSchema.primaryKey?.parts ?? [];
  const positions = parts.map((part) => plan.columns.findIndex((column) => column.target.name === part.column));
  return positions.includes(-1) ? [] : positions;
}

async function sumRange(side: Side, range: KeyRange | null, key: readonly number[]): Promise<BucketSums> {
  const sums = new BucketSums(buckets);
  const hasher = new RowHasher(
    side.plan.columns.map((column) => column.wire),
    key,
  );
  for await (const bytes of wholeRows(side, range)) sums.addAll(hasher, bytes);
  return sums;
}

/** Rows by canonical key, each key's rows in reading order (several where there is no key). */
type RowsByKey = Map<string, Buffer[]>;

/** The rows of the wanted buckets; when they take too much memory, of those with the lowest numbers. */
async function rowsOfBuckets(
  side: Side,
  range: KeyRange | null,
  key: readonly number[],
  wanted: ReadonlySet<number>,
): Promise<Map<number, RowsByKey>> {
  const wires = side.plan.columns.map((column) => column.wire);
  const hasher = new RowHasher(wires, key);
  const canonical = wires.map(canonicalForm);
  const ascending = [...wanted].toSorted((left, right) => left - right);
  const kept = new Map(ascending.map((bucket) => [bucket, { rows: new Map() as RowsByKey, bytes: 0 }]));
  let held = 0;
  for await (const bytes of wholeRows(side, range)) {
    for (let at = 0; at < bytes.length;) {
      const next = hasher.hashRow(bytes, at);
      const bucket = kept.get(hasher.keyHash % buckets);
      if (bucket) {
        const row = Buffer.from(bytes.subarray(at, next));
        const id = keyText(row, key, canonical);
        const same = bucket.rows.get(id);
        if (same) same.push(row);
        else bucket.rows.set(id, [row]);
        bucket.bytes += row.length;
        held += row.length;
      }
      at = next;
    }
    while (held > heldBytes && kept.size > 1) {
      const last = ascending.pop()!;
      held -= kept.get(last)?.bytes ?? 0;
      kept.delete(last);
    }
  }
  return new Map([...kept].map(([bucket, { rows }]) => [bucket, rows]));
}

function keyText(
  row: Buffer,
  key: readonly number[],
  canonical: readonly (((field: string) => string) | null)[],
): string {
  const values = decodeRow(row).map((value, column) => (value === null ? null : (canonical[column]?.(value) ?? value)));
  return JSON.stringify(key.length > 0 ? key.map((position) => values[position]) : values);
}

function compareRows(plan: TablePlan, left: RowsByKey, right: RowsByKey): RowDifference[] {
  const differences: RowDifference[] = [];
  const columns = plan.columns.map((column) => column.source.name);
  const canonical = plan.columns.map((column) => canonicalForm(column.wire));
  for (const [id, rows] of left) {
    const others = right.get(id) ?? [];
    rows.forEach((row, index) => {
      const other = others[index];
      if (!other) {
        differences.push({ kind: 'missing', key: JSON.parse(id), cells: [], row });
        return;
      }
      if (row.equals(other)) return;
      const there = decodeRow(other);
      const cells = decodeRow(row).flatMap((value, column) => {
        const target = there[column] ?? null;
        const form = canonical[column] ?? ((text: string) => text);
        const isEqual = value === target || (value !== null && target !== null && form(value) === form(target));
        return isEqual ? [] : [{ column: columns[column]!, source: value, target }];
      });
      if (cells.length > 0) differences.push({ kind: 'changed', key: JSON.parse(id), cells, row });
    });
  }
  for (const [id, rows] of right) {
    const surplus = rows.length - (left.get(id)?.length ?? 0);
    for (const row of rows.slice(0, Math.max(0, surplus))) {
      differences.push({ kind: 'extra', key: JSON.parse(id), cells: [], row });
    }
  }
  return differences;
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
