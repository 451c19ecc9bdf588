/** Expressions in the words of one database. Untranslatable where it has none. Pure. */
import type { ColumnSchema } from '../model/table-schema.ts';
import { classOf, Untranslatable, type Expression } from './expression.ts';
import type { SqlIdiom } from './sql-idiom.ts';
import { columnsIn, foldsCase } from './typed-operations.ts';

/** Functions whose result depends on the value of a number. */
const calculates: ReadonlySet<string> = new Set(['absolute', 'sum', 'min', 'max', 'nullif']);
/** Digits that a declared decimal may have. */
const mostDigits = 65;
/** Digits that a float holds exactly. */
const exactDigits = 15;

export function printExpression(expression: Expression, idiom: SqlIdiom): string {
  return new Printer(idiom).print(expression);
}

class Printer {
  readonly #idiom: SqlIdiom;

  constructor(idiom: SqlIdiom) {
    this.#idiom = idiom;
  }

  print(expression: Expression): string {
    const { quoteText, concatenate } = this.#idiom;
    switch (expression.kind) {
      case 'number':
        return expression.text;
      case 'text':
        return quoteText(expression.text);
      case 'boolean':
        return this.#idiom.booleans ? (expression.value ? 'TRUE' : 'FALSE') : expression.value ? '1' : '0';
      case 'null':
        return 'NULL';
      case 'column':
        return this.#column(expression);
      case 'not':
        return `NOT ${this.#inner(expression.operand)}`;
      case 'negative':
        return `-${this.#inner(expression.operand)}`;
      case 'logic':
        return expression.parts.map((part) => this.#inner(part)).join(` ${expression.operator.toUpperCase()} `);
      case 'comparison': {
        const [left, right] = this.#compared([expression.left, expression.right]);
        return `${left} ${expression.operator} ${right}`;
      }
      case 'arithmetic':
        this.#refuseTextNumbers(expression);
        return `${this.#inner(expression.left)} ${expression.operator} ${this.#inner(expression.right)}`;
      case 'concatenation':
        return concatenate(expression.parts.map((part) => this.#inner(part)));
      case 'in': {
        const [operand, ...list] = this.#compared([expression.operand, ...expression.list]);
        return `${operand} ${not(expression)}IN (${list.join(', ')})`;
      }
      case 'between': {
        const [operand, low, high] = this.#compared([expression.operand, expression.low, expression.high]);
        return `${operand} ${not(expression)}BETWEEN ${low} AND ${high}`;
      }
      case 'like': {
        if (!this.#idiom.likeComparesAsColumn) throw new Untranslatable('LIKE');
        const [operand, pattern] = this.#compared([
          expression.operand,
          { kind: 'text', text: expression.pattern, as: 'text' },
        ]);
        return `${operand} ${not(expression)}LIKE ${pattern}`;
      }
      case 'is null':
        return `${this.#inner(expression.operand)} IS ${expression.isNegated ? 'NOT ' : ''}NULL`;
      case 'case': {
        const branches = expression.branches.map(
          ({ when, then }) => `WHEN ${this.print(when)} THEN ${this.print(then)}`,
        );
        const otherwise = expression.otherwise ? ` ELSE ${this.print(expression.otherwise)}` : '';
        return `CASE ${branches.join(' ')}${otherwise} END`;
      }
      case 'call':
        return this.#call(expression);
    }
  }

  /** In parentheses unless it is one word or call. */
  #inner(expression: Expression): string {
    const isTight = ['number', 'text', 'boolean', 'null', 'column', 'call', 'case'].includes(expression.kind);
    return isTight ? this.print(expression) : `(${this.print(expression)})`;
  }

  #column({ relation, name }: Extract<Expression, { kind: 'column' }>): string {
    const { quoteName } = this.#idiom;
    return relation === null ? quoteName(name) : `${quoteName(relation)}.${quoteName(name)}`;
  }

  /** Operands that are compared with each other. */
  #compared(operands: readonly Expression[]): string[] {
    const { foldingColumns, decimals } = this.#idiom;
    const folds = !foldingColumns && operands.some((operand) => foldsCase(operand) === true);
    return operands.map((operand) => {
      if (folds) return this.#lower(operand);
      if (decimals === 'text' && operand.kind === 'column' && classOf(operand) === 'decimal')
        return this.#numberFromText(operand);
      this.#refuseTextNumbers(operand);
      return this.#inner(operand);
    });
  }

  #lower(operand: Expression): string {
    if (operand.kind === 'text') return this.#idiom.quoteText(operand.text.toLowerCase());
    return operand.kind === 'null' ? 'NULL' : this.#named('lower', [this.print(operand)]);
  }

  /** Decimals that are kept as text compare as numbers where a float holds all their digits. */
  #numberFromText(operand: Extract<Expression, { kind: 'column' }>): string {
    const { type } = operand.column;
    if (type.kind !== 'decimal' || type.precision === null || type.precision > exactDigits)
      throw new Untranslatable('a number that the target keeps as text');
    return `CAST(${this.print(operand)} AS REAL)`;
  }

  /** Nothing is calculated with decimals that are text. */
  #refuseTextNumbers(expression: Expression): void {
    const { decimals } = this.#idiom;
    if (decimals === 'any') return;
    const isText = ({ type }: ColumnSchema) =>
      decimals === 'text' || type.kind !== 'decimal' || type.precision === null || type.precision > mostDigits;
    if (columnsIn(expression).some((each) => classOf(each) === 'decimal' && isText(each.column)))
      throw new Untranslatable('a number that the target keeps as text');
  }

  #call({ name, args, isDistinct }: Extract<Expression, { kind: 'call' }>): string {
    if (name === 'count')
      return `count(${isDistinct ? 'DISTINCT ' : ''}${args.length === 0 ? '*' : this.print(args[0]!)})`;
    if (calculates.has(name)) for (const arg of args) this.#refuseTextNumbers(arg);
    const printed = args.map((arg) => this.print(arg));
    if (isDistinct) printed[0] = `DISTINCT ${printed[0]}`;
    return this.#named(name, printed);
  }

  #named(name: Parameters<SqlIdiom['call']>[0], args: readonly string[]): string {
    const printed = this.#idiom.call(name, args);
    if (printed === null) throw new Untranslatable(name);
    return printed;
  }
}

const not = ({ isNegated }: { readonly isNegated: boolean }) => (isNegated ? 'NOT ' : '');
