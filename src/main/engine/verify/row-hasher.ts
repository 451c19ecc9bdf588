/**
 * A hash of each row by value. Each column is hashed in canonical form (floats by their bits, decimals and JSON by value),
 * then the row of hashes with NULL marks (SPEC 8).
 */
import { backslash, lineFeed, nullMark, tab } from '../model/row-bundle.ts';
import type { ComparedColumn } from './canonical-form.ts';
import { cellHasher, highFactor, highSeed, lowFactor, lowSeed, mix, type HashCell, type Lanes } from './hash-cell.ts';

/** What stands for NULL: no cell's bytes are hashed to it on purpose. */
const nullHash = 0x7f4a7c15;

/** Hashes one row at a time; the fields below describe the row hashed last. */
export class RowHasher {
  /** The row's 64-bit hash in two unsigned lanes. */
  low = 0;
  high = 0;
  /** Hash of the key columns alone, unsigned 32 bits; of the whole row where there is no key. */
  keyHash = 0;
  readonly #cells: readonly (HashCell | null)[];
  readonly #lanes: Lanes = { low: 0, high: 0 };
  /** By column position. */
  readonly #isKey: readonly boolean[];
  readonly #hasKey: boolean;

  /** `keyPositions`: positions of the key's columns, empty: the row is its own key. `signedZero`: see canonicalForm. */
  constructor(columns: readonly ComparedColumn[], keyPositions: readonly number[] = [], signedZero = true) {
    this.#cells = columns.map((column) => cellHasher(column, signedZero));
    this.#isKey = columns.map((_, position) => keyPositions.includes(position));
    this.#hasKey = keyPositions.length > 0;
  }

  /** Hashes the row that starts at `at` of row text; returns where the next one starts. */
  hashRow(bytes: Buffer, at: number): number {
    const lanes = this.#lanes;
    let column = 0;
    let rowLow = 0x9e3779b9;
    let rowHigh = 0x85ebca6b;
    let key = 0x27d4eb2f;
    let start = at;
    for (;;) {
      let low = lowSeed;
      let high = highSeed;
      let end = start;
      const hashCell = this.#cells[column]!;
      if (hashCell === null) {
        for (let byte = bytes[end]!; byte !== tab && byte !== lineFeed; byte = bytes[++end]!) {
          low = Math.imul(low ^ byte, lowFactor);
          high = Math.imul(high ^ byte, highFactor);
        }
      } else {
        while (bytes[end] !== tab && bytes[end] !== lineFeed) end++;
      }
      if (isNull(bytes, start, end)) low = high = nullHash;
      else if (hashCell !== null) {
        hashCell(bytes, start, end, lanes);
        ({ low, high } = lanes);
      }
      // The row's hash takes each column's hash and its position.
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

const isNull = (bytes: Buffer, start: number, end: number) =>
  end - start === 2 && bytes[start] === backslash && bytes[start + 1] === nullMark;
