/**
 * Which values are in the plain form of a type, so that they conform to it (sqlite-conformity.ts) without a question: others may, which
 * SQL has to tell.
 */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { NeutralType } from '../../../model/neutral-type.ts';
import { dateAt, endWithoutZone, expectSpace, fractionAt, secondsAt } from './plain-moments.ts';
import { exactInteger, exactNumber, highOf, isBlob, serialTypes, textEnd } from './stored-value.ts';

/** Throws BinaryDoubt for a value that is not plain. It is not NULL and begins at `at`. */
export type ExpectPlain = (source: Buffer, serial: number, at: number) => void;

/** null: no value is plain. */
export function plainValues(type: NeutralType): ExpectPlain | null {
  switch (type.kind) {
    case 'integer':
      return type.bits === 64 ? expectInteger : withinBits(type.bits, type.unsigned);
    case 'decimal':
      return type.precision === null ? null : withinDigits(type.precision, type.scale ?? 0);
    case 'time':
      return type.span === 'day' ? expectTime : null;
    default:
      return expectations[type.kind] ?? null;
  }
}

const expectInteger: ExpectPlain = (source, serial, at) => {
  if (serial >= serialTypes.float) highOf(source, serial, at);
};

function withinBits(bits: number, unsigned: boolean): ExpectPlain {
  const half = 2 ** (bits - 1);
  const [lowest, highest] = unsigned ? [0, 2 * half - 1] : [-half, half - 1];
  return (source, serial, at) => {
    const value = exactInteger(source, serial, at);
    if (value < lowest || value > highest) throw new BinaryDoubt('an integer of more bits');
  };
}

/** A number that is the nearest one to a decimal of `scale` digits after the point. */
function withinDigits(precision: number, scale: number): ExpectPlain {
  const power = 10 ** scale;
  const limit = 10 ** precision;
  return (source, serial, at) => {
    const value = exactNumber(source, serial, at);
    const unscaled = Math.round(value * power);
    if (!Number.isSafeInteger(unscaled) || Math.abs(unscaled) >= limit || unscaled / power !== value) {
      throw new BinaryDoubt('a number with other digits');
    }
  };
}

const expectTime: ExpectPlain = (source, serial, at) => {
  const end = textEnd(serial, at);
  secondsAt(source, at, end);
  fractionAt(source, at + 8, end);
};

function expectMoment(source: Buffer, at: number, end: number): void {
  dateAt(source, at, end);
  expectSpace(source, at + 10);
  secondsAt(source, at + 11, end);
  fractionAt(source, at + 19, end);
}

const expectations: Partial<Record<NeutralType['kind'], ExpectPlain>> = {
  boolean: (_source, serial) => {
    if (serial !== serialTypes.zero && serial !== serialTypes.one) throw new BinaryDoubt('neither 0 nor 1');
  },
  float: (_source, serial) => {
    if (serial >= serialTypes.firstBlob) throw new BinaryDoubt('a value that is no number');
  },
  text: (_source, serial) => {
    if (isBlob(serial)) throw new BinaryDoubt('a blob');
  },
  bytes: (_source, serial) => {
    if (serial < serialTypes.firstBlob) throw new BinaryDoubt('a number');
  },
  date: (source, serial, at) => {
    const end = textEnd(serial, at);
    if (end !== at + 10) throw new BinaryDoubt('a date in another form');
    dateAt(source, at, end);
  },
  timestamp: (source, serial, at) => expectMoment(source, at, textEnd(serial, at)),
  timestamptz: (source, serial, at) => expectMoment(source, at, endWithoutZone(source, textEnd(serial, at))),
};
