/** Default expressions as PostgreSQL prints them, in neutral terms. */
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnDefault } from '../../model/table-schema.ts';

/** A literal with an optional cast: `'it''s'::character varying`, `'-1'::integer`, `E'a\\b'::text`, `B'101'::"bit"`. */
const castLiteral = /^(E|B)?'((?:[^']|'')*)'(?:::[\w."]+(?: [\w."]+)*(?:\(\d+(?:,\d+)?\))?(?: [a-z ]+)?(?:\[\])?)?$/s;
const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const parenthesizedNumber = /^\((-?\d+(?:\.\d+)?)\)(?:::[a-z ]+(?:\([\d,]+\))?)?$/;
const now = /^(?:now\(\)|transaction_timestamp\(\)|CURRENT_TIMESTAMP(?:\((\d)\))?|LOCALTIMESTAMP(?:\((\d)\))?)$/;

/**
 * `sql`: what pg_get_expr prints in a session with our settings. null: the default is NULL. Values become `value` only
 * where their native text is the canonical one.
 */
export function columnDefault(sql: string, type: NeutralType): ColumnDefault | null {
  const expression = { kind: 'expression', sql, family: 'postgres' } as const;
  if (/^NULL(::.+)?$/s.test(sql)) return null;
  const text = literalText(sql);
  if (text !== null) {
    const value = canonicalText(text, type);
    return value === null ? expression : { kind: 'value', text: value };
  }
  const moment = now.exec(sql);
  if (moment) {
    const fraction = Number(moment[1] ?? moment[2] ?? 6);
    if (type.kind === 'timestamp' || type.kind === 'timestamptz') return { kind: 'now', fraction };
    if (type.kind === 'date') return { kind: 'current-date' };
    return expression;
  }
  if (sql === 'CURRENT_DATE' && type.kind === 'date') return { kind: 'current-date' };
  if (/^(LOCALTIME|CURRENT_TIME)$/.test(sql) && type.kind === 'time') return { kind: 'current-time' };
  if (/^(\w+\.)?(gen_random_uuid|uuid_generate_v4)\(\)$/.test(sql) && type.kind === 'uuid') return { kind: 'uuid' };
  return expression;
}

function literalText(sql: string): string | null {
  if (number.test(sql)) return sql;
  if (/^ARRAY\[\]::/.test(sql)) return '{}';
  if (sql === 'true') return 't';
  if (sql === 'false') return 'f';
  const parenthesized = parenthesizedNumber.exec(sql);
  if (parenthesized) return parenthesized[1]!;
  const match = castLiteral.exec(sql);
  if (!match) return null;
  const text = match[2]!.replaceAll("''", "'");
  return match[1] === 'E' ? text.replaceAll('\\\\', '\\') : text;
}

/** null where the native text of a type is not its canonical one, and for special values such as `'now'`. */
function canonicalText(text: string, type: NeutralType): string | null {
  switch (type.kind) {
    case 'array':
      return arrayText(text, type.element);
    case 'native':
    case 'geometry':
    case 'any':
      return null;
    case 'boolean':
      return text === 't' || text === 'f' ? text : null;
    case 'timestamptz':
      return /^\d.*\+00( BC)?$/.test(text) ? text.replace('+00', '') : null;
    case 'date':
    case 'timestamp':
      return /^\d|^-?infinity$/.test(text) ? text : null;
    case 'decimal':
      return /^-?\d+(\.\d+)?$|^NaN$/.test(text) ? text : null;
    default:
      return text;
  }
}

/** `{a,b}` => `["a","b"]`, where nothing in it is quoted or nested; null for other arrays. */
function arrayText(text: string, element: NeutralType): string | null {
  const [, inner] = /^\{([^"{}\\\s]*)\}$/.exec(text) ?? [];
  if (inner === undefined) return null;
  const items = inner === '' ? [] : inner.split(',');
  if (element.kind === 'integer' && items.every((item) => /^-?\d+$/.test(item))) return `[${items.join(',')}]`;
  const isText = items.length === 0 || element.kind === 'text' || element.kind === 'enum' || element.kind === 'uuid';
  return isText && !items.some((item) => /^(null)?$/i.test(item)) ? JSON.stringify(items) : null;
}
