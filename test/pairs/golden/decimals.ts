/** Exact and floating-point numbers with fractions. */
import { mysqlFamily, nullValue, refusedWith, same, value, type Expected, type GoldenCase } from './golden-case.ts';
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';

/** SQLite keeps decimals as text, since its own numbers are floats. */
const decimal = (digits: string): Record<DatabaseKind, Expected> => ({ ...same(digits), sqlite: `'${digits}'` });
const decimals = (...all: string[]) => [...all.map((digits) => value(`'${digits}'`, decimal(digits))), nullValue];

const zeros = (count: number) => '0'.repeat(count);
const hundredDigits = '1234567890'.repeat(10);

export const decimalCases: readonly GoldenCase[] = [
  {
    name: 'decimal_65_30',
    from: {
      postgresql: 'numeric(65,30)',
      mysql: 'decimal(65,30)',
      mariadb: 'decimal(65,30)',
      sqlite: 'DECIMAL_TEXT(65,30)',
    },
    becomes: {
      postgresql: 'numeric(65,30)',
      mysql: 'decimal(65,30)',
      mariadb: 'decimal(65,30)',
      sqlite: 'DECIMAL_TEXT(65,30)',
    },
    values: decimals(
      '12345678901234567890123456789012345.123456789012345678901234567890',
      '-99999999999999999999999999999999999.999999999999999999999999999999',
      `0.${zeros(29)}1`,
      `0.${zeros(30)}`,
      `-1.1${zeros(29)}`,
    ),
  },
  {
    name: 'decimal_38_10',
    from: { postgresql: 'numeric(38,10)', mysql: 'decimal(38,10)', mariadb: 'decimal(38,10)' },
    becomes: {
      postgresql: 'numeric(38,10)',
      mysql: 'decimal(38,10)',
      mariadb: 'decimal(38,10)',
      sqlite: 'DECIMAL_TEXT(38,10)',
    },
    values: decimals('1234567890123456789012345678.0123456789', '-0.0000000001', '1.1000000000', '0.0000000000'),
  },
  {
    name: 'decimal_18_0',
    from: { postgresql: 'numeric(18)', mysql: 'decimal(18)', mariadb: 'decimal(18)' },
    becomes: {
      postgresql: 'numeric(18,0)',
      mysql: 'decimal(18,0)',
      mariadb: 'decimal(18,0)',
      sqlite: 'DECIMAL_TEXT(18,0)',
    },
    values: decimals('999999999999999999', '-999999999999999999', '0'),
  },
  {
    // More digits than MySQL's 65: only text keeps them.
    name: 'decimal_100_50',
    from: { postgresql: 'numeric(100,50)' },
    becomes: {
      postgresql: 'numeric(100,50)',
      mysql: 'longtext',
      mariadb: 'longtext',
      sqlite: 'DECIMAL_TEXT(100,50)',
    },
    values: decimals(`${hundredDigits.slice(0, 50)}.${hundredDigits.slice(0, 50)}`, `-0.${zeros(49)}1`),
  },
  {
    // Digits before the point only: PostgreSQL rounds to hundreds.
    name: 'numeric_negative_scale',
    from: { postgresql: 'numeric(5,-2)' },
    becomes: {
      postgresql: 'numeric(5,-2)',
      mysql: 'decimal(7,0)',
      mariadb: 'decimal(7,0)',
      sqlite: 'DECIMAL_TEXT(7,0)',
    },
    values: decimals('9999900', '-100', '0'),
  },
  {
    // Without declared digits the rows decide, and the smallest type that holds them all is taken.
    name: 'numeric_bare',
    from: { postgresql: 'numeric' },
    becomes: {
      postgresql: 'numeric',
      mysql: 'decimal(7,3)',
      mariadb: 'decimal(7,3)',
      sqlite: 'DECIMAL_TEXT',
    },
    values: [
      value("'1.50'", { postgresql: '1.50', ...mysqlFamily('1.500'), sqlite: "'1.50'" }),
      value("'-0.125'", decimal('-0.125')),
      value("'1234'", { postgresql: '1234', ...mysqlFamily('1234.000'), sqlite: "'1234'" }),
      nullValue,
    ],
  },
  {
    name: 'numeric_bare_long',
    from: { postgresql: 'numeric' },
    becomes: { postgresql: 'numeric', mysql: 'longtext', mariadb: 'longtext', sqlite: 'DECIMAL_TEXT' },
    values: decimals(hundredDigits, `-${hundredDigits}.${hundredDigits}`, '1.50', '0'),
  },
  {
    name: 'numeric_not_a_number',
    from: { postgresql: 'numeric(10,2)' },
    becomes: {
      postgresql: 'numeric(10,2)',
      mysql: 'decimal(10,2)',
      mariadb: 'decimal(10,2)',
      sqlite: 'DECIMAL_TEXT(10,2)',
    },
    values: [
      value("'1.00'", decimal('1.00')),
      value("'NaN'", { postgresql: 'NaN', ...mysqlFamily(refusedWith('rows_refused')), sqlite: "'NaN'" }),
    ],
  },
  {
    // No number tells how many digits the column needs: it becomes text, which takes them all.
    name: 'numeric_infinity',
    from: { postgresql: 'numeric' },
    becomes: { postgresql: 'numeric', mysql: 'longtext', mariadb: 'longtext', sqlite: 'DECIMAL_TEXT' },
    values: ['Infinity', '-Infinity', 'NaN'].map((digits) => value(`'${digits}'`, decimal(digits))),
  },
  {
    // A currency's sign and separators are the server's locale: the amount travels as a number.
    name: 'money',
    from: { postgresql: 'money' },
    becomes: {
      postgresql: 'money',
      mysql: 'decimal(19,2)',
      mariadb: 'decimal(19,2)',
      sqlite: 'DECIMAL_TEXT(19,2)',
    },
    show: { postgresql: 'v::numeric' },
    values: decimals('1234567.89', '-92233720368547758.08', '92233720368547758.07', '0.00'),
  },
  {
    // Three digits after two zeros: a scale above the precision, which MySQL does not have.
    name: 'numeric_small_fractions',
    from: { postgresql: 'numeric(3,5)' },
    becomes: {
      postgresql: 'numeric(3,5)',
      mysql: 'decimal(5,5)',
      mariadb: 'decimal(5,5)',
      sqlite: 'DECIMAL_TEXT(5,5)',
    },
    values: decimals('0.00999', '-0.00001', '0.00000'),
  },
  {
    name: 'decimal_unsigned',
    from: mysqlFamily('decimal(10,2) unsigned'),
    becomes: {
      postgresql: 'numeric(10,2)',
      mysql: 'decimal(10,2) unsigned',
      mariadb: 'decimal(10,2) unsigned',
      sqlite: 'DECIMAL_TEXT(10,2)',
    },
    values: decimals('99999999.99', '0.00'),
  },
];
