/**
 * SQLite values as literals: the canonical text of type `any`, by which a value keeps its storage class from one file to
 * the other. `1`, `1.5`, `9e999`, `'it''s'`, `x'00ff'`.
 */
import type { SQLInputValue } from 'node:sqlite';

/** `value` as read with bigints: INTEGER is a bigint, REAL a number. Not for NULL. */
export function literalOf(value: Exclude<SQLInputValue, null>): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return realLiteral(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`;
}

/** Shortest digits that read back as the same REAL, never looking like an INTEGER: 1 => `1.0`, -0 => `-0.0`. */
export function realLiteral(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** The value of a literal that `literalOf` made; undefined when it is none. */
export function valueOfLiteral(literal: string): Exclude<SQLInputValue, null> | undefined {
  const first = literal.charCodeAt(0);
  if (first === 0x27) return valueOfText(literal);
  if (literal.startsWith("x'") && literal.endsWith("'")) return bytesOfHex(literal.slice(2, -1));
  if (/^-?\d+$/.test(literal)) {
    const value = BigInt(literal);
    return BigInt.asIntN(64, value) === value ? value : undefined;
  }
  return /^-?\d[\d.e+-]*$/.test(literal) ? Number(literal) : undefined;
}

function valueOfText(literal: string): string | undefined {
  if (literal.length < 2 || !literal.endsWith("'")) return undefined;
  const inner = literal.slice(1, -1);
  return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
}

/** Undefined unless `hex` is whole pairs of hex digits. */
export function bytesOfHex(hex: string): Uint8Array | undefined {
  const bytes = Buffer.from(hex, 'hex');
  return bytes.length * 2 === hex.length ? bytes : undefined;
}
