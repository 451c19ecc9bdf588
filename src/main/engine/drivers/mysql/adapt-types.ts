/** Neutral types as native types of MySQL and MariaDB, for columns from other databases. Pure. */
import type { NeutralType } from '../../model/neutral-type.ts';

/** Largest VARCHAR of utf8mb4 characters that a row can hold. */
export const longestVarchar = 16_383;
const longestVarbinary = 65_532;
const longestChar = 255;
const mostLabelsOfSet = 64;

export interface NativeChoice {
  readonly nativeType: string;
  /** Form in which values travel where it is not the type itself. */
  readonly wire?: NeutralType;
  /** What is lost or changed, as the end of a sentence about the column; null: nothing. */
  readonly loss: { readonly code: string; readonly text: string } | null;
}

const plainText: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };

const kept = (nativeType: string): NativeChoice => ({ nativeType, loss: null });
const asText = (nativeType: string, text: string, wire?: NeutralType): NativeChoice => ({
  nativeType,
  ...(wire ? { wire } : {}),
  loss: { code: 'type_as_text', text },
});

const integerNames = { 8: 'TINYINT', 16: 'SMALLINT', 24: 'MEDIUMINT', 32: 'INT', 64: 'BIGINT' } as const;

export function nativeType(type: NeutralType, quoteLabel: (label: string) => string): NativeChoice {
  switch (type.kind) {
    case 'boolean':
      return kept('TINYINT(1)');
    case 'integer':
      return kept(integerNames[type.bits] + (type.unsigned ? ' UNSIGNED' : ''));
    case 'decimal':
      return decimalType(type.precision, type.scale);
    case 'float':
      return kept(type.bits === 32 ? 'FLOAT' : 'DOUBLE');
    case 'text':
      return kept(textType(type.length, type.fixed));
    case 'bytes':
      if (type.length === null || type.length > longestVarbinary) return kept('LONGBLOB');
      return kept(type.fixed && type.length <= longestChar ? `BINARY(${type.length})` : `VARBINARY(${type.length})`);
    case 'date':
      return kept('DATE');
    case 'time':
      return kept(withFraction('TIME', type.fraction));
    case 'timestamp':
    case 'timestamptz':
      return kept(withFraction('DATETIME', type.fraction));
    case 'interval':
      return asText('VARCHAR(255)', 'becomes text in ISO 8601 form, since MySQL has no intervals');
    case 'uuid':
      return kept('CHAR(36)');
    case 'json':
      return kept('JSON');
    case 'bits':
      if (type.length !== null && type.length <= 64 && !type.varying) return kept(`BIT(${type.length})`);
      return asText(textType(type.length, false), 'becomes text of 0 and 1, since BIT holds 64 bits of one length');
    case 'enum': {
      const isPossible = type.labels.length > 0 && type.labels.every((label) => label === label.trimEnd());
      if (isPossible) return kept(`ENUM(${type.labels.map(quoteLabel).join(',')})`);
      return asText('VARCHAR(255)', 'becomes text, since ENUM drops blanks at the end of its labels');
    }
    case 'set':
      if (type.labels.length <= mostLabelsOfSet) return kept(`SET(${type.labels.map(quoteLabel).join(',')})`);
      return asText('LONGTEXT', 'becomes text, since SET has 64 labels at most');
    case 'array':
      return {
        nativeType: 'JSON',
        loss: { code: 'type_as_json', text: 'becomes a JSON array, since MySQL has no arrays' },
      };
    case 'geometry':
      if (/^(point|linestring|polygon|multi(point|linestring|polygon)|geometry(collection)?)$/i.test(type.shape)) {
        return kept(type.shape.toUpperCase());
      }
      return asText('LONGTEXT', `becomes text (EWKB in hex), since MySQL has no ${type.shape}`);
    case 'any':
      return asText('LONGTEXT', 'becomes text, since its values have types of their own', plainText);
    case 'native':
      return asText('LONGTEXT', `becomes text, since MySQL has no type ${type.type}`);
  }
}

const withFraction = (name: string, fraction: number): string => (fraction > 0 ? `${name}(${fraction})` : name);

function textType(length: number | null, fixed: boolean): string {
  if (length === null || length > longestVarchar) return 'LONGTEXT';
  return fixed && length <= longestChar ? `CHAR(${length})` : `VARCHAR(${length})`;
}

/** MySQL: 65 digits, 30 after the point, never more after it than there are. */
function decimalType(precision: number | null, scale: number | null): NativeChoice {
  if (precision !== null) {
    const places = Math.max(scale ?? 0, 0);
    // numeric(5,-2) has zeros before the point, numeric(2,4) has them after it.
    const digits = Math.max(precision - Math.min(scale ?? 0, 0), places);
    if (digits <= 65 && places <= 30) return kept(`DECIMAL(${digits},${places})`);
  }
  return asText('LONGTEXT', 'becomes text, since DECIMAL has 65 digits at most, 30 of them after the point');
}
