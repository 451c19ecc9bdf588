/** A view's query as the target would write it. Pure. */
import type { NeutralType } from '../model/neutral-type.ts';
import type { TableName } from '../model/table-schema.ts';
import { aggregates, classOf, isNumber, Untranslatable, type Expression } from './expression.ts';
import { parseSelect, type FindRelation } from './parse-select.ts';
import { printExpression } from './print-expression.ts';
import type { FromClause, Select } from './select.ts';
import type { SqlIdiom } from './sql-idiom.ts';
import { columnsIn, foldsCase, partsOf } from './typed-operations.ts';

export interface SelectEnds {
  readonly from: SqlIdiom;
  readonly to: SqlIdiom;
  readonly quoteTable: (table: TableName) => string;
}

export interface TranslatedSelect {
  readonly sql: string;
  /** What each column shows; null: what the source says of it. */
  readonly types: readonly (NeutralType | null)[];
}

/** `columns`: the view's own, one for each item. Throws Untranslatable, whose message names what has no certain equal. */
export function translateSelect(
  sql: string,
  columns: readonly string[],
  ends: SelectEnds,
  find: FindRelation,
): TranslatedSelect {
  const select = parse(sql, ends.from, find);
  if (select.items.length !== columns.length) throw new Untranslatable('a list of other columns than the view has');
  checkGroups(select, ends);
  checkOrder(select, ends);
  for (const { expression } of select.items) checkShown(expression, ends);
  return {
    sql: print(select, columns, ends),
    types: select.items.map(({ expression }) => typeOf(expression)),
  };
}

/** Databases have other words for what they compute: the sum of integers is a decimal to one, anything to another. */
function typeOf(expression: Expression): NeutralType | null {
  if (expression.kind === 'column') return expression.column.type;
  const valueClass = classOf(expression);
  switch (valueClass) {
    case 'integer':
      return { kind: 'integer', bits: 64, unsigned: false };
    case 'float':
      return { kind: 'float', bits: 64 };
    case 'text':
      return { kind: 'text', length: null, fixed: false, ignoresCase: foldsCase(expression) === true };
    case 'date':
    case 'boolean':
      return { kind: valueClass };
    default:
      return null;
  }
}

function parse(sql: string, idiom: SqlIdiom, find: FindRelation): Select {
  try {
    return parseSelect(sql, idiom, find);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Untranslatable(`its text (${error.message.replace(/\.$/, '')})`);
    throw error;
  }
}

/** A condition that is shown is a number to some databases. */
function checkShown(expression: Expression, { from, to }: SelectEnds): void {
  const isComputed = expression.kind !== 'column' && classOf(expression) === 'boolean';
  if (isComputed && to.booleans !== from.booleans) throw new Untranslatable('a condition that is shown');
}

const hasGroups = (expression: Expression): boolean =>
  (expression.kind === 'call' && aggregates.has(expression.name)) || partsOf(expression).some(hasGroups);

function checkGroups({ items, groupBy, isDistinct, having }: Select, { from, to }: SelectEnds): void {
  const keys = isDistinct ? [...groupBy, ...items.map(({ expression }) => expression)] : groupBy;
  const counted = items.flatMap(({ expression }) =>
    expression.kind === 'call' && expression.isDistinct ? expression.args : [],
  );
  if (!to.foldingColumns && [...keys, ...counted].some((key) => foldsCase(key) === true))
    throw new Untranslatable('groups of texts that ignore case');
  const isGrouped = groupBy.length > 0 || having !== null || items.some(({ expression }) => hasGroups(expression));
  if (!isGrouped || from.strictGroups) return;
  const known = new Set(groupBy.map((key) => JSON.stringify(key)));
  for (const { expression } of items) {
    if (hasGroups(expression) || known.has(JSON.stringify(expression))) continue;
    if (!columnsIn(expression).every((column) => known.has(JSON.stringify(column))))
      throw new Untranslatable('columns beside groups that are not theirs');
  }
}

/** Without a limit an order is advice. With one it chooses rows, which texts and NULLs would choose otherwise. */
function checkOrder({ orderBy, limit }: Select, { from, to }: SelectEnds): void {
  if (limit === null) return;
  const isCertain = orderBy.every(({ expression }) => {
    const valueClass = classOf(expression);
    const hasNulls = expression.kind !== 'column' || expression.column.nullable;
    return (isNumber(valueClass) || valueClass === 'date') && (!hasNulls || from.nullsFirst === to.nullsFirst);
  });
  if (!isCertain || orderBy.length === 0) throw new Untranslatable('a limit whose order is not certain');
}

function print(select: Select, columns: readonly string[], ends: SelectEnds): string {
  const show = (expression: Expression) => printExpression(expression, ends.to);
  const list = (expressions: readonly Expression[]) => expressions.map(show).join(', ');
  const items = select.items.map(({ expression }, at) => `${show(expression)} AS ${ends.to.quoteName(columns[at]!)}`);
  const order = select.orderBy.map(({ expression, descending }) => show(expression) + (descending ? ' DESC' : ''));
  return [
    `SELECT ${select.isDistinct ? 'DISTINCT ' : ''}${items.join(', ')}`,
    `FROM ${printFrom(select.from, ends)}`,
    ...(select.where ? [`WHERE ${show(select.where)}`] : []),
    ...(select.groupBy.length > 0 ? [`GROUP BY ${list(select.groupBy)}`] : []),
    ...(select.having ? [`HAVING ${show(select.having)}`] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    ...(select.limit === null ? [] : [`LIMIT ${select.limit}`]),
    ...(select.offset === null ? [] : [`OFFSET ${select.offset}`]),
  ].join('\n');
}

function printFrom(clause: FromClause, ends: SelectEnds): string {
  if (clause.kind === 'relation') {
    const { target, alias } = clause.relation;
    return `${ends.quoteTable(target)}${alias === target.name ? '' : ` AS ${ends.to.quoteName(alias)}`}`;
  }
  const { join, left, right, on } = clause;
  if (join === 'full' && !ends.to.fullJoins) throw new Untranslatable('FULL JOIN');
  const printed = printFrom(right, ends);
  const condition = on === null ? '' : ` ON ${printExpression(on, ends.to)}`;
  const word = join === 'inner' ? 'JOIN' : `${join.toUpperCase()} JOIN`;
  return `${printFrom(left, ends)} ${word} ${right.kind === 'join' ? `(${printed})` : printed}${condition}`;
}
