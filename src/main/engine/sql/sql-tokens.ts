/** SQL cut into tokens: enough to find one's way in the statements that catalogs print. Pure. */
import type { SqlLexis } from './sql-lexis.ts';

export interface Token {
  /** `name`: quoted; `word`: bare name or keyword; `variable`: `?1`, `:name`, `@name`. */
  readonly kind: 'word' | 'name' | 'string' | 'blob' | 'number' | 'variable' | 'symbol';
  /** As written. */
  readonly text: string;
  /** Names and strings without quotes and escapes, words in upper case, everything else as written. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** White space and comments; an unclosed comment runs to the end. */
const blank = /(?:\s|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const blankWithHash = /(?:\s|--[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;

type Pattern = readonly [Token['kind'], RegExp];

const closing: Readonly<Record<string, string>> = { '[': ']' };

function patternsOf({ nameMarks, textMarks, backslashes }: SqlLexis): Pattern[] {
  const quoted = (mark: string, escapes: boolean) => {
    const end = closing[mark] ?? mark;
    const open = mark === '[' ? '\\[' : mark;
    const inner =
      end === ']' ? '[^\\]]*' : `(?:[^${end}${escapes ? '\\\\' : ''}]|${end}${end}${escapes ? '|\\\\[\\s\\S]' : ''})*`;
    return `${open}${inner}${end === ']' ? '\\]' : end}`;
  };
  const text = [...textMarks].map((mark) => quoted(mark, backslashes === 'always')).join('|');
  return [
    ['blob', /x'[0-9a-f]*'/iy],
    // MySQL writes the character set before a text.
    ['string', new RegExp(backslashes === 'always' ? `(?:_[a-z0-9]+\\s*)?(?:${text})` : text, 'iy')],
    ...(backslashes === 'after E' ? [['string', new RegExp(`E${quoted("'", true)}`, 'iy')] as const] : []),
    ['name', new RegExp([...nameMarks].map((mark) => quoted(mark, false)).join('|'), 'y')],
    ['number', /(?:0x[0-9a-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?[\d_]+)?|\.\d[\d_]*(?:e[+-]?[\d_]+)?)/iy],
    ['word', /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy],
    ['variable', /\?\d*|[@#$][\w$:\u0080-\uffff]+|:[\w$\u0080-\uffff]+/y],
    ['symbol', /->>?|::|\|\||<<|>>|<=>|<=|>=|<>|!=|==|[\s\S]/y],
  ];
}

const known = new WeakMap<SqlLexis, readonly Pattern[]>();

export function tokenizeSql(sql: string, lexis: SqlLexis): Token[] {
  let patterns = known.get(lexis);
  if (!patterns) known.set(lexis, (patterns = patternsOf(lexis)));
  const skip = lexis.hashComments ? blankWithHash : blank;
  const skipBlank = (at: number) => {
    skip.lastIndex = at;
    return skip.test(sql) ? skip.lastIndex : at;
  };
  const tokens: Token[] = [];
  for (let at = skipBlank(0); at < sql.length; at = skipBlank(at)) {
    const token = tokenAt(sql, at, patterns, lexis);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(sql: string, start: number, patterns: readonly Pattern[], lexis: SqlLexis): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, value: valueOf(kind, text, lexis), start, end: start + text.length };
  }
  throw new Error('The last pattern matches any character.');
}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', 0: '\0', Z: '\x1a', f: '\f', v: '\v' },
};

function valueOf(kind: Token['kind'], text: string, { backslashes }: SqlLexis): string {
  if (kind === 'word') return text.toUpperCase();
  if (kind === 'name') return unquote(text);
  if (kind !== 'string') return text;
  const isEscaped = backslashes === 'always' || (backslashes === 'after E' && /^e/i.test(text));
  const literal = text.slice(text.search(/['"]/));
  const quote = literal[0]!;
  const inner = literal.slice(1, -1);
  if (!isEscaped) return inner.replaceAll(quote + quote, quote);
  return inner.replace(/''|""|\\([\s\S])/g, (pair, letter: string | undefined) =>
    letter !== undefined ? (escapes[letter] ?? letter) : pair[0] === quote ? quote : pair,
  );
}

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  return text[0] === '[' ? inner : inner.replaceAll(text[0]! + text[0]!, text[0]!);
}

/** What a name token means; bare words keep their letter case. */
export const nameOf = (token: Token): string => (token.kind === 'word' ? token.text : token.value);
