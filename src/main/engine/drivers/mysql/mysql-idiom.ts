import type { FunctionName, ValueClass } from '../../sql/expression.ts';
import type { SqlIdiom } from '../../sql/sql-idiom.ts';
import { mysqlLexis } from './mysql-lexis.ts';
import { quoteName, quoteText } from './mysql-names.ts';

const functions: Readonly<Record<string, FunctionName>> = {
  CHAR_LENGTH: 'characters',
  CHARACTER_LENGTH: 'characters',
  LENGTH: 'bytes',
  OCTET_LENGTH: 'bytes',
  LOWER: 'lower',
  LCASE: 'lower',
  UPPER: 'upper',
  UCASE: 'upper',
  TRIM: 'trim',
  REPLACE: 'replace',
  SUBSTRING: 'substring',
  SUBSTR: 'substring',
  ABS: 'absolute',
  COALESCE: 'coalesce',
  IFNULL: 'coalesce',
  NULLIF: 'nullif',
  YEAR: 'year',
  MONTH: 'month',
  DAYOFMONTH: 'day',
  DAY: 'day',
  COUNT: 'count',
  SUM: 'sum',
  MIN: 'min',
  MAX: 'max',
};

const names: Partial<Record<FunctionName, string>> = { characters: 'char_length', bytes: 'length', absolute: 'abs' };

/** The expressions of MySQL and MariaDB. */
export const mysqlIdiom: SqlIdiom = {
  lexis: mysqlLexis,
  pipesConcatenate: false,
  likeComparesAsColumn: true,
  booleans: false,
  foldingColumns: true,
  decimals: 'declared',
  fullJoins: false,
  nullsFirst: true,
  strictGroups: false,
  functions,
  castClass: (type): ValueClass | null => (/^date$/.test(type) ? 'date' : null),
  call: (name, args) => `${names[name] ?? name}(${args.join(', ')})`,
  concatenate: (parts) => `concat(${parts.join(', ')})`,
  quoteName,
  quoteText,
};
