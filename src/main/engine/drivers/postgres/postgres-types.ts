/** PostgreSQL's types in neutral terms and back. */
import type { RulesConfig } from '../../../../shared/model/rules.ts';
import type { NeutralType } from '../../model/neutral-type.ts';

/** A type as the catalog has it, domains already followed to their base. */
export interface PostgresType {
  /** pg_type.typname, e.g. `int4`, `_text`. */
  readonly name: string;
  /** format_type with its modifier, e.g. `numeric(10,2)`. */
  readonly display: string;
  /** pg_type.typtype: b base, c composite, e enum, r range, m multirange. */
  readonly kind: string;
  /** Modifier of the column, -1 where it has none. */
  readonly modifier: number;
  /** True for types of pg_catalog. */
  readonly builtIn: boolean;
  /** Labels of an enum in order. */
  readonly labels: readonly string[];
  /** What an array holds; null for other types. */
  readonly element: PostgresType | null;
}

const unlimitedText = { kind: 'text', length: null, fixed: false, ignoresCase: false } as const;

export function neutralType(type: PostgresType): NeutralType {
  if (type.kind === 'e') return { kind: 'enum', labels: type.labels, name: type.name };
  if (type.element) return { kind: 'array', element: neutralType(type.element) };
  const native: NeutralType = { kind: 'native', family: 'postgres', type: type.display };
  if (!type.builtIn) return extensionType(type) ?? native;
  const { modifier } = type;
  const fraction = modifier < 0 ? 6 : modifier;
  switch (type.name) {
    case 'bool':
      return { kind: 'boolean' };
    case 'int2':
      return { kind: 'integer', bits: 16, unsigned: false };
    case 'int4':
      return { kind: 'integer', bits: 32, unsigned: false };
    case 'int8':
      return { kind: 'integer', bits: 64, unsigned: false };
    case 'oid':
      return { kind: 'integer', bits: 32, unsigned: true };
    case 'numeric':
      return decimalOf(modifier);
    case 'money':
      return { kind: 'decimal', precision: 19, scale: 2 };
    case 'float4':
      return { kind: 'float', bits: 32 };
    case 'float8':
      return { kind: 'float', bits: 64 };
    case 'text':
      return unlimitedText;
    case 'varchar':
      return { ...unlimitedText, length: modifier < 0 ? null : modifier - 4 };
    case 'bpchar':
      return { ...unlimitedText, length: modifier < 0 ? null : modifier - 4, fixed: modifier >= 0 };
    case 'name':
      return { ...unlimitedText, length: 63 };
    case 'char':
      // Bytes beyond ASCII print as `\\ooo`.
      return { ...unlimitedText, length: 4 };
    case 'bytea':
      return { kind: 'bytes', length: null, fixed: false };
    case 'date':
      return { kind: 'date' };
    case 'time':
      return { kind: 'time', span: 'day', fraction };
    case 'timestamp':
      return { kind: 'timestamp', fraction };
    case 'timestamptz':
      return { kind: 'timestamptz', fraction };
    case 'interval':
      return { kind: 'interval' };
    case 'uuid':
      return { kind: 'uuid' };
    case 'json':
      return { kind: 'json', form: 'text' };
    case 'jsonb':
      return { kind: 'json', form: 'binary' };
    case 'bit':
      return { kind: 'bits', length: modifier < 0 ? 1 : modifier, varying: false };
    case 'varbit':
      return { kind: 'bits', length: modifier < 0 ? null : modifier, varying: true };
    default:
      return native;
  }
}

/** Types of extensions that have a neutral counterpart. */
function extensionType(type: PostgresType): NeutralType | null {
  switch (type.name) {
    case 'citext':
      return { ...unlimitedText, ignoresCase: true };
    case 'geometry': {
      const match = /\((\w+)(?:,(\d+))?\)/.exec(type.display);
      const srid = match?.[2];
      return { kind: 'geometry', shape: match?.[1] ?? 'Geometry', srid: srid === undefined ? null : Number(srid) };
    }
    default:
      return null;
  }
}

/** numeric's modifier: precision in the upper half, scale as a signed 11-bit number (negative from PostgreSQL 15). */
function decimalOf(modifier: number): NeutralType {
  if (modifier < 0) return { kind: 'decimal', precision: null, scale: null };
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  // numeric(2,-3) holds five digits before the point; numeric(3,5) three digits after two zeros.
  if (scale < 0) return { kind: 'decimal', precision: precision - scale, scale: 0 };
  return { kind: 'decimal', precision: Math.max(precision, scale), scale };
}

/** Largest precision that numeric(p, s) takes. */
const largestPrecision = 1000;
/** Largest n of varchar(n) and char(n). */
const largestLength = 10_485_760;

/**
 * The native type for values of another family. `enumType` is the quoted name of the type that an enum column gets.
 */
export function nativeType(type: NeutralType, rules: RulesConfig, enumType: string): string {
  const fraction = (digits: number) => (digits < 6 ? `(${digits})` : '');
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return integerType(type.bits, type.unsigned);
    case 'decimal':
      if (type.precision === null || type.precision > largestPrecision) return 'numeric';
      return `numeric(${type.precision},${type.scale ?? 0})`;
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision';
    case 'text':
      if (type.length === null || type.length > largestLength) return 'text';
      return `${type.fixed ? 'character' : 'character varying'}(${Math.max(type.length, 1)})`;
    case 'bytes':
      return 'bytea';
    case 'date':
      return 'date';
    case 'time':
      return type.span === 'day'
        ? `time${fraction(type.fraction)} without time zone`
        : `interval${fraction(type.fraction)}`;
    case 'timestamp':
      return `timestamp${fraction(type.fraction)} without time zone`;
    case 'timestamptz':
      return `timestamp${fraction(type.fraction)} with time zone`;
    case 'interval':
      return 'interval';
    case 'uuid':
      return 'uuid';
    case 'json':
      if (rules.json !== 'auto') return rules.json;
      return type.form === 'binary' ? 'jsonb' : 'json';
    case 'bits':
      if (type.length === null) return 'bit varying';
      return `${type.varying ? 'bit varying' : 'bit'}(${type.length})`;
    case 'enum':
      return enumType;
    case 'array':
      return 'jsonb';
    case 'set':
    case 'geometry':
    case 'any':
    case 'native':
      return 'text';
    default:
      throw new Error(`Unknown type ${(type satisfies never as NeutralType).kind}`);
  }
}

/** The narrowest integer that holds all values; PostgreSQL has no unsigned ones. */
function integerType(bits: number, unsigned: boolean): string {
  const needed = bits + (unsigned ? 1 : 0);
  if (needed <= 16) return 'smallint';
  if (needed <= 32) return 'integer';
  return needed <= 64 ? 'bigint' : 'numeric(20,0)';
}
