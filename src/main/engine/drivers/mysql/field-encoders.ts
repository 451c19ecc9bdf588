/** From the bytes of one value, as the text protocol sends it, to row text. Golden table: test/drivers/mysql. */
import type { RowTextEncoder } from '../../row-text/row-text-encoder.ts';
import type { ColumnPlan } from '../../model/table-plan.ts';

type Encode = (out: RowTextEncoder, source: Buffer, from: number, to: number) => void;

/** When the bytes that the server sends are row text as they are. */
export type AsIs =
  /** Always: digits. */
  | 'always'
  /** Where nothing is to be escaped. */
  | 'unescaped'
  /** Where it is no zero date, and no fraction is to be trimmed. */
  | 'plain date'
  | 'never';

export interface FieldEncoder {
  readonly asIs: AsIs;
  /** A whole value, or its first piece of at least 64 bytes. */
  readonly first: Encode;
  /** Further pieces of a value too large to encode at once; null where no value is large. */
  readonly more: Encode | null;
}

/** Most bytes that a value without `more` grows by: a TIME as an interval, BIT(64). */
export const mostBytesAdded = 64;

const zero = 0x30;
const point = 0x2e;
const epochDate = Buffer.from('1970-01-01', 'latin1');
const epochMidnight = Buffer.from('1970-01-01 00:00:00', 'latin1');

export function fieldEncoder(column: ColumnPlan): FieldEncoder {
  const { source, wire, rules } = column;
  switch (source.type.kind) {
    case 'integer':
      return wire.kind === 'boolean' ? whole(encodeBoolean) : whole(encodePlain, 'always');
    case 'decimal':
    case 'float':
    case 'uuid':
      return whole(encodePlain, 'always');
    case 'bits':
      return whole(wire.kind === 'boolean' ? encodeBitAsBoolean : bitsEncoder(source.type.length ?? 1));
    case 'date':
      return whole(dateEncoder(rules.zeroDate, epochDate), 'plain date');
    case 'timestamp':
    case 'timestamptz':
      return whole(dateEncoder(rules.zeroDate, epochMidnight), 'plain date');
    case 'time':
      return whole(wire.kind === 'interval' ? encodeInterval : encodeTrimmed);
    case 'bytes':
      return { asIs: 'never', first: encodeBytes, more: encodeHex };
    case 'geometry':
      return { asIs: 'never', first: encodeGeometry, more: encodeHex };
    default: {
      if (wire.kind === 'bytes') return { asIs: 'never', first: encodeBytes, more: encodeHex };
      const { nulByte } = rules;
      const encodeText: Encode = (out, bytes, from, to) => out.text(bytes, from, to, nulByte);
      return { asIs: 'unescaped', first: encodeText, more: encodeText };
    }
  }
}

const whole = (first: Encode, asIs: AsIs = 'never'): FieldEncoder => ({ asIs, first, more: null });

const encodePlain: Encode = (out, source, from, to) => out.plain(source, from, to);

const encodeHex: Encode = (out, source, from, to) => out.hex(source, from, to);

const encodeBytes: Encode = (out, source, from, to) => {
  out.bytesPrefix();
  out.hex(source, from, to);
};

/** 0 => f, 1 => t; any other number stays one, so that the target refuses it. */
const encodeBoolean: Encode = (out, source, from, to) => {
  const digit = source[from]! - zero;
  if (to - from === 1 && (digit === 0 || digit === 1)) out.byte(digit === 0 ? 0x66 : 0x74);
  else out.plain(source, from, to);
};

const encodeBitAsBoolean: Encode = (out, source, from) => out.byte(source[from] === 0 ? 0x66 : 0x74);

/** Big-endian bytes => exactly `length` characters. */
function bitsEncoder(length: number): Encode {
  return (out, source, _from, to) => {
    for (let bit = length - 1; bit >= 0; bit--) out.byte(zero + ((source[to - 1 - (bit >> 3)]! >> (bit & 7)) & 1));
  };
}

/** End of the value without trailing zeros of its fraction: `12:00:00.120000` => 12:00:00.12, `.000000` => nothing. */
function trimmedEnd(source: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && source[end - 1] === zero) end--;
  return source[end - 1] === point ? end - 1 : end;
}

/** `HH:MM:SS` is 8 characters at least; a fraction makes it longer than the seconds, found by its point. */
const encodeTrimmed: Encode = (out, source, from, to) => out.plain(source, from, endOfSeconds(source, from, to));

function endOfSeconds(source: Buffer, from: number, to: number): number {
  for (let at = to - 2; at >= from && at >= to - 7; at--) {
    if (source[at] === point) return trimmedEnd(source, from, to);
  }
  return to;
}

/** `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS[.f]`. */
function dateEncoder(rule: 'error' | 'null' | 'epoch', epoch: Buffer): Encode {
  return (out, source, from, to) => {
    if (rule !== 'error' && isZeroDate(source, from)) {
      if (rule === 'null') out.null();
      else out.plain(epoch, 0, epoch.length);
      return;
    }
    out.plain(source, from, to - from > 19 ? trimmedEnd(source, from, to) : to);
  };
}

/** Year, month or day zero: what no calendar has. */
export function isZeroDate(source: Buffer, from: number): boolean {
  const isZero = (at: number) => source[from + at] === zero && source[from + at + 1] === zero;
  return isZero(5) || isZero(8) || (isZero(0) && isZero(2));
}

/** `-838:59:59.5` => PT-838H-59M-59.5S */
const encodeInterval: Encode = (out, source, from, to) => {
  const negative = source[from] === 0x2d;
  const end = endOfSeconds(source, from, to);
  let at = negative ? from + 1 : from;
  out.byte(0x50);
  out.byte(0x54);
  for (const unit of [0x48, 0x4d, 0x53]) {
    let next = at;
    while (next < end && source[next] !== 0x3a) next++;
    if (negative) out.byte(0x2d);
    while (at < next - 1 && source[at] === zero && source[at + 1] !== point) at++;
    out.plain(source, at, next);
    out.byte(unit);
    at = next + 1;
  }
};

/**
 * The server's own format, a little-endian SRID and WKB => EWKB. Read raw rather than by ST_AsWKB: the stored order of
 * coordinates is x (longitude) before y, as EWKB has it, whatever the reference system says.
 */
const encodeGeometry: Encode = (out, source, from, to) => {
  const srid = source.readUInt32LE(from);
  if (srid === 0) return out.hex(source, from + 4, to);
  const head = Buffer.from(source.subarray(from + 4, from + 9));
  const withSrid = 0x20000000;
  if (head[0] === 1) head.writeUInt32LE((head.readUInt32LE(1) | withSrid) >>> 0, 1);
  else head.writeUInt32BE((head.readUInt32BE(1) | withSrid) >>> 0, 1);
  const sridBytes = Buffer.alloc(4);
  if (head[0] === 1) sridBytes.writeUInt32LE(srid);
  else sridBytes.writeUInt32BE(srid);
  out.hex(head, 0, 5);
  out.hex(sridBytes, 0, 4);
  out.hex(source, from + 9, to);
};
