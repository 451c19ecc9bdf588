/** What tuples of row binary mean, as row text without escapes, by PostgreSQL's own formats (src/backend/utils/adt, *_recv). */
import type { BinaryType } from '../../src/main/engine/row-binary/binary-type.ts';

/** Rows of fields; null: NULL. */
export function decodeTuples(bytes: Buffer, types: readonly BinaryType[]): (string | null)[][] {
  const rows: (string | null)[][] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.readInt16BE(at) !== types.length) throw new Error(`A tuple of ${bytes.readInt16BE(at)} fields at ${at}.`);
    at += 2;
    rows.push(
      types.map((type) => {
        const length = bytes.readInt32BE(at);
        at += 4;
        if (length === -1) return null;
        at += length;
        return decoders[type]!(bytes.subarray(at - length, at));
      }),
    );
  }
  return rows;
}

const epoch = Date.UTC(2000, 0, 1);
const isoDate = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);
const clock = (microseconds: bigint) => {
  const seconds = new Date(Number(microseconds / 1_000_000n) * 1000).toISOString().slice(11, 19);
  const fraction = String(microseconds % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction === '' ? seconds : `${seconds}.${fraction}`;
};
const dayMicroseconds = 86_400_000_000n;

const decoders: Record<BinaryType, (value: Buffer) => string> = {
  bool: (value) => (value.readUInt8() === 1 ? 't' : 'f'),
  int4: (value) => String(value.readInt32BE()),
  int8: (value) => String(value.readBigInt64BE()),
  float8: (value) => String(value.readDoubleBE()),
  text: (value) => value.toString('latin1'),
  bytea: (value) => `\\x${value.toString('hex')}`,
  uuid: (value) => value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  numeric: (value) => numericText(value),
  date: (value) => isoDate(epoch + value.readInt32BE() * 86_400_000),
  time: (value) => clock(value.readBigInt64BE()),
  timestamp: (value) => {
    const microseconds = value.readBigInt64BE();
    const ofDay = ((microseconds % dayMicroseconds) + dayMicroseconds) % dayMicroseconds;
    const days = Number((microseconds - ofDay) / dayMicroseconds);
    return `${isoDate(epoch + days * 86_400_000)} ${clock(ofDay)}`;
  },
};

function numericText(value: Buffer): string {
  const [groups, weight, sign, scale] = [0, 2, 4, 6].map((at) => value.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  if (value.length !== 8 + groups * 2) throw new Error('A numeric of another length than its groups.');
  const group = (power: number) => {
    const index = weight - power;
    const digits = index >= 0 && index < groups ? value.readInt16BE(8 + index * 2) : 0;
    if (digits < 0 || digits > 9999) throw new Error('A group of more than four digits.');
    return String(digits).padStart(4, '0');
  };
  let whole = '';
  for (let power = Math.max(weight, 0); power >= 0; power--) whole += group(power);
  let fraction = '';
  for (let power = -1; fraction.length < scale; power--) fraction += group(power);
  const digits = `${whole.replace(/^0+(?=\d)/, '')}${scale === 0 ? '' : `.${fraction.slice(0, scale)}`}`;
  return sign === 0x4000 ? `-${digits}` : digits;
}
