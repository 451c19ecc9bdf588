/** Rows of one side that may differ, kept by key within a limit of memory, and their comparison with the other side's. */
import type { TablePlan } from '../model/table-plan.ts';
import { decodeRow } from '../row-text/decode-row.ts';
import { canonicalForm, type Canonical } from './canonical-form.ts';
import type { RowHasher } from './row-hasher.ts';

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

/** Memory for the rows of one side, with what it costs to keep each of them. */
const heldBytes = 32 * 1024 ** 2;
const bytesPerRow = 400;
/** The last bucket may take more: it may hold one large row. */
const lastBucketBytes = 4 * heldBytes;

/** Rows that are equal by value, kept once. */
interface KeptRow {
  readonly row: Buffer;
  count: number;
}

interface Bucket {
  /** By canonical key; several where the key occurs more than once. */
  readonly rows: Map<string, KeptRow[]>;
  bytes: number;
}

export class DifferingRows {
  readonly #plan: TablePlan;
  readonly #key: readonly number[];
  readonly #canonical: readonly (Canonical | null)[];
  readonly #buckets: number;
  /** Of `wanted`, those that there was memory for: the ones with the lowest numbers, so that both sides keep the same. */
  readonly #kept: Map<number, Bucket>;
  readonly #ascending: number[];
  readonly #wanted: number;
  #held = 0;

  /** `wanted`: buckets of `buckets` in all, as RowHasher's key hash tells them. */
  constructor(
    plan: TablePlan,
    key: readonly number[],
    signedZero: boolean,
    wanted: ReadonlySet<number>,
    buckets: number,
  ) {
    this.#plan = plan;
    this.#key = key;
    this.#canonical = plan.columns.map((column) => canonicalForm(column, signedZero));
    this.#buckets = buckets;
    this.#ascending = [...wanted].toSorted((left, right) => left - right);
    this.#wanted = wanted.size;
    this.#kept = new Map(this.#ascending.map((bucket) => [bucket, { rows: new Map<string, KeptRow[]>(), bytes: 0 }]));
  }

  /** Keeps the wanted rows of whole-row row text. */
  takeFrom(hasher: RowHasher, bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const next = hasher.hashRow(bytes, at);
      const bucket = this.#kept.get(hasher.keyHash % this.#buckets);
      if (bucket) this.#keep(bucket, bytes.subarray(at, next));
      at = next;
    }
    while (this.#held > (this.#kept.size > 1 ? heldBytes : lastBucketBytes)) {
      const last = this.#ascending.pop()!;
      this.#held -= this.#kept.get(last)!.bytes;
      this.#kept.delete(last);
    }
  }

  /** `this` is the source. At most `limit` differences; `isComplete` false: there are more, or there was no memory for all rows. */
  compareWith(target: DifferingRows, limit: number): { differences: RowDifference[]; isComplete: boolean } {
    const differences: RowDifference[] = [];
    let compared = 0;
    for (const [bucket, { rows }] of this.#kept) {
      const others = target.#kept.get(bucket);
      if (!others) continue;
      if (differences.length > limit) break;
      compared++;
      for (const [id, own] of rows) this.#compareKey(id, own, others.rows.get(id) ?? [], differences, limit);
      for (const [id, own] of others.rows) if (!rows.has(id)) this.#compareKey(id, [], own, differences, limit);
    }
    const isComplete = compared === this.#wanted && differences.length <= limit;
    return { differences: differences.slice(0, limit), isComplete };
  }

  #keep(bucket: Bucket, row: Buffer): void {
    const id = this.#keyText(row);
    const same = bucket.rows.get(id);
    // Without a key the whole row is the key.
    const equal = same?.find((kept) => this.#key.length === 0 || kept.row.equals(row));
    if (equal) {
      equal.count++;
      return;
    }
    const kept = { row: Buffer.from(row), count: 1 };
    if (same) same.push(kept);
    else bucket.rows.set(id, [kept]);
    const cost = row.length + id.length + bytesPerRow;
    bucket.bytes += cost;
    this.#held += cost;
  }

  #keyText(row: Buffer): string {
    const values = decodeRow(row).map((value, column) =>
      value === null ? null : (this.#canonical[column]?.(value) ?? value),
    );
    return JSON.stringify(this.#key.length > 0 ? this.#key.map((position) => values[position]) : values);
  }

  /** Rows of one key on both sides: equal ones cancel out, the rest are pairs, and what one side has more. */
  #compareKey(
    id: string,
    source: readonly KeptRow[],
    target: readonly KeptRow[],
    differences: RowDifference[],
    limit: number,
  ): void {
    if (differences.length > limit) return;
    const left = source.map((kept) => ({ ...kept }));
    const right = target.map((kept) => ({ ...kept }));
    for (const row of left) {
      for (const other of right) {
        const both = Math.min(row.count, other.count);
        if (both > 0 && this.#differingCells(row.row, other.row).length === 0) {
          row.count -= both;
          other.count -= both;
        }
      }
    }
    const key = JSON.parse(id) as (string | null)[];
    const more = (rows: readonly KeptRow[]) =>
      rows.flatMap(({ row, count }) => Array<Buffer>(Math.min(count, limit + 1)).fill(row));
    const [missing, extra] = [more(left), more(right)];
    for (const [index, row] of missing.entries()) {
      const other = extra[index];
      differences.push(
        other
          ? { kind: 'changed', key, cells: this.#differingCells(row, other), row }
          : { kind: 'missing', key, cells: [], row },
      );
    }
    for (const row of extra.slice(missing.length)) differences.push({ kind: 'extra', key, cells: [], row });
  }

  #differingCells(row: Buffer, other: Buffer): RowDifference['cells'] {
    if (row.equals(other)) return [];
    const there = decodeRow(other);
    return decodeRow(row).flatMap((source, column) => {
      const target = there[column] ?? null;
      const form = this.#canonical[column] ?? ((text: string) => text);
      const isEqual = source === target || (source !== null && target !== null && form(source) === form(target));
      return isEqual ? [] : [{ column: this.#plan.columns[column]!.source.name, source, target }];
    });
  }
}
