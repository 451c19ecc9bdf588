/**
 * Writes row binary (binary-type.ts) into a growing buffer: no strings, no objects per field. The caller reserves room for a row
 * first, then appends without further checks.
 */
import { BinaryDoubt } from '../driver/binary-doubt.ts';
import { GrowingBuffer } from '../row-text/growing-buffer.ts';
import { LastView } from './last-view.ts';

/** Texts up to this length are searched and copied by one loop: calls into native code take longer. */
const shortText = 400;
const twoTo32 = 2 ** 32;
/** Digits of a numeric: more are for the target to judge. */
const mostDigits = 1000;
const numericNegative = 0x4000;
const jsonbVersion = 1;
const secondsOfDay = 86_400;
/** Days from 1970-01-01 to 2000-01-01, with which PostgreSQL begins. */
const epochDays = 10_957;

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const point = 0x2e;
const powersOfTen = [1, 10, 100, 1000];

/** Most bytes that a field takes beyond those of its text: a numeric of one digit. */
export const mostBytesAdded = 24;

export class RowBinaryEncoder extends GrowingBuffer {
  /** The date that was written last, as a number of its digits, and its days: many rows have the same. */
  #lastDate = -1;
  #lastDays = 0;
  readonly #source = new LastView();
  readonly #target = new LastView();

  /** Begins a tuple. */
  tuple(fields: number): void {
    this.#int16(fields);
  }

  null(): void {
    this.#int32(-1);
  }

  bool(value: boolean): void {
    this.#int32(1);
    this.out[this.used++] = value ? 1 : 0;
  }

  int2(value: number): void {
    if (value !== (value << 16) >> 16) throw new BinaryDoubt();
    this.#int32(2);
    this.#int16(value);
  }

  int4(value: number): void {
    if (value !== (value | 0)) throw new BinaryDoubt();
    this.#int32(4);
    this.#int32(value);
  }

  /** A whole number that a float64 holds exactly. */
  int8(value: number): void {
    this.#int32(8);
    this.#int64(value);
  }

  /** Its upper and lower 32 bits, the upper ones with sign. */
  int8Halves(high: number, low: number): void {
    this.#int32(8);
    this.#int32(high);
    this.#int32(low);
  }

  float8(value: number): void {
    this.#int32(8);
    this.used = this.out.writeDoubleBE(value, this.used);
  }

  /** Eight bytes as they are: a big-endian int64 or float64. */
  copied8(source: Buffer, from: number): void {
    this.#int32(8);
    const out = this.out;
    const length = this.used;
    for (let index = 0; index < 8; index++) out[length + index] = source[from + index]!;
    this.used = length + 8;
  }

  /** Eight bytes in the opposite order: a little-endian int64 or float64. */
  reversed8(source: Buffer, from: number): void {
    this.#int32(8);
    const out = this.out;
    const length = this.used;
    out[length] = source[from + 7]!;
    out[length + 1] = source[from + 6]!;
    out[length + 2] = source[from + 5]!;
    out[length + 3] = source[from + 4]!;
    out[length + 4] = source[from + 3]!;
    out[length + 5] = source[from + 2]!;
    out[length + 6] = source[from + 1]!;
    out[length + 7] = source[from]!;
    this.used = length + 8;
  }

  /** A float64 as a float32, where it is one. */
  float4(value: number): void {
    if (!Object.is(Math.fround(value), value)) throw new BinaryDoubt();
    this.#int32(4);
    this.used = this.out.writeFloatBE(value, this.used);
  }

  /** Bytes as they are. */
  bytes(source: Buffer, from: number, to: number): void {
    this.#int32(to - from);
    this.used += source.copy(this.out, this.used, from, to);
  }

  /** UTF-8, which has no NUL in PostgreSQL. */
  text(source: Buffer, from: number, to: number): void {
    this.#int32(to - from);
    this.#textBytes(source, from, to);
  }

  jsonb(source: Buffer, from: number, to: number): void {
    this.#int32(to - from + 1);
    this.out[this.used++] = jsonbVersion;
    this.#textBytes(source, from, to);
  }

  /** Hexadecimal digits with hyphens, 36 characters. */
  uuid(source: Buffer, from: number, to: number): void {
    if (to - from !== 36) throw new BinaryDoubt();
    this.#int32(16);
    const digits = source.toString('latin1', from, to).replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/i.test(digits)) throw new BinaryDoubt();
    this.used += this.out.write(digits, this.used, 'hex');
  }

  /**
   * `[-]digits[.digits]`. Groups of four digits are counted from the point; the server takes away zeros at both ends, and keeps as
   * many digits after the point as are said here.
   */
  numeric(source: Buffer, from: number, to: number): void {
    const negative = source[from] === minus;
    const first = negative ? from + 1 : from;
    let whole = 0;
    while (first + whole < to && isDigit(source[first + whole]!)) whole++;
    const fraction = source[first + whole] === point && first + whole < to ? to - (first + whole) - 1 : 0;
    const end = first + whole + (fraction > 0 ? fraction + 1 : 0);
    if (whole === 0 || end !== to || whole + fraction > mostDigits) throw new BinaryDoubt();
    const groupsBefore = (whole + 3) >> 2;
    const groups = groupsBefore + ((fraction + 3) >> 2);
    this.#int32(8 + groups * 2);
    this.#int16(groups);
    this.#int16(groupsBefore - 1);
    this.#int16(negative ? numericNegative : 0);
    this.#int16(fraction);
    // The first group may be short, and so may the last, which is filled up with zeros.
    let left = whole & 3 || 4;
    let value = 0;
    for (let at = first; at < to; at++) {
      const digit = source[at]!;
      if (at === first + whole) continue;
      if (!isDigit(digit)) throw new BinaryDoubt();
      value = value * 10 + digit - zero;
      if (--left > 0) continue;
      this.#int16(value);
      value = 0;
      left = 4;
    }
    if (left < 4) this.#int16(value * powersOfTen[left]!);
  }

  /** `unscaled` / 10^`scale`, where `unscaled` is a whole number that a float64 holds exactly. */
  decimal(unscaled: number, scale: number): void {
    const groupsAfter = (scale + 3) >> 2;
    // The digits after the point are filled up to whole groups.
    const power = powersOfTen[groupsAfter * 4 - scale]!;
    const value = Math.abs(unscaled) * power;
    if (!Number.isSafeInteger(value)) return this.#decimalDigits(unscaled, scale);
    let groups = groupsAfter;
    while (value >= 10_000 ** groups) groups++;
    this.#int32(8 + groups * 2);
    this.#int16(groups);
    this.#int16(groups - groupsAfter - 1);
    this.#int16(unscaled < 0 ? numericNegative : 0);
    this.#int16(scale);
    let rest = value;
    for (let at = this.used + (groups - 1) * 2; at >= this.used; at -= 2) {
      const next = Math.floor(rest / 10_000);
      const group = rest - next * 10_000;
      this.out[at] = group >> 8;
      this.out[at + 1] = group;
      rest = next;
    }
    this.used += groups * 2;
  }

  #decimalDigits(unscaled: number, scale: number): void {
    const digits = String(Math.abs(unscaled)).padStart(scale + 1, '0');
    const point = digits.length - scale;
    const text = `${unscaled < 0 ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
    this.numeric(Buffer.from(text, 'latin1'), 0, text.length);
  }

  /** `microsecond`: of the day. */
  time(microsecond: number): void {
    this.#int32(8);
    this.#int64(microsecond);
  }

  /** `date`: the number that YYYYMMDD is. */
  date(date: number): void {
    this.#int32(4);
    this.#int32(this.#days(date));
  }

  /** `second`: of the day. */
  timestamp(date: number, second: number, microsecond: number): void {
    this.#int32(8);
    const seconds = this.#days(date) * secondsOfDay + second;
    const value = seconds * 1e6 + microsecond;
    if (Number.isSafeInteger(value)) return this.#int64(value);
    this.used = this.out.writeBigInt64BE(BigInt(seconds) * 1_000_000n + BigInt(microsecond), this.used);
  }

  /** Of a date that exists, from 2000-01-01. */
  #days(date: number): number {
    if (date === this.#lastDate) return this.#lastDays;
    const year = Math.floor(date / 10_000);
    const month = Math.floor(date / 100) % 100;
    const day = date % 100;
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    if (year === 0 || moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== day) throw new BinaryDoubt();
    this.#lastDate = date;
    this.#lastDays = moment.getTime() / (secondsOfDay * 1000) - epochDays;
    return this.#lastDays;
  }

  #textBytes(source: Buffer, from: number, to: number): void {
    if (to - from > shortText) {
      if (source.subarray(from, to).includes(0)) throw new BinaryDoubt();
      this.used += source.copy(this.out, this.used, from, to);
      return;
    }
    const view = this.#source.of(source);
    const target = this.#target.of(this.out);
    let at = from;
    let length = this.used;
    for (; at + 4 <= to; at += 4, length += 4) {
      const word = view.getInt32(at);
      // A byte that is 0 borrows from its highest bit, which it does not have.
      if (((word - 0x01010101) & ~word & 0x80808080) !== 0) throw new BinaryDoubt();
      target.setInt32(length, word);
    }
    for (; at < to; at++) {
      const value = source[at]!;
      if (value === 0) throw new BinaryDoubt();
      this.out[length++] = value;
    }
    this.used = length;
  }

  #int16(value: number): void {
    const out = this.out;
    const length = this.used;
    out[length] = value >> 8;
    out[length + 1] = value;
    this.used = length + 2;
  }

  #int32(value: number): void {
    const out = this.out;
    const length = this.used;
    out[length] = value >> 24;
    out[length + 1] = value >> 16;
    out[length + 2] = value >> 8;
    out[length + 3] = value;
    this.used = length + 4;
  }

  #int64(value: number): void {
    const high = Math.floor(value / twoTo32);
    this.#int32(high);
    this.#int32((value - high * twoTo32) | 0);
  }
}

const isDigit = (value: number): boolean => value >= zero && value <= nine;
