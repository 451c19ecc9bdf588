/** Fields of row text as values to bind, by the column that takes them: nothing that SQLite would bend gets to it. */
import type { SQLInputValue } from 'node:sqlite';
import { RowsRefused } from '../../driver/rows-refused.ts';
import type { ColumnPlan } from '../../model/table-plan.ts';
import { bytesOfHex, valueOfLiteral } from './sqlite-literal.ts';
import { affinityOf, type Affinity } from './sqlite-types.ts';
import { plainDigits } from './sqlite-value-encoder.ts';

/** `field`: unescaped, not NULL. Throws RowsRefused. */
export type DecodeValue = (field: string) => SQLInputValue;

export function decoderOf(column: ColumnPlan): DecodeValue {
  const affinity = affinityOf(column.target.nativeType);
  const refuse: Refuse = (field, why) => {
    const shown = field.length > 100 ? `${field.slice(0, 100)}…` : field;
    const { name, nativeType } = column.target;
    return new RowsRefused(`Column ${name} (${nativeType}) does not take "${shown}": ${why}`, 'SQLITE_MISMATCH', name);
  };
  switch (column.wire.kind) {
    case 'boolean':
      return (field) => {
        if (field === 't') return 1n;
        if (field === 'f') return 0n;
        throw refuse(field, 'it is neither true nor false');
      };
    case 'integer':
      return integerDecoder(affinity, refuse);
    case 'float':
      return floatDecoder(affinity, refuse);
    case 'decimal':
      return isNumeric(affinity) ? (field) => exactNumber(field, refuse) : (field) => field;
    case 'bytes':
      return (field) => {
        const bytes = field.startsWith('\\x') ? bytesOfHex(field.slice(2)) : undefined;
        if (bytes === undefined) throw refuse(field, 'it is not hexadecimal');
        return bytes;
      };
    case 'any':
      return (field) => {
        const value = valueOfLiteral(field);
        if (value === undefined) throw refuse(field, 'it is not an SQLite literal');
        return value;
      };
    default:
      return isNumeric(affinity) ? (field) => unbentText(field, refuse) : (field) => field;
  }
}

type Refuse = (field: string, why: string) => RowsRefused;

/** Affinities that make numbers of texts that look like numbers. */
const isNumeric = (affinity: Affinity) => affinity !== 'text' && affinity !== 'blob';

function integerDecoder(affinity: Affinity, refuse: Refuse): DecodeValue {
  return (field) => {
    const small = smallInteger(field);
    if (small === undefined) {
      if (!/^-?\d+$/.test(field)) throw refuse(field, 'it is not an integer');
      if (affinity === 'text') return field;
      const large = BigInt(field);
      if (BigInt.asIntN(64, large) !== large) throw refuse(field, 'it is beyond 64 bits');
      if (affinity === 'real' && BigInt(Number(large)) !== large) throw refuse(field, 'a REAL would round it');
      return large;
    }
    // node:sqlite binds numbers as REAL, which INTEGER and NUMERIC affinity turn into INTEGER again.
    return affinity === 'text' ? field : affinity === 'blob' ? BigInt(small) : small;
  };
}

/** Value of up to 15 digits, which a number holds exactly; undefined for anything else. */
function smallInteger(field: string): number | undefined {
  const { length } = field;
  const start = field.charCodeAt(0) === 0x2d ? 1 : 0;
  if (length === start || length > 15) return undefined;
  let value = 0;
  for (let index = start; index < length; index++) {
    const digit = field.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return start === 0 ? value : -value;
}

function floatDecoder(affinity: Affinity, refuse: Refuse): DecodeValue {
  return (field) => {
    const value = Number(field);
    // SQLite stores NaN as NULL. Number('') and Number(' ') are 0.
    if (Number.isNaN(value) || field.trim() === '') throw refuse(field, 'SQLite has no such number');
    return affinity === 'text' ? field : value;
  };
}

/** A decimal for a column that holds 64-bit numbers only: taken where none of its digits is lost. */
function exactNumber(field: string, refuse: Refuse): SQLInputValue {
  const parts = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?$/.exec(field);
  if (!parts || !/\d/.test(field)) throw refuse(field, 'SQLite has no such number');
  const whole = parts[2] || '0';
  const fraction = parts[3] ?? '';
  if (fraction === '') {
    const value = BigInt(`${parts[1]}${whole}`);
    if (BigInt.asIntN(64, value) === value) return value;
  }
  const value = Number(field);
  const digits = `${parts[1]}${whole}${fraction && `.${fraction}`}`;
  if (plainDigits(value) !== digits) throw refuse(field, 'a 64-bit number would lose digits');
  return value;
}

/** Text for a column that makes numbers of what looks like one: refused where the number would read differently. */
function unbentText(field: string, refuse: Refuse): string {
  if (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(field) && String(Number(field)) !== field) {
    throw refuse(field, 'the column would store it as a number');
  }
  return field;
}
