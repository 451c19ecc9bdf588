/** From a value in a record to a field of row binary. */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { ColumnPlan } from '../../../model/table-plan.ts';
import type { BinaryType } from '../../../row-binary/binary-type.ts';
import type { RowBinaryEncoder } from '../../../row-binary/row-binary-encoder.ts';
import { dateAt, endWithoutZone, expectSpace, fractionAt, secondsAt } from './plain-moments.ts';
import {
  exactInteger,
  exactNumber,
  highOf,
  isBlob,
  isText,
  lengthOf,
  lowOf,
  serialTypes,
  textEnd,
} from './stored-value.ts';

/** Writes one value, which is not NULL and begins at `at`. Throws BinaryDoubt. */
export type EncodeField = (out: RowBinaryEncoder, source: Buffer, serial: number, at: number) => void;

/** null: values of the column cannot become fields of that type. */
export function fieldEncoder({ wire }: Pick<ColumnPlan, 'wire'>, type: BinaryType): EncodeField | null {
  switch (wire.kind) {
    case 'integer':
      return integerEncoders[type] ?? null;
    case 'decimal':
      return type === 'numeric' ? decimalEncoder(wire.precision, wire.scale ?? 0) : null;
    case 'json':
      return type === 'jsonb' ? encodeJsonb : type === 'text' ? encodeText : null;
    case 'float':
      return type === 'float4' ? encodeFloat4 : type === 'float8' ? encodeFloat8 : null;
    default: {
      const only = onlyEncoders[wire.kind];
      return only && type === only.type ? only.encode : null;
    }
  }
}

const integerEncoders: Partial<Record<BinaryType, EncodeField>> = {
  int2: (out, source, serial, at) => out.int2(exactInteger(source, serial, at)),
  int4: (out, source, serial, at) => out.int4(exactInteger(source, serial, at)),
  int8: (out, source, serial, at) => out.int8Halves(highOf(source, serial, at), lowOf(source, serial, at)),
  numeric: (out, source, serial, at) => out.decimal(exactInteger(source, serial, at), 0),
};

const encodeFloat4: EncodeField = (out, source, serial, at) => out.float4(exactNumber(source, serial, at));

const encodeFloat8: EncodeField = (out, source, serial, at) => {
  if (serial !== serialTypes.float) return out.float8(exactInteger(source, serial, at));
  // The exponent of infinities, which rules may be about.
  if ((source[at]! & 0x7f) === 0x7f && source[at + 1]! >= 0xf0) throw new BinaryDoubt('a number that is not finite');
  out.copied8(source, at);
};

/** Digits of a float64 that are always exact. */
const exactDigits = 15;

/**
 * A REAL stands for the decimal with the column's digits whose nearest float it is; without such digits, for its shortest ones. Texts are in
 * columns of affinity TEXT, or have more digits than a number holds.
 */
function decimalEncoder(precision: number | null, scale: number): EncodeField {
  const power = 10 ** scale;
  const limit = 10 ** Math.min(precision ?? exactDigits, exactDigits);
  return (out, source, serial, at) => {
    if (isText(serial)) return out.numeric(source, at, textEnd(serial, at));
    const value = exactNumber(source, serial, at);
    const unscaled = Math.round(value * power);
    if (Math.abs(unscaled) < limit && unscaled / power === value) return out.decimal(unscaled, scale);
    const digits = Buffer.from(String(value), 'latin1');
    out.numeric(digits, 0, digits.length);
  };
}

const encodeText: EncodeField = (out, source, serial, at) => out.text(source, at, textEnd(serial, at));
const encodeJsonb: EncodeField = (out, source, serial, at) => out.jsonb(source, at, textEnd(serial, at));

/** Kinds of values that have one type. */
const onlyEncoders: Partial<Record<string, { readonly type: BinaryType; readonly encode: EncodeField }>> = {
  boolean: {
    type: 'bool',
    encode: (out, _source, serial) => {
      if (serial !== serialTypes.zero && serial !== serialTypes.one) throw new BinaryDoubt('neither 0 nor 1');
      out.bool(serial === serialTypes.one);
    },
  },
  text: { type: 'text', encode: encodeText },
  enum: { type: 'text', encode: encodeText },
  bytes: {
    type: 'bytea',
    encode: (out, source, serial, at) => {
      if (!isBlob(serial)) throw new BinaryDoubt('a value that is no blob');
      out.bytes(source, at, at + lengthOf(serial));
    },
  },
  uuid: { type: 'uuid', encode: (out, source, serial, at) => out.uuid(source, at, textEnd(serial, at)) },
  date: {
    type: 'date',
    encode: (out, source, serial, at) => {
      const end = textEnd(serial, at);
      if (end !== at + 10) throw new BinaryDoubt('a date in another form');
      out.date(dateAt(source, at, end));
    },
  },
  time: {
    type: 'time',
    encode: (out, source, serial, at) => {
      const end = textEnd(serial, at);
      out.time(secondsAt(source, at, end) * 1e6 + fractionAt(source, at + 8, end));
    },
  },
  timestamp: {
    type: 'timestamp',
    encode: (out, source, serial, at) => writeMoment(out, source, at, textEnd(serial, at)),
  },
  timestamptz: {
    type: 'timestamp',
    encode: (out, source, serial, at) => writeMoment(out, source, at, endWithoutZone(source, textEnd(serial, at))),
  },
};

function writeMoment(out: RowBinaryEncoder, source: Buffer, at: number, end: number): void {
  const date = dateAt(source, at, end);
  expectSpace(source, at + 10);
  out.timestamp(date, secondsAt(source, at + 11, end), fractionAt(source, at + 19, end));
}
