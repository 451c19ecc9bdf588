/**
 * SQLite's declared types and ours. A declared type is only a word: what a column does to values follows from its
 * affinity (https://www.sqlite.org/datatype3.html), and only integers and floats may get a numeric one, since NUMERIC
 * turns '1.10' into 1.1. Names of ours therefore end in _TEXT, and the catalog knows them again.
 */
import type { NeutralType } from '../../model/neutral-type.ts';

export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** Affinity of a declared type, by SQLite's own five rules in their order. */
export function affinityOf(declared: string): Affinity {
  const name = declared.toUpperCase();
  if (name.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(name)) return 'text';
  if (name.includes('BLOB') || name.trim() === '') return 'blob';
  if (/REAL|FLOA|DOUB/.test(name)) return 'real';
  return 'numeric';
}

export interface ReadType {
  readonly type: NeutralType;
  /** False: a name of users that any value may contradict, so only the rows tell. */
  readonly certain: boolean;
}

export const integerType = (bits: 8 | 16 | 24 | 32 | 64, unsigned = false): NeutralType => ({
  kind: 'integer',
  bits,
  unsigned,
});
export const textType = (length: number | null = null, fixed = false, ignoresCase = false): NeutralType => ({
  kind: 'text',
  length,
  fixed,
  ignoresCase,
});
export const floatType: NeutralType = { kind: 'float', bits: 64 };
export const bytesType: NeutralType = { kind: 'bytes', length: null, fixed: false };

const integerBits: Readonly<Record<string, 8 | 16 | 24 | 32 | 64>> = {
  TINYINT: 8,
  INT1: 8,
  SMALLINT: 16,
  INT2: 16,
  MEDIUMINT: 24,
  INT3: 24,
  INT: 32,
  INT4: 32,
  BIGINT: 64,
  INT8: 64,
};

/** `ignoresCase`: the column has COLLATE NOCASE. */
export function readType(declared: string, ignoresCase = false): ReadType {
  const { name, first, second } = parseDeclared(declared);
  const ours = readOurs(name, first, second, ignoresCase);
  if (ours) return { type: ours, certain: true };
  return { type: readUsers(name, first, second, declared, ignoresCase), certain: false };
}

/** `decimal ( 10, 2 )` => DECIMAL, 10, 2. */
function parseDeclared(declared: string): { name: string; first: number | null; second: number | null } {
  const match = /^([^(]*)(?:\(\s*([+-]?\d+)\s*(?:,\s*([+-]?\d+)\s*)?\))?/.exec(declared.toUpperCase());
  const name = (match?.[1] ?? '').replace(/\s+/g, ' ').trim();
  return { name, first: toNumber(match?.[2]), second: toNumber(match?.[3]) };
}

const toNumber = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
const fractionOf = (digits: number | null) => Math.min(6, Math.max(0, digits ?? 6));

/** Names that only we declare. */
function readOurs(name: string, first: number | null, second: number | null, ignoresCase: boolean): NeutralType | null {
  switch (name) {
    case 'DECIMAL_TEXT':
      return { kind: 'decimal', precision: first, scale: first === null ? null : (second ?? 0) };
    case 'DATE_TEXT':
      return { kind: 'date' };
    case 'DATETIME_TEXT':
      return { kind: 'timestamp', fraction: fractionOf(first) };
    case 'TIMESTAMPTZ_TEXT':
      return { kind: 'timestamptz', fraction: fractionOf(first) };
    case 'INTERVAL_TEXT':
      return { kind: 'interval' };
    case 'UUID_TEXT':
      return { kind: 'uuid' };
    case 'JSON_TEXT':
      return { kind: 'json', form: 'text' };
    case 'BIT_TEXT':
      return { kind: 'bits', length: first ?? 1, varying: false };
    case 'VARBIT_TEXT':
      return { kind: 'bits', length: first, varying: true };
    case 'GEOMETRY_TEXT':
      return { kind: 'geometry', shape: 'geometry', srid: null };
    // Labels stand in a CHECK, which the catalog looks for.
    case 'ENUM_TEXT':
    case 'SET_TEXT':
      return textType(null, false, ignoresCase);
    default:
      return null;
  }
}

function readUsers(
  name: string,
  first: number | null,
  second: number | null,
  declared: string,
  ignoresCase: boolean,
): NeutralType {
  switch (name) {
    case 'BOOLEAN':
    case 'BOOL':
      return { kind: 'boolean' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME':
    // Ours, for a time of day and for MySQL's spans alike: the rows tell which.
    case 'TIME_TEXT':
      return { kind: 'time', span: 'day', fraction: fractionOf(first) };
    case 'DATETIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP WITHOUT TIME ZONE':
      return { kind: 'timestamp', fraction: fractionOf(first) };
    case 'TIMESTAMPTZ':
    case 'TIMESTAMP WITH TIME ZONE':
    case 'DATETIMEOFFSET':
      return { kind: 'timestamptz', fraction: fractionOf(first) };
    case 'UUID':
    case 'GUID':
    case 'UNIQUEIDENTIFIER':
      return { kind: 'uuid' };
    case 'JSON':
    case 'JSONB':
      return { kind: 'json', form: 'text' };
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
    case 'NUMBER':
      return { kind: 'decimal', precision: first, scale: first === null ? null : Math.max(0, second ?? 0) };
    case 'BINARY':
    case 'VARBINARY':
      return { kind: 'bytes', length: first, fixed: false };
  }
  switch (affinityOf(declared)) {
    case 'integer':
      return readInteger(name);
    case 'text':
      return textType(first, /^(N|NATIVE )?CHAR(ACTER)?$/.test(name), ignoresCase);
    case 'real':
      return floatType;
    case 'blob':
      return name === '' ? { kind: 'any' } : bytesType;
    case 'numeric':
      return { kind: 'any' };
  }
}

function readInteger(name: string): NeutralType {
  const plain = name.replace(/^UNSIGNED | UNSIGNED$/, '');
  const bits = integerBits[plain.replace(/ /g, '')] ?? 64;
  // SQLite has no integers beyond 2^63, whatever the name promises.
  return integerType(bits, bits < 64 && plain !== name);
}

const integerNames = { 8: 'TINYINT', 16: 'SMALLINT', 24: 'MEDIUMINT', 32: 'INT', 64: 'BIGINT' } as const;

/** Declared type for a neutral one, without COLLATE and CHECK. */
export function declareType(type: NeutralType): string {
  const digits = (fraction: number) => (fraction >= 6 ? '' : `(${fraction})`);
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'integer':
      if (type.unsigned && type.bits === 64) return 'DECIMAL_TEXT(20,0)';
      return (type.unsigned ? 'UNSIGNED ' : '') + integerNames[type.bits];
    case 'decimal':
      return declareDecimal(type.precision, type.scale ?? 0);
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'text':
      return type.length === null ? 'TEXT' : `${type.fixed ? 'CHAR' : 'VARCHAR'}(${type.length})`;
    case 'bytes':
      return 'BLOB';
    case 'date':
      return 'DATE_TEXT';
    case 'time':
      return `TIME_TEXT${digits(type.fraction)}`;
    case 'timestamp':
      return `DATETIME_TEXT${digits(type.fraction)}`;
    case 'timestamptz':
      return `TIMESTAMPTZ_TEXT${digits(type.fraction)}`;
    case 'interval':
      return 'INTERVAL_TEXT';
    case 'uuid':
      return 'UUID_TEXT';
    case 'json':
    case 'array':
      return 'JSON_TEXT';
    case 'bits':
      return `${type.varying ? 'VARBIT_TEXT' : 'BIT_TEXT'}${type.length === null ? '' : `(${type.length})`}`;
    case 'enum':
      return 'ENUM_TEXT';
    case 'set':
      return 'SET_TEXT';
    case 'geometry':
      return 'GEOMETRY_TEXT';
    case 'any':
      return '';
    case 'native':
      return 'TEXT';
  }
}

/** PostgreSQL's negative scale means digits before the point only: 5 digits to the hundreds need 7. */
function declareDecimal(precision: number | null, scale: number): string {
  if (precision === null) return 'DECIMAL_TEXT';
  return scale < 0 ? `DECIMAL_TEXT(${precision - scale},0)` : `DECIMAL_TEXT(${precision},${scale})`;
}
