/**
 * A checksum of rows that does not depend on their order. Each column is hashed in canonical form (floats by their bits,
 * decimals and JSON by value), then the row of hashes with NULL marks; row hashes are added up, never XORed, so that a
 * row that occurs twice does not cancel out (SPEC 8).
 */
import type { NeutralType } from '../model/neutral-type.ts';
import { backslash, lineFeed, nullMark, tab } from '../model/row-bundle.ts';
import { canonicalJson, canonicalNumber } from './canonical-json.ts';

export interface Checksum {
  readonly rows: number;
  /** Sum of the 64-bit row hashes modulo 2^64, 16 hex digits. */
  readonly sum: string;
}

type Canonical = (field: string) => string;

export class RowHasher {
  readonly #canonical: readonly (Canonical | null)[];
  #rows = 0;
  #low = 0;
  #high = 0;

  constructor(wires: readonly NeutralType[]) {
    this.#canonical = wires.map(canonicalForm);
  }

  /** Adds whole rows of row text. */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at = this.addRow(bytes, at);
  }

  /** Adds the row that starts at `at`; returns where the next one starts. */
  addRow(bytes: Buffer, at: number): number {
    let column = 0;
    let rowLow = 0x9e3779b9;
    let rowHigh = 0x85ebca6b;
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
          const text = canonical(bytes.toString('utf8', start, end));
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
      column++;
      start = end + 1;
      if (bytes[end] === lineFeed || end >= bytes.length) break;
    }
    const sumLow = this.#low + (rowLow >>> 0);
    this.#low = sumLow >>> 0;
    this.#high = (this.#high + (rowHigh >>> 0) + (sumLow > 0xffffffff ? 1 : 0)) >>> 0;
    this.#rows++;
    return start;
  }

  checksum(): Checksum {
    const hex = (lane: number) => lane.toString(16).padStart(8, '0');
    return { rows: this.#rows, sum: hex(this.#high) + hex(this.#low) };
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

/** null: equal values have equal row text. */
export function canonicalForm(type: NeutralType): Canonical | null {
  switch (type.kind) {
    case 'float':
      return (field) => {
        floatBits.setFloat64(0, Number(field));
        return floatBits.getBigUint64(0).toString(16);
      };
    case 'decimal':
      return canonicalNumber;
    case 'json':
    case 'array':
      return (field) => canonicalJson(unescape(field));
    case 'text':
      // CHAR(n): some databases pad with blanks, some take them away.
      return type.fixed ? (field) => field.replace(/ +$/, '') : null;
    default:
      return null;
  }
}

const unescapes: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };
const unescape = (field: string) =>
  field.includes('\\') ? field.replace(/\\([\\tnr])/g, (_, letter: string) => unescapes[letter]!) : field;
