/**
 * Expressions that mean the same in every database: what a translation between families goes through. Whatever has no
 * certain equal everywhere is not among them, and cannot be translated.
 */
import type { ColumnSchema } from '../model/table-schema.ts';
import type { NeutralType } from '../model/neutral-type.ts';

export type Comparison = '=' | '<>' | '<' | '>' | '<=' | '>=';
export type Arithmetic = '+' | '-' | '*' | '%';

/** Functions by what they do; each database has its own names for them. Those from `count` on are over groups of rows. */
export type FunctionName =
  | 'characters'
  | 'bytes'
  | 'lower'
  | 'upper'
  | 'trim'
  | 'replace'
  | 'substring'
  | 'absolute'
  | 'coalesce'
  | 'nullif'
  | 'year'
  | 'month'
  | 'day'
  | 'count'
  | 'sum'
  | 'min'
  | 'max';

export const aggregates: ReadonlySet<FunctionName> = new Set(['count', 'sum', 'min', 'max']);

export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  /** `as`: the class that a partner or a cast gives to a literal. */
  | { readonly kind: 'text'; readonly text: string; readonly as: 'text' | 'date' | 'timestamp' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** `relation`: the alias that it is written with, null: none. `name`: the target's name of `column`. */
  | { readonly kind: 'column'; readonly relation: string | null; readonly name: string; readonly column: ColumnSchema }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | { readonly kind: 'logic'; readonly operator: 'and' | 'or'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'concatenation'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly isNegated: boolean;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly isNegated: boolean;
    }
  | { readonly kind: 'like'; readonly operand: Expression; readonly pattern: string; readonly isNegated: boolean }
  | { readonly kind: 'is null'; readonly operand: Expression; readonly isNegated: boolean }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | null;
    }
  /** `count` of no argument counts rows. */
  | {
      readonly kind: 'call';
      readonly name: FunctionName;
      readonly args: readonly Expression[];
      readonly isDistinct: boolean;
    };

/** What values of an expression are, as far as translating it depends on that. */
export type ValueClass =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'text'
  | 'date'
  | 'timestamp'
  | 'boolean'
  | 'enum'
  | 'null'
  /** Can be counted, asked for NULL and shown, nothing else. */
  | 'other';

/** Thrown where something has no certain equal; `message` says what, as a part of a sentence. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';
}

export const isNumber = (valueClass: ValueClass): boolean =>
  valueClass === 'integer' || valueClass === 'decimal' || valueClass === 'float';

export function classOfType(type: NeutralType): ValueClass {
  switch (type.kind) {
    case 'integer':
      // Beyond 64 bits with a sign: numeric on PostgreSQL, text in SQLite.
      return type.bits === 64 && type.unsigned ? 'decimal' : 'integer';
    case 'decimal':
    case 'float':
    case 'date':
    case 'timestamp':
    case 'boolean':
    case 'enum':
      return type.kind;
    case 'text':
      // Blanks at the end of CHAR(n) count here and not there.
      return type.fixed ? 'other' : 'text';
    default:
      return 'other';
  }
}

export function classOf(expression: Expression): ValueClass {
  switch (expression.kind) {
    case 'number':
      return /^\d+$/.test(expression.text) ? 'integer' : /e/i.test(expression.text) ? 'float' : 'decimal';
    case 'text':
      return expression.as;
    case 'null':
      return 'null';
    case 'column':
      return classOfType(expression.column.type);
    case 'boolean':
    case 'not':
    case 'logic':
    case 'comparison':
    case 'in':
    case 'between':
    case 'like':
    case 'is null':
      return 'boolean';
    case 'negative':
      return classOf(expression.operand);
    case 'arithmetic':
      return widest([classOf(expression.left), classOf(expression.right)]);
    case 'concatenation':
      return 'text';
    case 'case':
      return commonClass([
        ...expression.branches.map(({ then }) => then),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ]);
    case 'call':
      return classOfCall(expression.name, expression.args);
  }
}

function classOfCall(name: FunctionName, args: readonly Expression[]): ValueClass {
  switch (name) {
    case 'lower':
    case 'upper':
    case 'trim':
    case 'replace':
    case 'substring':
      return 'text';
    case 'coalesce':
    case 'nullif':
      return commonClass(args);
    case 'absolute':
    case 'min':
    case 'max':
    case 'sum':
      return classOf(args[0]!);
    default:
      return 'integer';
  }
}

const widest = (classes: readonly ValueClass[]): ValueClass =>
  classes.includes('float') ? 'float' : classes.includes('decimal') ? 'decimal' : 'integer';

/** The class of values any of which may be the result. Throws where they have none in common. */
export function commonClass(expressions: readonly Expression[]): ValueClass {
  const classes = [...new Set(expressions.map(classOf).filter((each) => each !== 'null'))];
  if (classes.length === 0) return 'null';
  if (classes.length === 1) return classes[0]!;
  if (classes.every(isNumber)) return widest(classes);
  throw new Untranslatable('values of different types in one place');
}
