/** SQL of one database as an expression that all of them know; Untranslatable for anything else. Pure. */
import type { Comparison, Expression } from './expression.ts';
import { aggregates, Untranslatable } from './expression.ts';
import type { SqlIdiom } from './sql-idiom.ts';
import { nameOf, type Token } from './sql-tokens.ts';
import { TokenCursor } from './token-cursor.ts';
import * as typed from './typed-operations.ts';

/** The columns that an expression may name. */
export interface Scope {
  /** Throws Untranslatable where there is no such column. */
  column(relation: string | null, name: string): Expression;
  /** count(), sum(), ... may occur. */
  readonly hasGroups: boolean;
}

const comparisons: Readonly<Record<string, Comparison>> = {
  ...{ '=': '=', '==': '=', '<>': '<>', '!=': '<>', '<': '<', '>': '>', '<=': '<=', '>=': '>=' },
};

/** Bare words that are no names. */
const reserved = new Set(
  (
    'AND OR NOT IN IS NULL BETWEEN LIKE CASE WHEN THEN ELSE END SELECT DISTINCT FROM WHERE GROUP ORDER HAVING LIMIT UNION ' +
    'JOIN ON AS EXISTS ANY ALL SOME ARRAY COLLATE INTERVAL BINARY DIV MOD XOR REGEXP GLOB ROW DEFAULT ESCAPE ILIKE SIMILAR'
  ).split(' '),
);

export function parseExpression(sql: string, idiom: SqlIdiom, scope: Scope): Expression {
  const cursor = new TokenCursor(sql, idiom.lexis);
  const expression = new ExpressionParser(cursor, idiom, scope).parse();
  if (!cursor.isAtEnd) throw unknown(cursor.current);
  return expression;
}

export const unknown = (token: Token | undefined): Untranslatable =>
  new Untranslatable(token ? token.text : 'an early end');

/** Reads from where its cursor stands as far as an expression goes. */
export class ExpressionParser {
  readonly #cursor: TokenCursor;
  readonly #idiom: SqlIdiom;
  readonly #scope: Scope;

  constructor(cursor: TokenCursor, idiom: SqlIdiom, scope: Scope) {
    this.#cursor = cursor;
    this.#idiom = idiom;
    this.#scope = scope;
  }

  parse(): Expression {
    const parts = [this.#and()];
    while (this.#cursor.take('OR')) parts.push(this.#and());
    return typed.logic('or', parts);
  }

  #and(): Expression {
    const parts = [this.#not()];
    while (this.#cursor.take('AND')) parts.push(this.#not());
    return typed.logic('and', parts);
  }

  #not(): Expression {
    if (!this.#cursor.take('NOT')) return this.#test();
    return { kind: 'not', operand: typed.condition(this.#not()) };
  }

  /** A value, or what is asked of it. */
  #test(): Expression {
    const cursor = this.#cursor;
    let left = this.#joined();
    for (;;) {
      const operator = cursor.current?.kind === 'symbol' ? comparisons[cursor.current.text] : undefined;
      if (operator) {
        cursor.next();
        left = this.#compared(operator, left);
      } else if (cursor.take('IS')) {
        const isNegated = cursor.take('NOT');
        if (!cursor.take('NULL')) throw unknown(cursor.current);
        left = { kind: 'is null', operand: left, isNegated };
      } else {
        const isNegated = cursor.take('NOT');
        const tested = this.#listed(left, isNegated);
        if (tested) left = tested;
        else if (isNegated) throw unknown(cursor.current);
        else return left;
      }
    }
  }

  /** IN, BETWEEN and LIKE; PostgreSQL prints LIKE as `~~`. */
  #listed(operand: Expression, isNegated: boolean): Expression | null {
    const cursor = this.#cursor;
    if (cursor.take('IN')) return typed.inList(operand, this.#list('(', ')'), isNegated);
    if (cursor.take('BETWEEN')) {
      const low = this.#joined();
      cursor.expect('AND');
      return typed.between(operand, low, this.#joined(), isNegated);
    }
    if (cursor.sees('LIKE') && !this.#idiom.likeComparesAsColumn) throw unknown(cursor.current);
    if (cursor.take('LIKE') || cursor.take('~', '~')) return typed.like(operand, this.#joined(), isNegated);
    return cursor.take('!', '~', '~') ? typed.like(operand, this.#joined(), true) : null;
  }

  #compared(operator: Comparison, left: Expression): Expression {
    const cursor = this.#cursor;
    if (operator === '=' && cursor.take('ANY')) return typed.inList(left, this.#array(), false);
    if (operator === '<>' && cursor.take('ALL')) return typed.inList(left, this.#array(), true);
    return typed.comparison(operator, left, this.#joined());
  }

  /** `(ARRAY['a'::text, 'b'::text])`, with casts to arrays of texts around it. */
  #array(): Expression[] {
    const cursor = this.#cursor;
    let items: Expression[];
    if (cursor.take('ARRAY')) items = this.#list('[', ']');
    else {
      cursor.expect('(');
      items = this.#array();
      cursor.expect(')');
    }
    while (cursor.take('::')) {
      const wanted = this.#idiom.castClass(this.#typeName());
      cursor.expect('[');
      cursor.expect(']');
      items = items.map((item) => typed.cast(item, wanted));
    }
    return items;
  }

  #list(open: string, close: string): Expression[] {
    const cursor = this.#cursor;
    cursor.expect(open);
    const items: Expression[] = [];
    do items.push(this.parse());
    while (cursor.take(','));
    cursor.expect(close);
    return items;
  }

  #joined(): Expression {
    const parts = [this.#sum()];
    while (this.#idiom.pipesConcatenate && this.#cursor.take('||')) parts.push(this.#sum());
    return parts.length === 1 ? parts[0]! : typed.concatenation(parts);
  }

  #sum(): Expression {
    let left = this.#product();
    for (;;) {
      const operator = this.#cursor.take('+') ? '+' : this.#cursor.take('-') ? '-' : null;
      if (operator === null) return left;
      left = typed.arithmetic(operator, left, this.#product());
    }
  }

  #product(): Expression {
    let left = this.#signed();
    for (;;) {
      const operator = this.#cursor.take('*') ? '*' : this.#cursor.take('%') ? '%' : null;
      if (operator === null) return left;
      left = typed.arithmetic(operator, left, this.#signed());
    }
  }

  #signed(): Expression {
    if (this.#cursor.take('-')) return typed.negative(this.#signed());
    if (this.#cursor.take('+')) return this.#signed();
    let operand = this.#operand();
    while (this.#cursor.take('::')) operand = typed.cast(operand, this.#idiom.castClass(this.#typeName()));
    return operand;
  }

  #operand(): Expression {
    const cursor = this.#cursor;
    if (cursor.take('(')) {
      const inner = this.parse();
      cursor.expect(')');
      return inner;
    }
    const token = cursor.next();
    if (token.kind === 'number' && !/^0x/i.test(token.text)) return { kind: 'number', text: token.text };
    if (token.kind === 'string') return { kind: 'text', text: token.value, as: 'text' };
    if (token.kind !== 'word' && token.kind !== 'name') throw unknown(token);
    if (cursor.take('(')) return this.#call(nameOf(token).toUpperCase());
    if (token.kind === 'word') {
      if (token.value === 'NULL') return { kind: 'null' };
      if (token.value === 'TRUE' || token.value === 'FALSE') return { kind: 'boolean', value: token.value === 'TRUE' };
      if (token.value === 'CASE') return this.#case();
      if (reserved.has(token.value)) throw unknown(token);
    }
    if (!cursor.take('.')) return this.#scope.column(null, nameOf(token));
    return this.#scope.column(nameOf(token), cursor.name());
  }

  #case(): Expression {
    const cursor = this.#cursor;
    const subject = cursor.sees('WHEN') ? null : this.parse();
    const branches: { when: Expression; then: Expression }[] = [];
    while (cursor.take('WHEN')) {
      const when = this.parse();
      cursor.expect('THEN');
      branches.push({ when: subject ? typed.comparison('=', subject, when) : when, then: this.parse() });
    }
    const otherwise = cursor.take('ELSE') ? this.parse() : null;
    cursor.expect('END');
    return typed.caseOf(branches, otherwise);
  }

  /** After the opening parenthesis. `name` in upper case. */
  #call(name: string): Expression {
    const cursor = this.#cursor;
    if (name === 'CAST') return this.#cast();
    if (name === 'EXTRACT') return this.#extract();
    if (name === 'TRIM' && cursor.take('BOTH')) cursor.expect('FROM');
    const isDistinct = cursor.take('DISTINCT');
    const args: Expression[] = [];
    if (name === 'COUNT' && cursor.take('*')) cursor.expect(')');
    else if (!cursor.take(')')) {
      do args.push(this.parse());
      while (cursor.take(',') || (args.length < 3 && (cursor.take('FROM') || cursor.take('FOR'))));
      cursor.expect(')');
    }
    if (name === 'CONCAT' && !this.#idiom.pipesConcatenate) return typed.concatenation(args);
    if (name === 'LEFT' && args.length === 2)
      return typed.call('substring', [args[0]!, { kind: 'number', text: '1' }, args[1]!], false);
    const what = Object.hasOwn(this.#idiom.functions, name) ? this.#idiom.functions[name]! : null;
    if (what === null || cursor.sees('OVER') || cursor.sees('FILTER')) throw new Untranslatable(name.toLowerCase());
    if (aggregates.has(what) && !this.#scope.hasGroups) throw new Untranslatable(name.toLowerCase());
    // MySQL prints count(*) as count(0).
    const isRowCount = what === 'count' && args.length === 1 && args[0]!.kind === 'number' && !isDistinct;
    return typed.call(what, isRowCount ? [] : args, isDistinct);
  }

  #cast(): Expression {
    const operand = this.parse();
    this.#cursor.expect('AS');
    const wanted = this.#idiom.castClass(this.#typeName());
    this.#cursor.expect(')');
    return typed.cast(operand, wanted);
  }

  #extract(): Expression {
    const field = this.#cursor.next().value.toLowerCase();
    this.#cursor.expect('FROM');
    const operand = this.parse();
    this.#cursor.expect(')');
    if (field !== 'year' && field !== 'month' && field !== 'day') throw new Untranslatable(`extract ${field}`);
    return typed.call(field, [operand], false);
  }

  /** Words of a type and its length, in lower case: `character varying(10)`. */
  #typeName(): string {
    const cursor = this.#cursor;
    const words: string[] = [];
    while (cursor.current?.kind === 'word' && !(words.length > 0 && reserved.has(cursor.current.value)))
      words.push(cursor.next().text.toLowerCase());
    if (words.length === 0) throw unknown(cursor.current);
    return cursor.sees('(') ? `${words.join(' ')}(${cursor.parenthesised()})` : words.join(' ');
  }
}
