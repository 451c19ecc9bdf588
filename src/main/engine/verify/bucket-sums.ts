/**
 * Sums of row hashes, apart for each part of the key space, so that a difference can be narrowed down. Sums do not depend on
 * the order of rows; hashes are added up, never XORed, so that a row that occurs twice does not cancel out (SPEC 8).
 */
import type { RowHasher } from './row-hasher.ts';

export interface Checksum {
  readonly rows: number;
  /** Sum of the 64-bit row hashes modulo 2^64, 16 hex digits. */
  readonly sum: string;
}

/** Of a table whose parts these are. */
export function totalOf(parts: readonly Checksum[]): Checksum {
  const sum = parts.reduce((total, part) => total + BigInt(`0x${part.sum}`), 0n);
  return {
    rows: parts.reduce((total, part) => total + part.rows, 0),
    sum: BigInt.asUintN(64, sum).toString(16).padStart(16, '0'),
  };
}

export class BucketSums {
  readonly buckets: number;
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #rows: Uint32Array;

  constructor(buckets: number) {
    this.buckets = buckets;
    this.#low = new Uint32Array(buckets);
    this.#high = new Uint32Array(buckets);
    this.#rows = new Uint32Array(buckets);
  }

  /** Adds every row of whole-row row text from `at` on; returns where the text ends. */
  addAll(hasher: RowHasher, bytes: Buffer, at = 0): number {
    while (at < bytes.length) at = this.addRow(hasher, bytes, at);
    return at;
  }

  /** Adds the row that begins at `at`; returns where the next one does. */
  addRow(hasher: RowHasher, bytes: Buffer, at: number): number {
    const next = hasher.hashRow(bytes, at);
    this.#add(hasher.keyHash % this.buckets, hasher.low, hasher.high, 1);
    return next;
  }

  /** Buckets whose rows differ. */
  differing(other: BucketSums): Set<number> {
    const different = new Set<number>();
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      const isEqual =
        this.#rows[bucket] === other.#rows[bucket] &&
        this.#low[bucket] === other.#low[bucket] &&
        this.#high[bucket] === other.#high[bucket];
      if (!isEqual) different.add(bucket);
    }
    return different;
  }

  checksum(): Checksum {
    const total = new BucketSums(1);
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      total.#add(0, this.#low[bucket]!, this.#high[bucket]!, this.#rows[bucket]!);
    }
    const hex = (lane: number) => lane.toString(16).padStart(8, '0');
    return { rows: total.#rows[0]!, sum: hex(total.#high[0]!) + hex(total.#low[0]!) };
  }

  #add(bucket: number, low: number, high: number, rows: number): void {
    const sum = this.#low[bucket]! + low;
    this.#low[bucket] = sum;
    // The typed arrays keep 32 bits; the carry of the low lane goes to the high one.
    this.#high[bucket] = this.#high[bucket]! + high + (sum > 0xffffffff ? 1 : 0);
    this.#rows[bucket] = this.#rows[bucket]! + rows;
  }
}
