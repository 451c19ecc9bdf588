/** Operations put together from operands whose classes fit; Untranslatable where they do not. Pure. */
import {
  aggregates,
  classOf,
  commonClass,
  isNumber,
  Untranslatable,
  type Arithmetic,
  type Comparison,
  type Expression,
  type FunctionName,
  type ValueClass,
} from './expression.ts';

const dateText = /^(?!0000)\d{4}-(?!00)\d\d-(?!00)\d\d$/;
const timestampText = /^(?!0000)\d{4}-(?!00)\d\d-(?!00)\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?$/;

/** A literal as its partner's class would have it: '2020-01-01' beside a date, 0 and 1 beside a boolean. */
function literalAs(expression: Expression, partner: Expression): Expression {
  const wanted = classOf(partner);
  if (expression.kind === 'text' && expression.as === 'text') {
    if (wanted === 'date' && dateText.test(expression.text)) return { ...expression, as: 'date' };
    if (wanted === 'timestamp') {
      if (dateText.test(expression.text))
        return { ...expression, text: `${expression.text} 00:00:00`, as: 'timestamp' };
      if (timestampText.test(expression.text)) {
        // As values travel: no zeros at the end of a fraction.
        const text = expression.text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
        return { ...expression, text, as: 'timestamp' };
      }
    }
  }
  if (wanted === 'boolean' && expression.kind === 'number' && /^[01]$/.test(expression.text)) {
    return { kind: 'boolean', value: expression.text === '1' };
  }
  return expression;
}

/** Values that are compared with each other, as one class. */
function comparable(expressions: readonly Expression[], onlyEqual: boolean): Expression[] {
  const first = expressions.find((each) => !['text', 'number', 'null'].includes(each.kind)) ?? expressions[0]!;
  const adapted = expressions.map((each) => (each === first ? each : literalAs(each, first)));
  const labels = first.kind === 'column' && first.column.type.kind === 'enum' ? first.column.type.labels : null;
  if (labels) {
    const others = adapted.filter((each) => each !== first);
    if (onlyEqual && others.every((each) => each.kind === 'text' && labels.includes(each.text))) return adapted;
    throw new Untranslatable('an enum compared with something else than its labels');
  }
  const common = commonClass(adapted);
  if (common === 'other' || common === 'null') throw new Untranslatable('a comparison of values of this type');
  // Each database has an order of texts of its own.
  if (common === 'text' && !onlyEqual) throw new Untranslatable('an order of texts');
  if (common === 'boolean' && !onlyEqual) throw new Untranslatable('an order of conditions');
  const folding = adapted.map(foldsCase).filter((folds) => folds !== null);
  if (new Set(folding).size > 1) throw new Untranslatable('texts that mind case compared with others that do not');
  return adapted;
}

/** Whether a text is compared without regard to case; null: a literal, which follows its partner. */
export function foldsCase(expression: Expression): boolean | null {
  if (expression.kind === 'text' || classOf(expression) !== 'text') return null;
  return columnsIn(expression).some(({ column: { type } }) => type.kind === 'text' && type.ignoresCase);
}

type Column = Extract<Expression, { kind: 'column' }>;

/** The expressions that one is put together from. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'not':
    case 'negative':
    case 'like':
    case 'is null':
      return [expression.operand];
    case 'logic':
    case 'concatenation':
      return expression.parts;
    case 'comparison':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'in':
      return [expression.operand, ...expression.list];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    case 'case': {
      const branches = expression.branches.flatMap(({ when, then }) => [when, then]);
      return expression.otherwise ? [...branches, expression.otherwise] : branches;
    }
    case 'call':
      return expression.args;
    default:
      return [];
  }
}

export const columnsIn = (expression: Expression): Column[] =>
  expression.kind === 'column' ? [expression] : partsOf(expression).flatMap(columnsIn);

export function comparison(operator: Comparison, left: Expression, right: Expression): Expression {
  const [one, other] = comparable([left, right], operator === '=' || operator === '<>');
  return { kind: 'comparison', operator, left: one!, right: other! };
}

export function inList(operand: Expression, list: readonly Expression[], isNegated: boolean): Expression {
  const [subject, ...rest] = comparable([operand, ...list], true);
  return { kind: 'in', operand: subject!, list: rest, isNegated };
}

export function between(operand: Expression, low: Expression, high: Expression, isNegated: boolean): Expression {
  const [subject, from, to] = comparable([operand, low, high], false);
  return { kind: 'between', operand: subject!, low: from!, high: to!, isNegated };
}

export function like(operand: Expression, pattern: Expression, isNegated: boolean): Expression {
  if (classOf(operand) !== 'text' || pattern.kind !== 'text' || pattern.text.includes('\\'))
    throw new Untranslatable('a pattern that is no plain text');
  return { kind: 'like', operand, pattern: pattern.text, isNegated };
}

export function condition(expression: Expression): Expression {
  if (classOf(expression) !== 'boolean') throw new Untranslatable('a value used as a condition');
  return expression;
}

export function logic(operator: 'and' | 'or', parts: readonly Expression[]): Expression {
  return parts.length === 1 ? parts[0]! : { kind: 'logic', operator, parts: parts.map(condition) };
}

export function arithmetic(operator: Arithmetic, left: Expression, right: Expression): Expression {
  const classes = [classOf(left), classOf(right)];
  if (!classes.every(isNumber)) throw new Untranslatable('arithmetic on values that are no numbers');
  // A remainder of nothing is an error here and NULL there.
  if (
    operator === '%' &&
    !(classes.every((each) => each === 'integer') && right.kind === 'number' && Number(right.text) !== 0)
  )
    throw new Untranslatable('a remainder');
  return { kind: 'arithmetic', operator, left, right };
}

export function negative(operand: Expression): Expression {
  if (!isNumber(classOf(operand))) throw new Untranslatable('arithmetic on values that are no numbers');
  return { kind: 'negative', operand };
}

export function concatenation(parts: readonly Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.kind === 'concatenation' ? part.parts : [part]));
  if (flat.length === 0 || flat.some((part) => classOf(part) !== 'text'))
    throw new Untranslatable('values that are no text joined to one');
  return { kind: 'concatenation', parts: flat };
}

export function caseOf(
  branches: readonly { when: Expression; then: Expression }[],
  otherwise: Expression | null,
): Expression {
  const made: Expression = { kind: 'case', branches, otherwise };
  if (classOf(made) === 'boolean') throw new Untranslatable('a condition chosen by CASE');
  for (const { when } of branches) condition(when);
  return made;
}

/** A cast to a class that the value is of already. */
export function cast(operand: Expression, wanted: ValueClass | null): Expression {
  if (wanted === 'text' && operand.kind === 'text') return { ...operand, as: 'text' };
  if ((wanted === 'date' || wanted === 'timestamp') && operand.kind === 'text') {
    const partner: Expression = { kind: 'text', text: '', as: wanted };
    const literal = literalAs({ ...operand, as: 'text' }, partner);
    if (classOf(literal) === wanted) return literal;
  }
  const own = classOf(operand);
  if (wanted !== null && isNumber(wanted) && operand.kind === 'text' && /^-?\d+(\.\d+)?$/.test(operand.text)) {
    const number: Expression = { kind: 'number', text: operand.text.replace('-', '') };
    return operand.text.startsWith('-') ? negative(number) : number;
  }
  if (wanted !== null && (own === wanted || own === 'null' || (own === 'integer' && wanted === 'decimal')))
    return operand;
  if (wanted === 'float' && isNumber(own) && (operand.kind === 'number' || operand.kind === 'negative')) return operand;
  throw new Untranslatable('a cast to another type');
}

interface Signature {
  readonly least: number;
  readonly most: number;
  readonly takes: (value: ValueClass, position: number) => boolean;
}

const isText = (value: ValueClass) => value === 'text';
const isMoment = (value: ValueClass) => value === 'date' || value === 'timestamp';
const isOrdered = (value: ValueClass) => isNumber(value) || isMoment(value);
const one = (takes: Signature['takes']): Signature => ({ least: 1, most: 1, takes });

const signatures: Readonly<Record<FunctionName, Signature>> = {
  characters: one(isText),
  bytes: one(isText),
  lower: one(isText),
  upper: one(isText),
  trim: one(isText),
  replace: { least: 3, most: 3, takes: isText },
  substring: { least: 2, most: 3, takes: (value, position) => (position === 0 ? isText(value) : value === 'integer') },
  absolute: one(isNumber),
  coalesce: { least: 2, most: 100, takes: (value) => value !== 'other' && value !== 'boolean' },
  nullif: { least: 2, most: 2, takes: (value) => value !== 'other' && value !== 'boolean' },
  year: one(isMoment),
  month: one(isMoment),
  day: one(isMoment),
  count: { least: 0, most: 1, takes: () => true },
  sum: one(isNumber),
  min: one(isOrdered),
  max: one(isOrdered),
};

export function call(name: FunctionName, args: readonly Expression[], isDistinct: boolean): Expression {
  const { least, most, takes } = signatures[name];
  const isFit = args.length >= least && args.length <= most && args.every((arg, at) => takes(classOf(arg), at));
  if (!isFit || (isDistinct && !aggregates.has(name))) throw new Untranslatable(`${name} of these values`);
  // Beginnings before the first character and negative lengths mean other things elsewhere.
  if (name === 'substring' && !args.slice(1).every((arg, at) => arg.kind === 'number' && Number(arg.text) >= 1 - at))
    throw new Untranslatable('a part of a text whose place is not a plain number');
  const made: Expression = { kind: 'call', name, args, isDistinct };
  classOf(made);
  return made;
}
