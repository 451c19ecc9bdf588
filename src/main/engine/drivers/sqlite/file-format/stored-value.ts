/** Values in a record (https://www.sqlite.org/fileformat2.html, 2.1): a serial type tells storage class and length; numbers are big-endian. */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import { LastView } from '../../../row-binary/last-view.ts';

/** Serial types. 1 to 6, 8 and 9 are integers, the last two 0 and 1; even ones from 12 are blobs, odd ones from 13 texts. */
export const serialTypes = { null: 0, integer64: 6, float: 7, zero: 8, one: 9, firstBlob: 12, firstText: 13 } as const;
const twoTo32 = 2 ** 32;
const lastView = new LastView();

/** Bytes of the values of the serial types below `firstBlob`; 10 and 11 are not in use. */
const shortLengths = Uint8Array.of(0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0);

export const lengthOf = (serial: number): number =>
  serial < serialTypes.firstBlob ? shortLengths[serial]! : (serial - serialTypes.firstBlob) >> 1;

export const isText = (serial: number): boolean => serial >= serialTypes.firstText && (serial & 1) === 1;
export const isBlob = (serial: number): boolean => serial >= serialTypes.firstBlob && (serial & 1) === 0;

/** Where a text that begins at `at` ends. Throws BinaryDoubt for other values. */
export function textEnd(serial: number, at: number): number {
  if (!isText(serial)) throw new BinaryDoubt('a value that is no text');
  return at + lengthOf(serial);
}

/** The upper 32 bits of an integer, with sign. Throws BinaryDoubt for other values. */
export function highOf(source: Buffer, serial: number, at: number): number {
  switch (serial) {
    case 1:
    case 2:
    case 3:
    case 4:
      return source[at]! > 0x7f ? -1 : 0;
    case 5:
      return (((source[at]! << 8) | source[at + 1]!) << 16) >> 16;
    case 6:
      return int32At(source, at);
    case 8:
    case 9:
      return 0;
    default:
      throw new BinaryDoubt('a value that is no integer');
  }
}

/** The lower 32 bits of an integer, as a number with sign. */
export function lowOf(source: Buffer, serial: number, at: number): number {
  switch (serial) {
    case 1:
      return (source[at]! << 24) >> 24;
    case 2:
      return (((source[at]! << 8) | source[at + 1]!) << 16) >> 16;
    case 3:
      return (((source[at]! << 16) | (source[at + 1]! << 8) | source[at + 2]!) << 8) >> 8;
    case 4:
      return int32At(source, at);
    case 5:
      return int32At(source, at + 2);
    case 6:
      return int32At(source, at + 4);
    default:
      return serial - serialTypes.zero;
  }
}

const int32At = (source: Buffer, at: number): number =>
  (source[at]! << 24) | (source[at + 1]! << 16) | (source[at + 2]! << 8) | source[at + 3]!;

/** An integer that a float64 holds exactly. Throws BinaryDoubt for other values. */
export function exactInteger(source: Buffer, serial: number, at: number): number {
  const value = highOf(source, serial, at) * twoTo32 + (lowOf(source, serial, at) >>> 0);
  if (!Number.isSafeInteger(value)) throw new BinaryDoubt('an integer beyond 53 bits');
  return value;
}

/** A number that is finite and exact as a float64. A whole number in a column of affinity REAL is stored as an integer. Throws BinaryDoubt. */
export function exactNumber(source: Buffer, serial: number, at: number): number {
  if (serial !== serialTypes.float) return exactInteger(source, serial, at);
  const value = lastView.of(source).getFloat64(at);
  if (!Number.isFinite(value)) throw new BinaryDoubt('a number that is not finite');
  return value;
}
