/**
 * Hashes of cells whose text is not the same everywhere, by value, from the bytes: no string and no object for what most
 * cells hold (measured over 1 M rows of 5 columns, two of them numbers: 0.5 s of CPU for both ends, 3.3 s by way of strings).
 */
import { unescapeField } from '../row-text/decode-row.ts';
import { canonicalForm, comparedType, type Canonical, type ComparedColumn } from './canonical-form.ts';

/** A 64-bit hash in two lanes of 32 bits. One object is used for all cells. */
export interface Lanes {
  low: number;
  high: number;
}

/** Hashes the field between `start` and `end`, which is not NULL. */
export type HashCell = (bytes: Buffer, start: number, end: number, into: Lanes) => void;

export const lowSeed = 0x811c9dc5;
export const highSeed = 0x01000193;
/** FNV-1a's factor, and one of MurmurHash. */
export const lowFactor = 0x01000193;
export const highFactor = 0x5bd1e995;

/** null: equal values have equal bytes. */
export function cellHasher(column: ComparedColumn, signedZero: boolean): HashCell | null {
  const type = comparedType(column);
  switch (type.kind) {
    case 'decimal':
      return hashDecimal;
    case 'float':
      return signedZero ? hashFloat : hashFloatWithoutSignedZero;
    case 'text':
      return type.fixed ? hashWithoutPadding : null;
    default: {
      const form = canonicalForm(column, signedZero);
      return form && canonicalHasher(form);
    }
  }
}

/** MurmurHash3's finalizer: every input bit reaches every output bit. */
export function mix(value: number, salt: number): number {
  let hash = value ^ Math.imul(salt + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const hashBytes: HashCell = (bytes, start, end, into) => {
  let low = lowSeed;
  let high = highSeed;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    low = Math.imul(low ^ byte, lowFactor);
    high = Math.imul(high ^ byte, highFactor);
  }
  into.low = low;
  into.high = high;
};

const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/**
 * The number's digits without leading and trailing zeros, its sign and its power of ten, as canonicalNumber has them. What is
 * no number (`NaN`) is hashed as it is.
 */
const hashDecimal: HashCell = (bytes, start, end, into) => {
  let low = lowSeed;
  let high = highSeed;
  const isNegative = bytes[start] === minus;
  let digits = 0;
  let fractionDigits = -1;
  let isSignificant = false;
  let zeros = 0;
  let at = isNegative ? start + 1 : start;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === point && fractionDigits < 0) {
      fractionDigits = 0;
      continue;
    }
    if (byte < zero || byte > zero + 9) break;
    digits++;
    if (fractionDigits >= 0) fractionDigits++;
    if (byte === zero) {
      zeros++;
      continue;
    }
    for (; isSignificant && zeros > 0; zeros--) {
      low = Math.imul(low ^ zero, lowFactor);
      high = Math.imul(high ^ zero, highFactor);
    }
    zeros = 0;
    isSignificant = true;
    low = Math.imul(low ^ byte, lowFactor);
    high = Math.imul(high ^ byte, highFactor);
  }
  const exponent = at === end ? 0 : exponentOf(bytes, at, end);
  if (digits === 0 || exponent === null) return hashBytes(bytes, start, end, into);
  const power = isSignificant ? zeros - Math.max(0, fractionDigits) + exponent : 0;
  const sign = isSignificant && isNegative ? 1 : 0;
  into.low = mix(low ^ power, sign);
  into.high = mix(high ^ power, sign);
};

/** Of `e+10`; null: it is something else. */
function exponentOf(bytes: Buffer, start: number, end: number): number | null {
  const match = /^[eE]([+-]?\d+)$/.exec(bytes.toString('latin1', start, end));
  return match ? Number(match[1]) : null;
}

const float = new Float64Array(1);
const floatHalves = new Uint32Array(float.buffer);
const powersOfTen = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);
/** Below it every whole number is a float. */
const mostExact = 2 ** 53;

const hashFloat: HashCell = (bytes, start, end, into) => hashFloatBits(floatOf(bytes, start, end), into);

const hashFloatWithoutSignedZero: HashCell = (bytes, start, end, into) =>
  hashFloatBits(floatOf(bytes, start, end) + 0, into);

function hashFloatBits(value: number, into: Lanes): void {
  float[0] = value;
  into.low = mix(floatHalves[0]!, floatHalves[1]!);
  into.high = mix(floatHalves[1]!, floatHalves[0]!);
}

/**
 * The float nearest to the digits. Digits below 2^53 and a power of ten up to 22 are floats themselves, so that one
 * multiplication or division of them rounds right (Clinger 1990); the others are left to the runtime.
 */
function floatOf(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === minus;
  let digits = 0;
  let fractionDigits = -1;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === point && fractionDigits < 0) {
      fractionDigits = 0;
      continue;
    }
    if (byte < zero || byte > zero + 9) return Number(bytes.toString('latin1', start, end));
    digits = digits * 10 + (byte - zero);
    if (digits >= mostExact) return Number(bytes.toString('latin1', start, end));
    if (fractionDigits >= 0) fractionDigits++;
  }
  if (fractionDigits >= powersOfTen.length) return Number(bytes.toString('latin1', start, end));
  const value = fractionDigits > 0 ? digits / powersOfTen[fractionDigits]! : digits;
  return isNegative ? -value : value;
}

const blank = 0x20;

const hashWithoutPadding: HashCell = (bytes, start, end, into) => {
  let last = end;
  while (last > start && bytes[last - 1] === blank) last--;
  hashBytes(bytes, start, last, into);
};

function canonicalHasher(canonical: Canonical): HashCell {
  return (bytes, start, end, into) => {
    const text = canonical(unescapeField(bytes.toString('utf8', start, end)));
    let low = lowSeed;
    let high = highSeed;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      low = Math.imul(low ^ unit, lowFactor);
      high = Math.imul(high ^ unit, highFactor);
    }
    into.low = low;
    into.high = high;
  };
}
