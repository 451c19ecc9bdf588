/** How a database writes the expressions that all of them know: data for the one parser and the one printer. */
import type { FunctionName, ValueClass } from './expression.ts';
import type { SqlLexis } from './sql-lexis.ts';

export interface SqlIdiom {
  readonly lexis: SqlLexis;
  /** `||` joins texts. False: it is OR in the database's own settings. */
  readonly pipesConcatenate: boolean;
  /** LIKE minds case as the comparison of the column does. False (SQLite): it never minds the case of A to Z. */
  readonly likeComparesAsColumn: boolean;
  /** Conditions are values of a type of their own. False: they are the numbers 0 and 1. */
  readonly booleans: boolean;
  /** Text columns may ignore case. False: where the source's does, both sides are compared in lower case. */
  readonly foldingColumns: boolean;
  /** `any`: of any length. `declared`: only with a precision of 65 at most, otherwise as text. `text`: always as text. */
  readonly decimals: 'any' | 'declared' | 'text';
  /** FULL JOIN exists. */
  readonly fullJoins: boolean;
  /** NULLs come first in ascending order. */
  readonly nullsFirst: boolean;
  /** Every column that is shown beside groups is one of their keys or follows from them. */
  readonly strictGroups: boolean;
  /** Name of a function, in upper case, as it is written => what it does. */
  readonly functions: Readonly<Record<string, FunctionName>>;
  /** The class of a type that values are cast to where the cast changes nothing but the name of the type; null: others. */
  castClass(type: string): ValueClass | null;
  /** The call as this database writes it; null: it has no certain equal. */
  call(name: FunctionName, args: readonly string[]): string | null;
  concatenate(parts: readonly string[]): string;
  quoteName(name: string): string;
  quoteText(text: string): string;
}
