/** SQL as SQLite reads it, cut into tokens: enough to find one's way in CREATE statements and at the ends of queries. */

export interface Token {
  /** `name`: quoted by "", [] or ``; `word`: bare name or keyword; `variable`: `?1`, `:name`. */
  readonly kind: 'word' | 'name' | 'string' | 'blob' | 'number' | 'variable' | 'symbol';
  /** As written. */
  readonly text: string;
  /** Names and strings without their quotes, words in upper case, everything else as written. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** White space and comments; an unclosed comment runs to the end. */
const blank = /(?:\s|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['blob', /x'[0-9a-f]*'/iy],
  ['string', /'(?:[^']|'')*'/y],
  ['name', /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ['number', /(?:0x[0-9a-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?[\d_]+)?|\.\d[\d_]*(?:e[+-]?[\d_]+)?)/iy],
  ['word', /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy],
  ['variable', /\?\d*|[:@#$][\w$:\u0080-\uffff]+/y],
  ['symbol', /->>?|\|\||<<|>>|<=|>=|<>|!=|==|[\s\S]/y],
];

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = skipBlank(sql, 0); at < sql.length; at = skipBlank(sql, at)) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function skipBlank(sql: string, at: number): number {
  blank.lastIndex = at;
  return blank.test(sql) ? blank.lastIndex : at;
}

function tokenAt(sql: string, start: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, value: valueOf(kind, text), start, end: start + text.length };
  }
  throw new Error('The last pattern matches any character.');
}

function valueOf(kind: Token['kind'], text: string): string {
  if (kind === 'word') return text.toUpperCase();
  if (kind !== 'name' && kind !== 'string') return text;
  const quote = text[0]!;
  const inner = text.slice(1, -1);
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}

/** What a name token means; bare words keep their letter case. */
export const nameOf = (token: Token): string => (token.kind === 'word' ? token.text : token.value);

/** Reads tokens one after the other. */
export class TokenCursor {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokenize(sql);
  }

  get current(): Token | undefined {
    return this.#tokens[this.#index];
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#tokens.length;
  }

  next(): Token {
    const token = this.#tokens[this.#index++];
    if (!token) throw new SyntaxError('SQL ends early.');
    return token;
  }

  /** True when the next tokens are these bare words or symbols. */
  sees(...values: readonly string[]): boolean {
    return values.every((value, offset) => {
      const token = this.#tokens[this.#index + offset];
      return token?.value === value && (token.kind === 'word' || token.kind === 'symbol');
    });
  }

  /** Passes over these words if they come next. */
  take(...values: readonly string[]): boolean {
    if (!this.sees(...values)) return false;
    this.#index += values.length;
    return true;
  }

  expect(value: string): void {
    if (!this.take(value)) throw new SyntaxError(`"${value}" expected, "${this.current?.text ?? 'end'}" found.`);
  }

  name(): string {
    return nameOf(this.next());
  }

  /** Source text of what stands in the parentheses that come next, trimmed, without them. */
  parenthesised(): string {
    this.expect('(');
    const start = this.#tokens[this.#index - 1]!.end;
    for (let depth = 1; ;) {
      const token = this.next();
      if (token.kind !== 'symbol') continue;
      if (token.text === '(') depth++;
      if (token.text === ')' && --depth === 0) return this.#sql.slice(start, token.start).trim();
    }
  }

  /** Source text from here to a token at this depth that `isEnd`, which stays; trimmed. */
  textUntil(isEnd: (token: Token) => boolean): string {
    const start = this.current?.start ?? this.#sql.length;
    let end = start;
    for (let depth = 0; this.current && !(depth === 0 && isEnd(this.current));) {
      const token = this.next();
      if (token.kind === 'symbol' && token.text === '(') depth++;
      if (token.kind === 'symbol' && token.text === ')') depth--;
      end = token.end;
    }
    return this.#sql.slice(start, end);
  }
}

/** The first statement of `sql` without its semicolon, and whether another one follows. */
export function firstStatement(sql: string): { text: string; isAlone: boolean } {
  const tokens = tokenize(sql);
  const semicolon = tokens.findIndex((token) => token.text === ';');
  if (semicolon === -1) return { text: sql, isAlone: true };
  const rest = tokens.slice(semicolon);
  return { text: sql.slice(0, tokens[semicolon]!.start), isAlone: rest.every((token) => token.text === ';') };
}
