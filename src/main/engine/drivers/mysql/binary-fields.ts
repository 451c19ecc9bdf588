/**
 * From a value of the binary protocol to row binary. Formats: "Binary Protocol Value" of the MySQL internals manual; integers and
 * doubles are little-endian, moments have no bytes for what is zero at their end.
 */
import { BinaryDoubt } from '../../driver/binary-doubt.ts';
import type { ColumnPlan } from '../../model/table-plan.ts';
import type { BinaryType } from '../../row-binary/binary-type.ts';
import type { RowBinaryEncoder } from '../../row-binary/row-binary-encoder.ts';
import type { ResultColumn } from './mysql-connection.ts';

/** Writes one value, which has `to - from` bytes. */
export type EncodeBinary = (out: RowBinaryEncoder, source: Buffer, from: number, to: number) => void;

export interface BinaryField {
  /** Bytes of every value; 0: a length comes before them. */
  readonly width: 0 | 1 | 2 | 4 | 8;
  readonly encode: EncodeBinary;
}

/** Types of the protocol. */
const protocol = { tiny: 1, short: 2, long: 3, double: 5, bigint: 8, medium: 9, year: 13 } as const;
const unsignedFlag = 0x20;
const twoTo32 = 2 ** 32;

/** Whether values of the column can become fields of that type: what of it is known before a result is there. */
export function offersBinary({ source, wire }: ColumnPlan, type: BinaryType): boolean {
  switch (source.type.kind) {
    case 'integer':
      return wire.kind === 'boolean' ? type === 'bool' : wire.kind === 'integer' && /^(int[248]|numeric)$/.test(type);
    case 'decimal':
      return type === 'numeric';
    case 'float':
      return type === 'float8' || type === 'float4';
    case 'date':
      return type === 'date';
    case 'timestamp':
    case 'timestamptz':
      return type === 'timestamp';
    case 'uuid':
      return type === 'uuid';
    case 'bytes':
      return type === 'bytea';
    case 'text':
    case 'enum':
    case 'set':
      return type === 'text' && wire.kind !== 'bytes';
    case 'json':
      return type === 'text' || type === 'jsonb';
    default:
      return false;
  }
}

/** How the result's column is read. Throws BinaryDoubt where that is not as `offersBinary` expected. */
export function binaryField(column: ResultColumn, { source }: ColumnPlan, type: BinaryType): BinaryField {
  const isUnsigned = (column.flags & unsignedFlag) !== 0;
  const { kind } = source.type;
  if (kind === 'integer') {
    const field = integerField(column.columnType, isUnsigned, type);
    if (field) return field;
  } else if (kind === 'float') {
    if (column.columnType === protocol.double) return { width: 8, encode: floatEncoders[type]! };
  } else {
    const encode = kind === 'date' || type === 'timestamp' ? momentEncoders[type] : variableEncoders[type];
    // Numbers have a width of their own; everything else has its length before it.
    if (encode && !fixedTypes.has(column.columnType)) return { width: 0, encode };
  }
  throw new BinaryDoubt(`column ${column.name} has type ${column.columnType} in the protocol`);
}

/** Integers, YEAR, FLOAT (4) and DOUBLE. */
const fixedTypes = new Set([1, 2, 3, 4, 5, 8, 9, 13]);

function integerField(columnType: number, isUnsigned: boolean, type: BinaryType): BinaryField | null {
  const field = (width: 1 | 2 | 4, read: (source: Buffer, at: number) => number): BinaryField | null => {
    const write = integerWriters[type];
    return write ? { width, encode: (out, source, from) => write(out, read(source, from)) } : null;
  };
  switch (columnType) {
    case protocol.tiny:
      return field(1, isUnsigned ? (source, at) => source[at]! : (source, at) => source.readInt8(at));
    case protocol.short:
    case protocol.year:
      return field(2, isUnsigned ? (source, at) => source.readUInt16LE(at) : (source, at) => source.readInt16LE(at));
    case protocol.medium:
    case protocol.long:
      return field(4, isUnsigned ? (source, at) => source.readUInt32LE(at) : (source, at) => source.readInt32LE(at));
    case protocol.bigint:
      return bigintField(isUnsigned, type);
    default:
      return null;
  }
}

const integerWriters: Partial<Record<BinaryType, (out: RowBinaryEncoder, value: number) => void>> = {
  int2: (out, value) => out.int2(value),
  int4: (out, value) => out.int4(value),
  int8: (out, value) => out.int8(value),
  numeric: (out, value) => writeDigits(out, String(value)),
  bool: (out, value) => {
    if (value !== 0 && value !== 1) throw new BinaryDoubt('a boolean that is neither 0 nor 1');
    out.bool(value === 1);
  },
};

function bigintField(isUnsigned: boolean, type: BinaryType): BinaryField | null {
  if (type === 'int8') {
    const encode: EncodeBinary = (out, source, from) => {
      if (isUnsigned && source[from + 7]! > 0x7f) throw new BinaryDoubt('a number beyond bigint');
      out.reversed8(source, from);
    };
    return { width: 8, encode };
  }
  const write = integerWriters[type];
  if (!write) return null;
  return {
    width: 8,
    encode: (out, source, from) => {
      const high = isUnsigned ? source.readUInt32LE(from + 4) : source.readInt32LE(from + 4);
      const value = high * twoTo32 + source.readUInt32LE(from);
      if (Number.isSafeInteger(value)) return write(out, value);
      if (type !== 'numeric') throw new BinaryDoubt('a number beyond its column');
      writeDigits(out, String(isUnsigned ? source.readBigUInt64LE(from) : source.readBigInt64LE(from)));
    },
  };
}

function writeDigits(out: RowBinaryEncoder, digits: string): void {
  out.numeric(Buffer.from(digits, 'latin1'), 0, digits.length);
}

const floatEncoders: Partial<Record<BinaryType, EncodeBinary>> = {
  float8: (out, source, from) => out.reversed8(source, from),
  float4: (out, source, from) => out.float4(source.readDoubleLE(from)),
};

/** Year in two bytes, month and day, as the number that YYYYMMDD is. */
const dateAt = (source: Buffer, at: number): number =>
  ((source[at]! | (source[at + 1]! << 8)) * 100 + source[at + 2]!) * 100 + source[at + 3]!;

const momentEncoders: Partial<Record<BinaryType, EncodeBinary>> = {
  date: (out, source, from, to) => {
    if (to - from < 4) throw new BinaryDoubt('a zero date');
    out.date(dateAt(source, from));
  },
  timestamp: (out, source, from, to) => {
    const length = to - from;
    if (length < 4) throw new BinaryDoubt('a zero date');
    const second = length < 7 ? 0 : (source[from + 4]! * 60 + source[from + 5]!) * 60 + source[from + 6]!;
    const microsecond = length < 11 ? 0 : source.readUInt32LE(from + 7);
    out.timestamp(dateAt(source, from), second, microsecond);
  },
};

const variableEncoders: Partial<Record<BinaryType, EncodeBinary>> = {
  numeric: (out, source, from, to) => out.numeric(source, from, to),
  text: (out, source, from, to) => out.text(source, from, to),
  jsonb: (out, source, from, to) => out.jsonb(source, from, to),
  bytea: (out, source, from, to) => out.bytes(source, from, to),
  uuid: (out, source, from, to) => out.uuid(source, from, to),
};
