/** From row text to what LOAD DATA reads, in slices. Only tables with a column that needs it pass through here. */
import { backslash, carriageReturn, lineFeed, nullMark, tab } from '../../model/row-bundle.ts';

/**
 * What becomes of a column's text: `copy` and `number` (for BIT and YEAR) as it is; `boolean` t/f -> 1/0; `bytes` hex ->
 * raw bytes; `bits` 0/1 characters -> raw bytes; `geometry` EWKB hex -> the server's own SRID and WKB.
 */
export type ColumnAction = 'copy' | 'number' | 'boolean' | 'bytes' | 'bits' | 'geometry';

/** True when the column's fields pass through untouched. */
export const isUntouched = (action: ColumnAction): boolean => action === 'copy' || action === 'number';

/** EWKB's flag in the type word: a SRID follows. */
const sridFlag = 0x20;
/** `\\x` */
const bytesPrefixLength = 3;
/** Byte order, type word and SRID of EWKB. */
const geometryHeadBytes = 9;

export class LoadDataTranscoder {
  readonly #actions: readonly ColumnAction[];
  readonly #untouched: readonly boolean[];
  #column = 0;
  /** Characters of the current field seen so far. */
  #seen = 0;
  #isNull = false;
  /** The first of two hex digits; -1: none. */
  #highNibble = -1;
  /** First bytes of a geometry, or the characters of a bits value. */
  #collected: number[] = [];
  #out: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(actions: readonly ColumnAction[]) {
    this.#actions = actions;
    this.#untouched = actions.map(isUntouched);
  }

  /** Takes the next slice of row text, which may begin and end anywhere, and gives what it becomes. */
  push(slice: Buffer): Buffer {
    // At most two bytes for one, and the SRID that a geometry without one gets.
    this.#out = Buffer.allocUnsafe(slice.length * 2 + 16);
    this.#length = 0;
    for (let at = 0; at < slice.length; at++) {
      const value = slice[at]!;
      if (value === tab || value === lineFeed) this.#endField(value);
      else if (this.#untouched[this.#column]) this.#out[this.#length++] = value;
      else this.#character(value);
    }
    return this.#out.subarray(0, this.#length);
  }

  #character(value: number): void {
    const seen = this.#seen++;
    // Backslashes are those of NULL and of the prefix of bytes.
    if (this.#isNull || value === backslash) return;
    if (seen === 1 && value === nullMark) {
      this.#isNull = true;
      return;
    }
    switch (this.#actions[this.#column]) {
      case 'boolean':
        this.#out[this.#length++] = value === 0x74 ? 0x31 : value === 0x66 ? 0x30 : value;
        return;
      case 'bits':
        this.#collected.push(value & 1);
        return;
      case 'bytes':
        if (seen >= bytesPrefixLength) this.#nibble(value);
        return;
      default:
        this.#nibble(value);
    }
  }

  #nibble(character: number): void {
    const nibble = character <= 0x39 ? character & 15 : (character & 15) + 9;
    if (this.#highNibble < 0) {
      this.#highNibble = nibble;
      return;
    }
    const value = (this.#highNibble << 4) | nibble;
    this.#highNibble = -1;
    if (this.#actions[this.#column] === 'geometry' && this.#collected.length < geometryHeadBytes) {
      this.#collected.push(value);
      if (this.#collected.length === geometryHeadBytes) this.#geometryHead();
      return;
    }
    this.#raw(value);
  }

  /** A byte as LOAD DATA reads it back. */
  #raw(value: number): void {
    if (value === tab || value === lineFeed || value === carriageReturn || value === backslash) {
      this.#out[this.#length++] = backslash;
      this.#out[this.#length++] =
        value === tab ? 0x74 : value === lineFeed ? 0x6e : value === carriageReturn ? 0x72 : value;
    } else {
      this.#out[this.#length++] = value;
    }
  }

  #geometryHead(): void {
    for (const value of storedGeometryHead(this.#collected)) this.#raw(value);
  }

  #endField(separator: number): void {
    const action = this.#actions[this.#column];
    if (this.#isNull) {
      this.#out[this.#length++] = backslash;
      this.#out[this.#length++] = nullMark;
    } else if (action === 'bits') {
      for (const value of packBits(this.#collected)) this.#raw(value);
    } else if (action === 'geometry' && this.#collected.length < geometryHeadBytes) {
      // No geometry is that short: the server refuses it.
      for (const value of this.#collected) this.#raw(value);
    }
    this.#out[this.#length++] = separator;
    this.#column = separator === lineFeed ? 0 : this.#column + 1;
    this.#seen = 0;
    this.#isNull = false;
    this.#highNibble = -1;
    this.#collected = [];
  }
}

/** First 9 bytes of EWKB => as the server stores them: SRID first, 0 where there is none, no flag in the type. */
export function storedGeometryHead(head: readonly number[]): number[] {
  const order = head[0]!;
  const flagAt = order === 1 ? 4 : 1;
  if ((head[flagAt]! & sridFlag) === 0) return [0, 0, 0, 0, ...head];
  const type = head.slice(1, 5);
  type[flagAt - 1]! &= ~sridFlag;
  const srid = head.slice(5, 9);
  if (order !== 1) srid.reverse();
  return [...srid, order, ...type];
}

/** Bits, most significant first => big-endian bytes. */
export function packBits(bits: readonly number[]): number[] {
  const bytes = new Array<number>(Math.ceil(bits.length / 8)).fill(0);
  bits.forEach((bit, index) => {
    const place = bits.length - 1 - index;
    bytes[bytes.length - 1 - (place >> 3)]! |= bit << (place & 7);
  });
  return bytes;
}
