/**
 * A checksum of rows that does not depend on their order. Each column is hashed in canonical form (floats by their bits,
 * decimals and JSON by value), then the row of hashes with NULL marks; row hashes are added up, never XORed, so that a
 * row that occurs twice does not cancel out (SPEC 8).
 */
import type { NeutralType } from '../model/neutral-type.ts';
import { backslash, lineFeed, nullMark, tab } from '../model/row-bundle.ts';
import { unescapeField } from '../row-text/decode-row.ts';
import { canonicalJson, canonicalNumber } from './canonical-json.ts';

export interface Checksum {
  readonly rows: number;
  /** Sum of the 64-bit row hashes modulo 2^64, 16 hex digits. */
  readonly sum: string;
}

export type Canonical = (value: string) => string;

/** Hashes one row at a time; the fields below describe the row hashed last. */
export class RowHasher {
  /** The row's 64-bit hash in two unsigned lanes. */
  low = 0;
  high = 0;
  /** Hash of the key columns alone, unsigned 32 bits; of the whole row where there is no key. */
  keyHash = 0;
  readonly #canonical: readonly (Canonical | null)[];
  /** By column position. */
  readonly #isKey: readonly boolean[];
  readonly #hasKey: boolean;

  /** `keyPositions`: positions of the key's columns, empty: the row is its own key. */
  constructor(wires: readonly NeutralType[], keyPositions: readonly number[] = []) {
    this.#canonical = wires.map(canonicalForm);
    this.#isKey = wires.map((_, position) => keyPositions.includes(position));
    this.#hasKey = keyPositions.length > 0;
  }

  /** Hashes the row that starts at `at` of row text; returns where the next one starts. */
  hashRow(bytes: Buffer, at: number): number {
    let column = 0;
    let rowLow = 0x9e3779b9;
    let rowHigh = 0x85ebca6b;
    let key = 0x27d4eb2f;
    let start = at;
    for (;;) {
      // A column's hash: FNV-1a in two lanes over its canonical bytes.
      let low = 0x811c9dc5;
      let high = 0x01000193;
      let end = start;
      const canonical = this.#canonical[column]!;
      if (canonical === null) {
        for (let byte = bytes[end]!; byte !== tab && byte !== lineFeed; byte = bytes[++end]!) {
          low = Math.imul(low ^ byte, 0x01000193);
          high = Math.imul(high ^ byte, 0x5bd1e995);
        }
      } else {
        while (bytes[end] !== tab && bytes[end] !== lineFeed) end++;
        if (!isNull(bytes, start, end)) {
          const text = canonical(unescapeField(bytes.toString('utf8', start, end)));
          for (let index = 0; index < text.length; index++) {
            const unit = text.charCodeAt(index);
            low = Math.imul(low ^ unit, 0x01000193);
            high = Math.imul(high ^ unit, 0x5bd1e995);
          }
        }
      }
      // The row's hash takes each column's hash, its NULL mark and its position.
      if (isNull(bytes, start, end)) low = high = 0x7f4a7c15;
      rowLow = mix(rowLow ^ low, column);
      rowHigh = mix(rowHigh ^ high, column + 0x632b);
      if (this.#isKey[column]) key = mix(key ^ low, column);
      column++;
      start = end + 1;
      if (bytes[end] === lineFeed) break;
    }
    this.low = rowLow >>> 0;
    this.high = rowHigh >>> 0;
    this.keyHash = (this.#hasKey ? key : rowLow) >>> 0;
    return start;
  }
}

/** Sums of row hashes, apart for each part of the key space, so that a difference can be narrowed down. */
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

  /** Adds every row of whole-row row text. */
  addAll(hasher: RowHasher, bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      at = hasher.hashRow(bytes, at);
      this.#add(hasher.keyHash % this.buckets, hasher.low, hasher.high, 1);
    }
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

const isNull = (bytes: Buffer, start: number, end: number) =>
  end - start === 2 && bytes[start] === backslash && bytes[start + 1] === nullMark;

/** MurmurHash3's finalizer: every input bit reaches every output bit. */
function mix(value: number, salt: number): number {
  let hash = value ^ Math.imul(salt + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const floatBits = new DataView(new ArrayBuffer(8));

/** Form in which equal values have equal text, from the unescaped field; null: row text is that form already. */
export function canonicalForm(type: NeutralType): Canonical | null {
  switch (type.kind) {
    case 'float':
      return (value) => {
        floatBits.setFloat64(0, Number(value));
        return floatBits.getBigUint64(0).toString(16);
      };
    case 'decimal':
      return canonicalNumber;
    case 'json':
    case 'array':
      return canonicalJson;
    case 'text':
      // CHAR(n): some databases pad with blanks, some take them away.
      return type.fixed ? (value) => value.replace(/ +$/, '') : null;
    default:
      return null;
  }
}
