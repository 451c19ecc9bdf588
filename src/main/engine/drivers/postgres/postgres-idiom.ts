import type { FunctionName, ValueClass } from '../../sql/expression.ts';
import type { SqlIdiom } from '../../sql/sql-idiom.ts';
import { postgresLexis } from './postgres-lexis.ts';
import { quoteName, quoteText } from './postgres-names.ts';

const functions: Readonly<Record<string, FunctionName>> = {
  CHAR_LENGTH: 'characters',
  CHARACTER_LENGTH: 'characters',
  LENGTH: 'characters',
  OCTET_LENGTH: 'bytes',
  LOWER: 'lower',
  UPPER: 'upper',
  BTRIM: 'trim',
  TRIM: 'trim',
  REPLACE: 'replace',
  SUBSTRING: 'substring',
  SUBSTR: 'substring',
  ABS: 'absolute',
  COALESCE: 'coalesce',
  NULLIF: 'nullif',
  COUNT: 'count',
  SUM: 'sum',
  MIN: 'min',
  MAX: 'max',
};

const casts: readonly (readonly [RegExp, ValueClass])[] = [
  // Not with a length, which cuts.
  [/^(text|character varying|varchar|bpchar)$/, 'text'],
  [/^(smallint|integer|bigint|int|int[248])$/, 'integer'],
  [/^(numeric|decimal)$/, 'decimal'],
  [/^(double precision|float8)$/, 'float'],
  [/^date$/, 'date'],
  [/^timestamp( without time zone)?$/, 'timestamp'],
  [/^bool(ean)?$/, 'boolean'],
];

export const postgresIdiom: SqlIdiom = {
  lexis: postgresLexis,
  pipesConcatenate: true,
  likeComparesAsColumn: true,
  booleans: true,
  foldingColumns: false,
  decimals: 'any',
  fullJoins: true,
  nullsFirst: false,
  strictGroups: true,
  functions,
  castClass: (type) => casts.find(([pattern]) => pattern.test(type))?.[1] ?? null,
  call(name, args) {
    switch (name) {
      case 'characters':
        return `char_length(${args[0]})`;
      case 'bytes':
        return `octet_length(${args[0]})`;
      case 'trim':
        return `btrim(${args[0]})`;
      case 'absolute':
        return `abs(${args[0]})`;
      case 'substring':
        return `substr(${args.join(', ')})`;
      case 'year':
      case 'month':
      case 'day':
        return `extract(${name} FROM ${args[0]})::integer`;
      default:
        return `${name}(${args.join(', ')})`;
    }
  },
  concatenate: (parts) => parts.join(' || '),
  quoteName,
  quoteText,
};
