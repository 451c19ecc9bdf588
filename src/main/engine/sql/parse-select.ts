/** A view's query in the SQL of one database as one that all of them know; Untranslatable for anything else. Pure. */
import { Untranslatable, type Expression } from './expression.ts';
import { ExpressionParser, unknown, type Scope } from './parse-expression.ts';
import type { FromClause, JoinKind, NamedRelation, QueriedRelation, Select, SelectItem } from './select.ts';
import type { SqlIdiom } from './sql-idiom.ts';
import { nameOf } from './sql-tokens.ts';
import { TokenCursor } from './token-cursor.ts';
import { findColumn } from './translate-expression.ts';
import { comparison, condition, logic } from './typed-operations.ts';

/** null: not copied. */
export type FindRelation = (schema: string | null, name: string) => QueriedRelation | null;

export function parseSelect(sql: string, idiom: SqlIdiom, find: FindRelation): Select {
  const cursor = new TokenCursor(sql, idiom.lexis);
  const select = new SelectParser(cursor, idiom, find).parse();
  if (!cursor.isAtEnd) throw unknown(cursor.current);
  return select;
}

/** Words after which no alias comes. */
const clauses =
  'FROM WHERE GROUP HAVING ORDER LIMIT OFFSET JOIN INNER LEFT RIGHT FULL CROSS NATURAL ON USING UNION EXCEPT INTERSECT FETCH FOR WINDOW STRAIGHT_JOIN'.split(
    ' ',
  );

class SelectParser {
  readonly #cursor: TokenCursor;
  readonly #idiom: SqlIdiom;
  readonly #find: FindRelation;
  /** All that stand in FROM, by the order of their text. */
  readonly #relations: NamedRelation[] = [];
  /** Columns of USING, in lower case, and the relation that stands for both. */
  readonly #shared = new Map<string, NamedRelation>();

  constructor(cursor: TokenCursor, idiom: SqlIdiom, find: FindRelation) {
    this.#cursor = cursor;
    this.#idiom = idiom;
    this.#find = find;
  }

  parse(): Select {
    const cursor = this.#cursor;
    cursor.expect('SELECT');
    const isDistinct = cursor.take('DISTINCT');
    // What the list names is known only after FROM.
    const list = cursor.textUntil((token) => token.kind === 'word' && token.value === 'FROM');
    cursor.expect('FROM');
    const from = this.#from();
    const items = this.#items(list);
    const where = cursor.take('WHERE') ? condition(this.#expression(false)) : null;
    const groupBy = cursor.take('GROUP', 'BY') ? this.#keys(items).map(({ expression }) => expression) : [];
    const having = cursor.take('HAVING') ? condition(this.#expression(true, items)) : null;
    const orderBy = cursor.take('ORDER', 'BY') ? this.#keys(items) : [];
    const limit = cursor.take('LIMIT') ? this.#digits() : null;
    const offset = cursor.take('OFFSET') ? this.#digits() : null;
    return { isDistinct, items, from, where, groupBy, having, orderBy, limit, offset };
  }

  #from(): FromClause {
    let left = this.#source();
    for (;;) {
      const join = this.#joinKind();
      if (join === null) return left;
      const before = [...this.#relations];
      const right = this.#source();
      const on = this.#joinCondition(join, before);
      left = { kind: 'join', join: join === 'inner' && on === null ? 'cross' : join, left, right, on };
    }
  }

  #joinKind(): JoinKind | null {
    const cursor = this.#cursor;
    if (cursor.take(',')) return 'cross';
    if (cursor.take('CROSS', 'JOIN')) return 'cross';
    if (cursor.take('JOIN') || cursor.take('INNER', 'JOIN') || cursor.take('STRAIGHT_JOIN')) return 'inner';
    for (const kind of ['left', 'right', 'full'] as const) {
      const word = kind.toUpperCase();
      if (cursor.take(word, 'JOIN') || cursor.take(word, 'OUTER', 'JOIN')) return kind;
    }
    return null;
  }

  #joinCondition(join: JoinKind, before: readonly NamedRelation[]): Expression | null {
    const cursor = this.#cursor;
    if (join !== 'cross' && cursor.take('ON')) return condition(this.#expression(false));
    if (join !== 'cross' && cursor.take('USING')) return this.#using(join, before);
    if (join === 'inner' || join === 'cross') return null;
    throw unknown(cursor.current);
  }

  #using(join: JoinKind, before: readonly NamedRelation[]): Expression {
    // The one column that stands for both would be either.
    if (join !== 'inner' && join !== 'left') throw new Untranslatable('USING of this join');
    const cursor = this.#cursor;
    const right = this.#relations.at(-1)!;
    const pairs: Expression[] = [];
    cursor.expect('(');
    do {
      const name = cursor.name();
      const left = before.find(({ columns }) => findColumn(columns, name));
      if (!left) throw new Untranslatable(`"${name}"`);
      this.#shared.set(name.toLowerCase(), left);
      pairs.push(comparison('=', columnOf(left, name), columnOf(right, name)));
    } while (cursor.take(','));
    cursor.expect(')');
    return logic('and', pairs);
  }

  #source(): FromClause {
    const cursor = this.#cursor;
    if (cursor.take('(')) {
      if (cursor.sees('SELECT')) throw unknown(cursor.current);
      const inner = this.#from();
      cursor.expect(')');
      return inner;
    }
    const parts = [this.#name()];
    while (cursor.take('.')) parts.push(this.#name());
    const name = parts.at(-1)!;
    const found = parts.length > 2 ? null : this.#find(parts.length === 2 ? parts[0]! : null, name);
    if (!found) throw new Untranslatable(`"${parts.join('.')}"`);
    const relation = { ...found, alias: this.#alias() ?? name };
    this.#relations.push(relation);
    return { kind: 'relation', relation };
  }

  #name(): string {
    const token = this.#cursor.next();
    if (token.kind !== 'name' && token.kind !== 'word') throw unknown(token);
    return nameOf(token);
  }

  #alias(): string | null {
    const cursor = this.#cursor;
    if (cursor.take('AS')) return this.#name();
    const { current } = cursor;
    if (current?.kind === 'name') return this.#name();
    return current?.kind === 'word' && !clauses.includes(current.value) ? this.#name() : null;
  }

  #items(list: string): SelectItem[] {
    const cursor = new TokenCursor(list, this.#idiom.lexis);
    const items: SelectItem[] = [];
    do items.push(...this.#item(cursor));
    while (cursor.take(','));
    if (!cursor.isAtEnd) throw unknown(cursor.current);
    return items;
  }

  #item(cursor: TokenCursor): SelectItem[] {
    if (cursor.take('*')) return this.#relations.flatMap((relation) => this.#allOf(relation));
    const whole = this.#relations.find(({ alias }) => cursor.takeName(alias, '.', '*'));
    if (whole) return this.#allOf(whole);
    const expression = new ExpressionParser(cursor, this.#idiom, this.#scope(true)).parse();
    const isNamed = cursor.take('AS') || cursor.current?.kind === 'name' || cursor.current?.kind === 'word';
    const own = expression.kind === 'column' ? expression.column.name : null;
    return [{ expression, name: isNamed ? cursor.name() : own }];
  }

  #allOf(relation: NamedRelation): SelectItem[] {
    return relation.columns
      .filter(({ name }) => {
        const shared = this.#shared.get(name.toLowerCase());
        return shared === undefined || shared === relation;
      })
      .map(({ name }) => ({ expression: columnOf(relation, name), name }));
  }

  /** A place in the list, a name of the list, or an expression. */
  #keys(items: readonly SelectItem[]): { expression: Expression; descending: boolean }[] {
    const cursor = this.#cursor;
    const keys: { expression: Expression; descending: boolean }[] = [];
    do {
      const written = this.#expression(true, items);
      const place = written.kind === 'number' ? items[Number(written.text) - 1]?.expression : written;
      if (!place) throw unknown(undefined);
      const descending = cursor.take('DESC');
      if (!descending) cursor.take('ASC');
      if (cursor.take('NULLS')) cursor.next();
      keys.push({ expression: place, descending });
    } while (cursor.take(','));
    return keys;
  }

  #digits(): string {
    const token = this.#cursor.next();
    if (!/^\d+$/.test(token.text)) throw unknown(token);
    return token.text;
  }

  #expression(hasGroups: boolean, items: readonly SelectItem[] = []): Expression {
    return new ExpressionParser(this.#cursor, this.#idiom, this.#scope(hasGroups, items)).parse();
  }

  #scope(hasGroups: boolean, items: readonly SelectItem[] = []): Scope {
    return {
      hasGroups,
      column: (alias, name) => {
        const named =
          alias === null ? items.find((item) => item.name?.toLowerCase() === name.toLowerCase()) : undefined;
        if (named) return named.expression;
        const shared = alias === null ? this.#shared.get(name.toLowerCase()) : undefined;
        const holders = shared ? [shared] : this.#relations.filter((relation) => this.#isHolder(relation, alias, name));
        if (holders.length !== 1) throw new Untranslatable(`"${name}"`);
        return columnOf(holders[0]!, name);
      },
    };
  }

  #isHolder({ alias: own, columns }: NamedRelation, alias: string | null, name: string): boolean {
    if (alias === null) return findColumn(columns, name) !== undefined;
    const isExact = this.#relations.some((relation) => relation.alias === alias);
    return isExact ? own === alias : own.toLowerCase() === alias.toLowerCase();
  }
}

function columnOf({ alias, columns, names }: NamedRelation, name: string): Expression {
  const column = findColumn(columns, name);
  const target = column && names.get(column.name);
  if (!column || target === undefined) throw new Untranslatable(`"${name}"`);
  return { kind: 'column', relation: alias, name: target, column };
}
