import type { FunctionName, ValueClass } from '../../sql/expression.ts';
import type { SqlIdiom } from '../../sql/sql-idiom.ts';
import { sqliteLexis } from './sqlite-lexis.ts';
import { quoteName, quoteText } from './sqlite-names.ts';

/** Not lower and upper, which know the letters A to Z only. */
const functions: Readonly<Record<string, FunctionName>> = {
  LENGTH: 'characters',
  OCTET_LENGTH: 'bytes',
  TRIM: 'trim',
  REPLACE: 'replace',
  SUBSTR: 'substring',
  SUBSTRING: 'substring',
  ABS: 'absolute',
  COALESCE: 'coalesce',
  IFNULL: 'coalesce',
  NULLIF: 'nullif',
  COUNT: 'count',
  SUM: 'sum',
};

const dateParts: Partial<Record<FunctionName, string>> = { year: '%Y', month: '%m', day: '%d' };

export const sqliteIdiom: SqlIdiom = {
  lexis: sqliteLexis,
  pipesConcatenate: true,
  likeComparesAsColumn: false,
  booleans: false,
  foldingColumns: true,
  decimals: 'text',
  fullJoins: true,
  nullsFirst: true,
  strictGroups: false,
  functions: { ...functions, MIN: 'min', MAX: 'max' },
  castClass: (): ValueClass | null => null,
  call(name, args) {
    const part = dateParts[name];
    if (part) return `CAST(strftime('${part}', ${args[0]}) AS INTEGER)`;
    switch (name) {
      case 'lower':
      case 'upper':
        return null;
      case 'characters':
        return `length(${args[0]})`;
      case 'bytes':
        return `length(CAST(${args[0]} AS BLOB))`;
      case 'absolute':
        return `abs(${args[0]})`;
      case 'substring':
        return `substr(${args.join(', ')})`;
      default:
        return `${name}(${args.join(', ')})`;
    }
  },
  concatenate: (parts) => parts.join(' || '),
  quoteName,
  quoteText,
};
