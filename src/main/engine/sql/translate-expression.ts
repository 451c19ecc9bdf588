/** Expressions of a source's table as the target would write them. Pure. */
import type { ColumnSchema } from '../model/table-schema.ts';
import { calledFunction } from './called-functions.ts';
import { classOf, Untranslatable, type Expression } from './expression.ts';
import { parseExpression, type Scope } from './parse-expression.ts';
import { printExpression } from './print-expression.ts';
import type { SqlIdiom } from './sql-idiom.ts';
import { nameOf, tokenizeSql } from './sql-tokens.ts';
import { columnsIn, condition } from './typed-operations.ts';

/**
 * `sql`: an expression over one table, in the source's SQL and its column names. `use`: a condition (checks, partial
 * indexes) or a value (generated columns, indexes, defaults). `without`: columns, by their target names, that may not occur.
 * null: it has no certain equal.
 */
export type Translate = (
  sql: string,
  use: 'condition' | 'value',
  without?: (column: ColumnSchema) => boolean,
) => string | null;

export interface TranslationEnds {
  readonly from: SqlIdiom;
  readonly to: SqlIdiom;
  /** Both ends understand each other's SQL: only names may change. */
  readonly isFamily: boolean;
  /** Functions that the target does not have. Default: none that the family knows. */
  readonly lacking?: ReadonlySet<string>;
}

/** `columns`: as the source has them, with settled types, and the target's name of each; a missing one is not copied. */
export function expressionTranslator(
  { from, to, isFamily, lacking = new Set() }: TranslationEnds,
  columns: readonly ColumnSchema[],
  names: ReadonlyMap<string, string>,
): Translate {
  if (isFamily)
    return (sql) => (calledFunction(sql, to.lexis, lacking) === null ? renameColumns(sql, to, columns, names) : null);
  return (sql, use, without) => {
    try {
      const parsed = parseExpression(sql, from, tableScope(columns, names));
      if (without && columnsIn(parsed).some(({ column }) => without(column))) return null;
      return printExpression(use === 'condition' ? condition(parsed) : value(parsed, from, to), to);
    } catch (error) {
      if (error instanceof Untranslatable || error instanceof SyntaxError) return null;
      throw error;
    }
  };
}

/** A condition as a value is 0 or 1 to some databases, which is no condition to others. */
function value(expression: Expression, from: SqlIdiom, to: SqlIdiom): Expression {
  if (classOf(expression) === 'boolean' && to.booleans && !from.booleans)
    throw new Untranslatable('a condition used as a number');
  return expression;
}

/** The exact name first: most databases ignore the case of columns. */
export function findColumn<Column extends { readonly name: string }>(
  columns: readonly Column[],
  name: string,
): Column | undefined {
  const wanted = name.toLowerCase();
  return columns.find((each) => each.name === name) ?? columns.find((each) => each.name.toLowerCase() === wanted);
}

function tableScope(columns: readonly ColumnSchema[], names: ReadonlyMap<string, string>): Scope {
  return {
    hasGroups: false,
    column(relation, name) {
      const column = relation === null ? findColumn(columns, name) : undefined;
      const renamed = column && names.get(column.name);
      if (!column || renamed === undefined) throw new Untranslatable(`"${name}"`);
      return { kind: 'column', relation: null, name: renamed, column };
    },
  };
}

/** The same text with other names; null where a column of it is not copied. */
function renameColumns(
  sql: string,
  { lexis, quoteName }: SqlIdiom,
  columns: readonly ColumnSchema[],
  names: ReadonlyMap<string, string>,
): string | null {
  if (columns.every(({ name }) => names.get(name) === name)) return sql;
  let result = '';
  let copied = 0;
  const tokens = tokenizeSql(sql, lexis);
  for (const [position, token] of tokens.entries()) {
    const isCall = tokens[position + 1]?.text === '(' && token.kind === 'word';
    if ((token.kind !== 'name' && token.kind !== 'word') || isCall || tokens[position - 1]?.text === '::') continue;
    const column = findColumn(columns, nameOf(token));
    if (!column) continue;
    const renamed = names.get(column.name);
    if (renamed === undefined) return null;
    if (renamed === column.name) continue;
    result += sql.slice(copied, token.start) + quoteName(renamed);
    copied = token.end;
  }
  return result + sql.slice(copied);
}
