/** Column defaults: SQLite's SQL read as values where it is one, and written back. */
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnDefault } from '../../model/table-schema.ts';
import { canonicalDateText, dateForm } from './sqlite-date-text.ts';
import { quoteText } from './sqlite-names.ts';
import { tokenizeSql, type Token } from '../../sql/sql-tokens.ts';
import { TokenCursor } from '../../sql/token-cursor.ts';
import { sqliteLexis } from './sqlite-lexis.ts';

/** Calls that give the present time as text, and the digits of a second that they give. */
const nowCalls: Readonly<Record<string, ColumnDefault>> = {
  "datetime('now')": { kind: 'now', fraction: 0 },
  "datetime('now','subsec')": { kind: 'now', fraction: 3 },
  "strftime('%Y-%m-%d %H:%M:%f','now')": { kind: 'now', fraction: 3 },
  "strftime('%Y-%m-%d %H:%M:%S','now')": { kind: 'now', fraction: 0 },
  "date('now')": { kind: 'current-date' },
  "time('now')": { kind: 'current-time' },
};

const nowWords: Readonly<Record<string, ColumnDefault>> = {
  CURRENT_TIMESTAMP: { kind: 'now', fraction: 0 },
  CURRENT_DATE: { kind: 'current-date' },
  CURRENT_TIME: { kind: 'current-time' },
};

/** `sql` as pragma table_info prints it; null for none and for NULL. */
export function readDefault(sql: string | null, type: NeutralType): ColumnDefault | null {
  if (sql === null) return null;
  const bare = withoutParentheses(sql);
  const tokens = tokenizeSql(bare, sqliteLexis);
  const call =
    nowCalls[tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text)).join('')];
  if (call) return call;
  const sign = tokens.length === 2 && /^[+-]$/.test(tokens[0]!.text) ? tokens[0]!.text : '';
  const last = tokens.at(-1);
  if (last && tokens.length === (sign ? 2 : 1)) {
    if (last.kind === 'word' && last.value === 'NULL') return null;
    if (last.kind === 'word' && nowWords[last.value]) return nowWords[last.value]!;
    const text = literalText(last, type);
    // What an untyped column is given depends on the literal's own class, which only the SQL says.
    if (text !== null && type.kind !== 'any') return { kind: 'value', text: (sign === '-' ? '-' : '') + text };
  }
  return { kind: 'expression', sql: bare, family: 'sqlite' };
}

function literalText(token: Token, type: NeutralType): string | null {
  switch (token.kind) {
    case 'number':
      if (!/^[\d.e+-]+$/i.test(token.text)) return null;
      if (type.kind === 'bytes') return null;
      return type.kind === 'boolean' ? booleanText(token.text) : token.text;
    // A double-quoted name where no column can be meant is a string, by a quirk of SQLite.
    case 'name':
    case 'string': {
      if (type.kind === 'bytes') return null;
      if (type.kind === 'boolean') return booleanText(token.value);
      const form = dateForm(type);
      return form ? (canonicalDateText(token.value, form) ?? null) : token.value;
    }
    case 'blob':
      return type.kind === 'bytes' ? `\\x${token.text.slice(2, -1).toLowerCase()}` : null;
    case 'word':
      if (token.value !== 'TRUE' && token.value !== 'FALSE') return null;
      if (type.kind === 'boolean') return token.value === 'TRUE' ? 't' : 'f';
      return type.kind === 'integer' || type.kind === 'float' ? (token.value === 'TRUE' ? '1' : '0') : null;
    default:
      return null;
  }
}

const booleanText = (text: string) => (text === '1' ? 't' : text === '0' ? 'f' : null);

function withoutParentheses(sql: string): string {
  const trimmed = sql.trim();
  if (!trimmed.startsWith('(')) return trimmed;
  const cursor = new TokenCursor(trimmed, sqliteLexis);
  const inner = cursor.parenthesised();
  return cursor.isAtEnd ? withoutParentheses(inner) : trimmed;
}

/** A version 4 UUID of SQLite's own random bytes. */
const randomUuid =
  "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || " +
  "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";

/** SQL after DEFAULT, for a column of `type`. */
export function writeDefault(value: ColumnDefault, type: NeutralType): string {
  switch (value.kind) {
    case 'value':
      return valueSql(value.text, type);
    case 'now':
      return value.fraction === 0 ? 'CURRENT_TIMESTAMP' : "(strftime('%Y-%m-%d %H:%M:%f', 'now'))";
    case 'current-date':
      return 'CURRENT_DATE';
    case 'current-time':
      return 'CURRENT_TIME';
    case 'uuid':
      return `(${randomUuid})`;
    case 'expression':
      return `(${value.sql})`;
  }
}

function valueSql(text: string, type: NeutralType): string {
  switch (type.kind) {
    case 'boolean':
      return text === 't' ? '1' : text === 'f' ? '0' : quoteText(text);
    case 'integer':
    case 'float':
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : quoteText(text);
    case 'bytes':
      return /^\\x([0-9a-f]{2})*$/.test(text) ? `x'${text.slice(2)}'` : quoteText(text);
    default: {
      const quoted = quoteText(text);
      // Anything but a plain literal stands in parentheses.
      return quoted.startsWith("'") ? quoted : `(${quoted})`;
    }
  }
}
