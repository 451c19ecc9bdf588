/** Defaults as MySQL and MariaDB write them. Pure. */
import type { ColumnDefault, ColumnSchema } from '../../model/table-schema.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { quoteText } from './mysql-names.ts';

/** ` DEFAULT ...` of a column that this database can have; '' where there is none. */
export function defaultClause(column: ColumnSchema, kind: MysqlKind): string {
  const { default: value } = column;
  if (value === null) return '';
  const sql = defaultSql(value, column);
  if (sql === null) return '';
  if (sql.constant && !(kind === 'mysql' && isLarge(column.nativeType))) return ` DEFAULT ${sql.text}`;
  // MySQL takes expressions from 8.0.13 on; an older server reads over this comment.
  return kind === 'mysql' ? ` /*!80013 DEFAULT (${sql.text}) */` : ` DEFAULT (${sql.text})`;
}

/** Types to which MySQL gives expressions as defaults only. */
const isLarge = (nativeType: string): boolean =>
  /text|blob|json|geometry|point|linestring|polygon|collection/i.test(nativeType);

const isMoment = (nativeType: string): boolean => /^(datetime|timestamp)/i.test(nativeType);

/** Digits of a second that `DATETIME(6)` has. */
export const fractionOf = (nativeType: string): number => Number(/^\w+\((\d)\)/.exec(nativeType)?.[1] ?? 0);

const call = (name: string, nativeType: string): string => {
  const fraction = fractionOf(nativeType);
  return fraction > 0 ? `${name}(${fraction})` : `${name}()`;
};

function defaultSql(
  value: ColumnDefault,
  { nativeType, type }: ColumnSchema,
): { text: string; constant: boolean } | null {
  switch (value.kind) {
    case 'value': {
      const text = literal(value.text, type, nativeType);
      return text === null ? null : { text, constant: true };
    }
    case 'now':
      // A moment travels in UTC: where the column is a DATETIME, the default has to be in UTC too.
      if (type.kind === 'timestamptz' && /^datetime/i.test(nativeType)) {
        return { text: call('UTC_TIMESTAMP', nativeType), constant: false };
      }
      if (isMoment(nativeType)) return { text: call('CURRENT_TIMESTAMP', nativeType), constant: true };
      return { text: /^date/i.test(nativeType) ? 'CURRENT_DATE' : 'CURRENT_TIMESTAMP', constant: false };
    case 'current-date':
      return { text: 'CURRENT_DATE', constant: false };
    case 'current-time':
      return { text: 'CURRENT_TIME', constant: false };
    case 'uuid':
      return { text: 'UUID()', constant: false };
    case 'expression':
      return value.family === 'mysql' ? { text: value.sql, constant: false } : null;
  }
}

/** Canonical text as a literal of the native type; null where the type cannot have it. */
function literal(text: string, type: NeutralType, nativeType: string): string | null {
  if (/^bit/i.test(nativeType)) return /^[01]+$/.test(text) ? `b'${text}'` : null;
  switch (type.kind) {
    case 'boolean':
      return /^(t|true|1)$/i.test(text) ? '1' : '0';
    case 'integer':
    case 'decimal':
    case 'float':
      return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? text : null;
    case 'bytes':
      return text.startsWith('\\x') ? `x'${text.slice(2)}'` : quoteText(text);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return /^\d{4}-\d\d-\d\d/.test(text) && !/BC$/.test(text) ? quoteText(text) : null;
    case 'geometry':
      return null;
    default:
      return quoteText(text);
  }
}

/** True when the default can be kept. */
export const isPossibleDefault = (column: ColumnSchema): boolean =>
  column.default === null || defaultSql(column.default, column) !== null;
