/** Values of SQLite as fields of row text: one function per column, made once per table. */
import type { SQLOutputValue } from 'node:sqlite';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnPlan, ValueRules } from '../../model/table-plan.ts';
import { applyDateRules, canonicalDateText, dateForm } from './sqlite-date-text.ts';
import { literalOf } from './sqlite-literal.ts';
import { isHeldBack } from './sqlite-held-back.ts';

/** A field of row text, escaped. Throws UnencodableValue, and NeedsCare for what cannot be told from the value alone. */
export type EncodeValue = (value: SQLOutputValue) => string;

/** A value that has no canonical text in its column's wire type; `what` ends a sentence: `holds ...`. */
export class UnencodableValue extends Error {
  override readonly name = 'UnencodableValue';
}

/**
 * A cell that the page held back, or a text with U+FFFD, which is what node:sqlite also makes of bytes that are no UTF-8:
 * the row has to be read again.
 */
export class NeedsCare extends Error {
  override readonly name = 'NeedsCare';
}

/** `checked`: values are whole, texts are known to be UTF-8, so that U+FFFD is a character like any other. */
export function encoderOf(column: ColumnPlan, checked = false): EncodeValue {
  const encode = wireEncoder(column.wire, column.rules, checked);
  return (value) => {
    if (value === null) return '\\N';
    if (typeof value === 'object' && !checked && isHeldBack(value)) throw new NeedsCare('Held back');
    return encode(value);
  };
}

type Encode = (value: Exclude<SQLOutputValue, null>) => string;

function wireEncoder(wire: NeutralType, rules: ValueRules, checked: boolean): Encode {
  const escape = textEscaper(rules.nulByte, checked);
  switch (wire.kind) {
    case 'boolean':
      return (value) => (value === 1n ? 't' : value === 0n ? 'f' : plain(value, escape));
    case 'integer':
      return (value) => {
        if (typeof value === 'number') throw new UnencodableValue(`the REAL ${value} where an integer belongs`);
        return plain(value, escape);
      };
    case 'decimal':
    case 'float':
      return (value) => {
        if (typeof value !== 'number') return plain(value, escape);
        if (Number.isFinite(value)) return wire.kind === 'float' ? floatText(value) : plainDigits(value);
        return rules.notANumber === 'null' ? '\\N' : String(value);
      };
    case 'bytes':
      return (value) => {
        if (typeof value === 'string') return `\\\\x${Buffer.from(checkUtf8(value, checked), 'utf8').toString('hex')}`;
        if (value instanceof Uint8Array) return `\\\\x${asBuffer(value).toString('hex')}`;
        throw new UnencodableValue(`the number ${value} where bytes belong`);
      };
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return dateEncoder(dateForm(wire)!, rules);
    case 'uuid':
      return (value) => (typeof value === 'string' ? escape(lowerUuid(value)) : plain(value, escape));
    case 'any':
      return (value) => escape(literalOf(value));
    default:
      return (value) => (typeof value === 'string' ? escape(value) : plain(value, escape));
  }
}

/** Numbers as SQLite prints them, text as it is; bytes have no place in a text. */
function plain(value: Exclude<SQLOutputValue, null>, escape: (text: string) => string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return realText(value);
  throw new UnencodableValue(`a BLOB of ${value.length} bytes where its type has none`);
}

function dateEncoder(form: 'date' | 'time' | 'timestamp', rules: ValueRules): Encode {
  return (value) => {
    if (typeof value !== 'string') {
      const what = value instanceof Uint8Array ? 'a BLOB' : `the number ${value}`;
      throw new UnencodableValue(`${what} where a ${form} belongs`);
    }
    const canonical = canonicalDateText(value, form);
    if (canonical === undefined)
      throw new UnencodableValue(`${JSON.stringify(value.slice(0, 100))}, which is no ${form}`);
    return form === 'time' ? canonical : (applyDateRules(canonical, form, rules) ?? '\\N');
  };
}

/** Everything that is not a plain character: escapes, NUL, and what node:sqlite puts in place of broken UTF-8. */
const special = /[\0\t\n\r\\\ufffd]/;

function textEscaper(nulByte: ValueRules['nulByte'], checked: boolean): (text: string) => string {
  return (text) => (special.test(text) ? escapeText(checkUtf8(text, checked), nulByte) : text);
}

/** Rules `error` and `keep` leave NUL where it is: the target refuses it, or holds it. */
export function escapeText(text: string, nulByte: ValueRules['nulByte']): string {
  return text.replace(/[\0\t\n\r\\]/g, (character) => {
    switch (character) {
      case '\t':
        return '\\t';
      case '\n':
        return '\\n';
      case '\r':
        return '\\r';
      case '\\':
        return '\\\\';
      default:
        return nulByte === 'strip' ? '' : nulByte === 'replace' ? '\u2400' : character;
    }
  });
}

function checkUtf8(text: string, checked: boolean): string {
  if (!checked && text.includes('\ufffd')) throw new NeedsCare('U+FFFD in text');
  return text;
}

const lowerUuid = (text: string) => (/^[0-9a-f-]{36}$/i.test(text) ? text.toLowerCase() : text);

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const floatText = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

/** As SQLite's CAST(... AS TEXT): shortest digits, and `1.0` rather than `1`. */
function realText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  const text = floatText(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Digits without exponent: 1e21 => 1000000000000000000000, 1.5e-7 => 0.00000015. */
export function plainDigits(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign, whole, fraction = '', exponent] = match as unknown as [string, string, string, string?, string?];
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0') + (point < digits.length ? `.${digits.slice(point)}` : '');
}
