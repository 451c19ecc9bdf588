/** SQL text as information_schema prints it: literals, defaults, expressions. Pure; golden tests. */
import type { ColumnDefault } from '../../model/table-schema.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { MysqlKind } from './mysql-flavour.ts';

/** MySQL prints expressions of the data dictionary with one more layer of escapes: `_utf8mb4\'it\\\'s\'`. MariaDB does not. */
export function printedExpression(text: string, kind: MysqlKind): string {
  if (kind === 'mariadb') return text;
  return text.replace(/\\([\s\S])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

/** `((a) + (b))` => `(a) + (b)`: one pair of parentheses that encloses everything. */
export function withoutParentheses(sql: string): string {
  const text = sql.trim();
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote) {
      if (character === '\\' && quote !== '`') at++;
      else if (character === quote) quote = '';
    } else if (character === "'" || character === '"' || character === '`') quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0 && at < text.length - 1) return text;
  }
  return text.slice(1, -1).trim();
}

/** `'it''s \\ x'`, with or without `_utf8mb4`, => its value; null for anything else. */
export function literalText(sql: string): string | null {
  const [, body] = /^(?:_\w+\s*)?'((?:[^'\\]|''|\\[\s\S])*)'$/.exec(sql.trim()) ?? [];
  return body === undefined ? null : unescapeLiteral(body);
}

/** The inside of a quoted literal, in our sql_mode. */
export function unescapeLiteral(body: string): string {
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', Z: '\x1a' };
  return body.replace(/''|\\([\s\S])/g, (_, letter: string | undefined) =>
    letter === undefined ? "'" : (escapes[letter] ?? letter),
  );
}

const nowCall = /^(?:current_timestamp|now|localtime|localtimestamp)(?:\((\d*)\))?$/i;

/**
 * COLUMN_DEFAULT as a default. `isExpression`: MySQL's EXTRA says DEFAULT_GENERATED. MariaDB prints every default as SQL,
 * MySQL prints constants bare.
 */
export function columnDefault(
  text: string | null,
  type: NeutralType,
  kind: MysqlKind,
  isExpression: boolean,
): ColumnDefault | null {
  if (text === null || (kind === 'mariadb' && text === 'NULL')) return null;
  const isBare = kind === 'mysql' && !isExpression;
  const [now, fraction] = nowCall.exec(text) ?? [];
  if (now !== undefined && (!isBare || type.kind === 'timestamp' || type.kind === 'timestamptz')) {
    return { kind: 'now', fraction: Number(fraction ?? 0) };
  }
  if (isBare) return { kind: 'value', text: canonicalDefault(text, type) };
  const sql = printedExpression(text, kind);
  if (/^(curdate\(\)|current_date(\(\))?)$/i.test(sql)) return { kind: 'current-date' };
  if (/^(curtime\(\d*\)|current_time(\(\d*\))?)$/i.test(sql)) return { kind: 'current-time' };
  if (/^uuid\(\)$/i.test(sql)) return { kind: 'uuid' };
  const literal = literalText(sql);
  if (literal !== null) return { kind: 'value', text: canonicalDefault(literal, type) };
  if (/^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(sql) || /^b'[01]*'$/i.test(sql)) {
    return { kind: 'value', text: canonicalDefault(sql, type) };
  }
  return { kind: 'expression', sql: withoutParentheses(sql), family: 'mysql' };
}

/** A constant's text in the form in which values of the type travel. */
function canonicalDefault(text: string, type: NeutralType): string {
  switch (type.kind) {
    case 'bits':
      return (/^b'([01]*)'$/i.exec(text)?.[1] ?? Number(text).toString(2)).padStart(type.length ?? 1, '0');
    case 'integer':
      // ZEROFILL pads the default as well.
      return text
        .replace(/^b'([01]+)'$/i, (_, bits: string) => BigInt(`0b${bits}`).toString())
        .replace(/^(-?)0+(?=\d)/, '$1');
    case 'decimal':
      return text.replace(/^(-?)0+(?=\d)/, '$1');
    case 'timestamp':
    case 'timestamptz':
    case 'time':
      return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
    default:
      return text;
  }
}
