/** Native types of MySQL and MariaDB as neutral ones. */
import type { NeutralType } from '../../model/neutral-type.ts';

export interface NativeColumnType {
  /** COLUMN_TYPE as the server prints it, e.g. `bigint(20) unsigned`, `enum('a','b')`. */
  readonly columnType: string;
  /** null: not text. */
  readonly collation: string | null;
  /** Spatial reference system of a geometry column, where the server tells. */
  readonly srid: number | null;
  /** MariaDB: a LONGTEXT that the server checks with json_valid. */
  readonly checkedJson: boolean;
}

const integerBits = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, integer: 32, bigint: 64 } as const;

const isInteger = (word: string): word is keyof typeof integerBits => word in integerBits;

export function neutralType(native: NativeColumnType): NeutralType {
  const text = native.columnType.trim();
  const [, word = '', args = ''] = /^(\w+)\s*(?:\((.*?)\))?/s.exec(text.toLowerCase()) ?? [];
  const [first = null, second = null] = args.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : null));
  if (isInteger(word))
    return { kind: 'integer', bits: integerBits[word], unsigned: /\bunsigned\b/.test(text.toLowerCase()) };
  const ignoresCase = native.collation !== null && /_ci$/.test(native.collation);
  const varying = (length: number | null, fixed = false): NeutralType => ({ kind: 'text', length, fixed, ignoresCase });
  switch (word) {
    case 'decimal':
    case 'numeric':
      return { kind: 'decimal', precision: first ?? 10, scale: second ?? 0 };
    case 'float':
      return { kind: 'float', bits: 32 };
    case 'double':
    case 'real':
      return { kind: 'float', bits: 64 };
    case 'year':
      return { kind: 'integer', bits: 16, unsigned: true };
    case 'bit':
      return { kind: 'bits', length: first ?? 1, varying: false };
    case 'date':
      return { kind: 'date' };
    case 'time':
      return { kind: 'time', span: 'duration', fraction: first ?? 0 };
    case 'datetime':
      return { kind: 'timestamp', fraction: first ?? 0 };
    case 'timestamp':
      return { kind: 'timestamptz', fraction: first ?? 0 };
    case 'char':
      return varying(first ?? 1, true);
    case 'varchar':
      return varying(first);
    case 'longtext':
      return native.checkedJson ? { kind: 'json', form: 'text' } : varying(null);
    case 'tinytext':
    case 'text':
    case 'mediumtext':
      return varying(null);
    case 'inet4':
      return { kind: 'text', length: 15, fixed: false, ignoresCase: false };
    case 'inet6':
      return { kind: 'text', length: 39, fixed: false, ignoresCase: false };
    case 'binary':
      return { kind: 'bytes', length: first ?? 1, fixed: true };
    case 'varbinary':
      return { kind: 'bytes', length: first, fixed: false };
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
    case 'vector':
      return { kind: 'bytes', length: null, fixed: false };
    case 'json':
      return { kind: 'json', form: 'binary' };
    case 'uuid':
      return { kind: 'uuid' };
    case 'enum':
      return { kind: 'enum', labels: labelsOf(text), name: null };
    case 'set':
      return { kind: 'set', labels: labelsOf(text) };
    case 'geometry':
    case 'point':
    case 'linestring':
    case 'polygon':
    case 'multipoint':
    case 'multilinestring':
    case 'multipolygon':
    case 'geometrycollection':
    case 'geomcollection':
      return {
        kind: 'geometry',
        shape: word === 'geomcollection' ? 'geometrycollection' : word,
        srid: native.srid,
      };
    default:
      return { kind: 'native', family: 'mysql', type: text };
  }
}

/** Declared labels; the server prints quotes doubled, and backslashes of MariaDB's labels as they are. */
export function labelsOf(columnType: string): string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, label]) => label!.replaceAll("''", "'"));
}

/** Without what a column's own nature does not include: display widths are no part of a type's identity. */
export const isYear = (nativeType: string): boolean => /^year\b/i.test(nativeType);
