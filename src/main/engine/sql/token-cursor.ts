import type { SqlLexis } from './sql-lexis.ts';
import { nameOf, tokenizeSql, type Token } from './sql-tokens.ts';

/** Reads tokens one after the other. */
export class TokenCursor {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(sql: string, lexis: SqlLexis) {
    this.#sql = sql;
    this.#tokens = tokenizeSql(sql, lexis);
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

  /** Passes over this name, quoted or bare, and these symbols if they come next. */
  takeName(name: string, ...symbols: readonly string[]): boolean {
    const { current } = this;
    const isName = current !== undefined && (current.kind === 'name' || current.kind === 'word');
    if (!isName || nameOf(current).toLowerCase() !== name.toLowerCase()) return false;
    this.#index++;
    if (this.take(...symbols)) return true;
    this.#index--;
    return false;
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
