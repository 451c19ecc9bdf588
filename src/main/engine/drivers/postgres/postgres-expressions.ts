/**
 * Expressions of MySQL and SQLite in PostgreSQL's words, where they certainly mean the same: comparisons and arithmetic
 * over numbers, comparisons and concatenation over text, comparisons of dates. Everything else is null, for the caller to
 * report.
 */
import type { DatabaseFamily } from '../../model/neutral-type.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import { quoteName, quoteText } from './postgres-names.ts';
import { tokenize, type Token } from './postgres-sql-tokens.ts';

type Family = Exclude<DatabaseFamily, 'postgres'>;

/** A condition of a CHECK or of a partial index. */
export function translateCondition(sql: string, family: Family, columns: readonly ColumnSchema[]): string | null {
  const tokens = resolve(sql, family, columns);
  return tokens && condition(tokens, family);
}

/** The value of a generated column, an index expression or a default. */
export function translateValue(sql: string, family: Family, columns: readonly ColumnSchema[]): string | null {
  const tokens = resolve(sql, family, columns);
  if (!tokens) return null;
  const operands = operandClass(tokens);
  if (operands === 'number') return tokens.every(isArithmetic) ? print(tokens) : null;
  return operands === 'text' ? concatenation(tokens, family) : null;
}

/** A token whose name is a column of the table. */
type Resolved = Token & { readonly column?: ColumnSchema };

function resolve(sql: string, family: Family, columns: readonly ColumnSchema[]): Resolved[] | null {
  const tokens = tokenize(sql, family);
  if (!tokens) return null;
  const resolved: Resolved[] = [];
  for (const [position, token] of tokens.entries()) {
    const isCall = tokens[position + 1]?.text === '(';
    if (token.kind !== 'name' && (token.kind !== 'word' || isCall || keywords.has(token.text))) {
      resolved.push(token);
      continue;
    }
    const wanted = token.text.toLowerCase();
    const column =
      columns.find((each) => each.name === token.text) ?? columns.find((each) => each.name.toLowerCase() === wanted);
    if (!column) return null;
    resolved.push({ kind: 'name', text: column.name, column });
  }
  return resolved;
}

const keywords = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'between', 'true', 'false']);
const comparisons = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);

/** Splits at AND and OR outside of parentheses, so that each part compares values of one class. */
function condition(tokens: readonly Resolved[], family: Family): string | null {
  for (const word of ['or', 'and']) {
    const parts = splitAt(tokens, word);
    if (parts.length > 1) {
      const translated = parts.map((part) => condition(part, family));
      return translated.includes(null) ? null : translated.join(` ${word.toUpperCase()} `);
    }
  }
  if (tokens[0]?.text === 'not' && tokens[0].kind === 'word') {
    const rest = condition(tokens.slice(1), family);
    return rest && `NOT ${rest}`;
  }
  if (tokens[0]?.text === '(' && closing(tokens, 0) === tokens.length - 1) {
    const inner = condition(tokens.slice(1, -1), family);
    return inner && `(${inner})`;
  }
  return comparison(tokens, family);
}

function comparison(tokens: readonly Resolved[], family: Family): string | null {
  if (tokens.length === 0) return null;
  const isTest = tokens.some(
    ({ kind, text }) =>
      (kind === 'symbol' && comparisons.has(text)) || (kind === 'word' && ['in', 'is', 'between'].includes(text)),
  );
  if (!isTest) return null;
  const { column } = tokens[0]!;
  // Whether a value is there can be asked of every type.
  if (column && tokens[1]?.text === 'is') {
    const rest = tokens.slice(2).map((token) => token.text);
    return rest.join(' ') === 'null' || rest.join(' ') === 'not null' ? print(tokens) : null;
  }
  switch (operandClass(tokens)) {
    case 'number':
      return print(withLengths(tokens, family));
    case 'text':
      return tokens.some((token) => token.kind === 'word' && !keywords.has(token.text))
        ? null
        : print(foldCase(tokens));
    case 'date':
      return tokens.some((token) => '+-*/%'.includes(token.text)) ? null : print(tokens);
    default:
      return null;
  }
}

/** What all columns and literals of a part are, null when they differ or the part holds something unknown. */
function operandClass(tokens: readonly Resolved[]): 'number' | 'text' | 'date' | null {
  const classes = new Set<string>();
  let hasText = false;
  for (const [position, token] of tokens.entries()) {
    if (token.kind === 'number') classes.add('number');
    else if (token.kind === 'string') hasText = true;
    else if (token.column) {
      const inLength = lengthFunctions.has(tokens[position - 2]?.text ?? '') && tokens[position + 1]?.text === ')';
      classes.add(inLength ? 'number' : columnClass(token.column));
    } else if (token.kind === 'word' && !keywords.has(token.text) && !functions.has(token.text)) return null;
    else if (token.kind === 'symbol' && !symbols.has(token.text)) return null;
  }
  if (classes.size > 1) return null;
  const [only = hasText ? 'text' : null] = classes;
  if (only === 'number') return hasText ? null : 'number';
  return only === 'text' || only === 'date' ? only : null;
}

function columnClass({ type }: ColumnSchema): string {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'float':
      return 'number';
    case 'text':
      return 'text';
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return 'date';
    default:
      return type.kind;
  }
}

const symbols = new Set([...comparisons, '(', ')', ',', '+', '-', '*', '%', '||']);
const lengthFunctions = new Set(['char_length', 'character_length', 'length']);
const functions = new Set([...lengthFunctions, 'abs', 'coalesce', 'lower', 'upper', 'concat']);

const isArithmetic = ({ kind, text }: Resolved) =>
  kind === 'number' || kind === 'name' || '+-*%(),'.includes(text) || text === 'abs' || text === 'coalesce';

/** MySQL's length() counts bytes, SQLite's characters. */
function withLengths(tokens: readonly Resolved[], family: Family): Resolved[] {
  return tokens.map((token) =>
    token.kind === 'word' && lengthFunctions.has(token.text)
      ? { kind: 'word', text: token.text === 'length' && family === 'mysql' ? 'octet_length' : 'char_length' }
      : token,
  );
}

/** Columns that the source compares without regard to case are compared in lower case. */
function foldCase(tokens: readonly Resolved[]): Resolved[] {
  if (!tokens.some(({ column }) => column?.type.kind === 'text' && column.type.ignoresCase)) return [...tokens];
  return tokens.flatMap((token): Resolved[] => {
    if (token.kind === 'string') return [{ kind: 'string', text: token.text.toLowerCase() }];
    if (!token.column) return [token];
    return [{ kind: 'word', text: 'lower' }, { kind: 'symbol', text: '(' }, token, { kind: 'symbol', text: ')' }];
  });
}

/** MySQL's concat() and SQLite's `||` are NULL when a part is, as PostgreSQL's `||`; its concat() is not. */
function concatenation(tokens: readonly Resolved[], family: Family): string | null {
  const allowed = family === 'mysql' ? ['concat', 'lower', 'upper'] : ['||', 'lower', 'upper'];
  const result: Resolved[] = [];
  const calls: string[] = [];
  for (const [position, token] of tokens.entries()) {
    if (token.kind === 'word' && !allowed.includes(token.text)) return null;
    if (token.kind === 'symbol' && !['(', ')', ',', ...allowed].includes(token.text)) return null;
    if (token.text === '(' && token.kind === 'symbol') calls.push(tokens[position - 1]?.text ?? '');
    if (token.text === ')' && token.kind === 'symbol') calls.pop();
    if (token.kind === 'word' && token.text === 'concat') continue;
    if (token.kind === 'symbol' && token.text === ',') {
      if (calls.at(-1) !== 'concat') return null;
      result.push({ kind: 'symbol', text: '||' });
    } else result.push(token);
  }
  return print(result);
}

function splitAt(tokens: readonly Resolved[], word: string): Resolved[][] {
  const parts: Resolved[][] = [[]];
  let depth = 0;
  let between = false;
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === '(') depth++;
    if (token.kind === 'symbol' && token.text === ')') depth--;
    if (token.kind === 'word' && token.text === 'between') between = true;
    if (depth === 0 && token.kind === 'word' && token.text === word && !(word === 'and' && between)) parts.push([]);
    else {
      if (token.kind === 'word' && token.text === 'and') between = false;
      parts.at(-1)!.push(token);
    }
  }
  return parts;
}

/** Position of the parenthesis that closes the one at `start`. */
function closing(tokens: readonly Resolved[], start: number): number {
  let depth = 0;
  for (let position = start; position < tokens.length; position++) {
    const { kind, text } = tokens[position]!;
    if (kind !== 'symbol') continue;
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return position;
  }
  return -1;
}

function print(tokens: readonly Resolved[]): string {
  let sql = '';
  for (const [position, token] of tokens.entries()) {
    const before = tokens[position - 1];
    const isTight =
      before === undefined ||
      isSymbol(before, '(') ||
      isSymbol(token, ')', ',') ||
      (isSymbol(token, '(') && before.kind === 'word' && !keywords.has(before.text));
    sql += (isTight ? '' : ' ') + printToken(token);
  }
  return sql;
}

const isSymbol = (token: Resolved, ...texts: readonly string[]) =>
  token.kind === 'symbol' && texts.includes(token.text);

function printToken({ kind, text }: Resolved): string {
  if (kind === 'name') return quoteName(text);
  if (kind === 'string') return quoteText(text);
  if (kind === 'word') return keywords.has(text) ? text.toUpperCase() : text;
  return text === '!=' ? '<>' : text;
}
