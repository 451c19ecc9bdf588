/** Whole numbers, bits and booleans. */
import { mysqlFamily, nullValue, same, value, type GoldenCase } from './golden-case.ts';

const numbers = (...texts: string[]) => [...texts.map((text) => value(text, same(text))), nullValue];

export const integerCases: readonly GoldenCase[] = [
  {
    name: 'smallint',
    from: { postgresql: 'smallint', mysql: 'smallint', mariadb: 'smallint(6)' },
    becomes: { postgresql: 'smallint', mysql: 'smallint', mariadb: 'smallint(6)', sqlite: 'SMALLINT' },
    values: numbers('-32768', '32767', '0', '-1'),
  },
  {
    name: 'integer',
    from: { postgresql: 'integer', mysql: 'int', mariadb: 'int(11)' },
    becomes: { postgresql: 'integer', mysql: 'int', mariadb: 'int(11)', sqlite: 'INT' },
    values: numbers('-2147483648', '2147483647', '0', '-1'),
  },
  {
    name: 'bigint',
    from: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: 'BIGINT' },
    becomes: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: 'BIGINT' },
    values: numbers(
      ...['-9223372036854775808', '9223372036854775807', '9007199254740993', '-9007199254740993', '0', '-1'],
    ),
  },
  {
    name: 'sqlite_integer',
    from: { sqlite: 'INTEGER' },
    becomes: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: 'INTEGER' },
    values: numbers('-9223372036854775808', '9223372036854775807', '9007199254740993', '0', '-1'),
  },
  {
    name: 'tinyint',
    from: mysqlFamily('tinyint'),
    becomes: { postgresql: 'smallint', mysql: 'tinyint', mariadb: 'tinyint(4)', sqlite: 'TINYINT' },
    values: numbers('-128', '127', '0'),
  },
  {
    name: 'tinyint_unsigned',
    from: mysqlFamily('tinyint unsigned'),
    becomes: {
      postgresql: 'smallint',
      mysql: 'tinyint unsigned',
      mariadb: 'tinyint(3) unsigned',
      sqlite: 'UNSIGNED TINYINT',
    },
    values: numbers('255', '128', '0'),
  },
  {
    name: 'smallint_unsigned',
    from: mysqlFamily('smallint unsigned'),
    becomes: {
      postgresql: 'integer',
      mysql: 'smallint unsigned',
      mariadb: 'smallint(5) unsigned',
      sqlite: 'UNSIGNED SMALLINT',
    },
    values: numbers('65535', '32768', '0'),
  },
  {
    name: 'mediumint',
    from: mysqlFamily('mediumint'),
    becomes: { postgresql: 'integer', mysql: 'mediumint', mariadb: 'mediumint(9)', sqlite: 'MEDIUMINT' },
    values: numbers('-8388608', '8388607', '0'),
  },
  {
    name: 'mediumint_unsigned',
    from: mysqlFamily('mediumint unsigned'),
    becomes: {
      postgresql: 'integer',
      mysql: 'mediumint unsigned',
      mariadb: 'mediumint(8) unsigned',
      sqlite: 'UNSIGNED MEDIUMINT',
    },
    values: numbers('16777215', '8388608', '0'),
  },
  {
    name: 'int_unsigned',
    from: mysqlFamily('int unsigned'),
    becomes: { postgresql: 'bigint', mysql: 'int unsigned', mariadb: 'int(10) unsigned', sqlite: 'UNSIGNED INT' },
    values: numbers('4294967295', '2147483648', '0'),
  },
  {
    // SQLite's INTEGER is signed: beyond 2^63 only text keeps the digits.
    name: 'bigint_unsigned',
    from: mysqlFamily('bigint unsigned'),
    becomes: {
      postgresql: 'numeric(20,0)',
      mysql: 'bigint unsigned',
      mariadb: 'bigint(20) unsigned',
      sqlite: 'DECIMAL_TEXT(20,0)',
    },
    values: [
      ...['18446744073709551615', '9223372036854775808', '9223372036854775807', '0'].map((digits) =>
        value(digits, { ...same(digits), sqlite: `'${digits}'` }),
      ),
      nullValue,
    ],
  },
  {
    // The client prints what it is told: `+0` takes the display width away and leaves the number.
    name: 'zerofill',
    from: mysqlFamily('int(8) unsigned zerofill'),
    becomes: {
      postgresql: 'bigint',
      mysql: 'int(8) unsigned zerofill',
      mariadb: 'int(8) unsigned zerofill',
      sqlite: 'UNSIGNED INT',
    },
    show: mysqlFamily('v + 0'),
    values: numbers('42', '4294967295', '0'),
  },
  {
    name: 'year',
    from: mysqlFamily('year'),
    becomes: { postgresql: 'integer', mysql: 'year', mariadb: 'year(4)', sqlite: 'UNSIGNED SMALLINT' },
    values: [
      value("'1901'", same('1901')),
      value("'2155'", same('2155')),
      value("'0000'", { postgresql: '0', ...mysqlFamily('0000'), sqlite: '0' }),
      nullValue,
    ],
  },
  {
    name: 'boolean',
    from: { postgresql: 'boolean', sqlite: 'BOOLEAN' },
    becomes: { postgresql: 'boolean', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'BOOLEAN' },
    values: [
      value('TRUE', { postgresql: 't', mysql: '1', mariadb: '1', sqlite: '1' }),
      value('FALSE', { postgresql: 'f', mysql: '0', mariadb: '0', sqlite: '0' }),
      nullValue,
    ],
  },
  {
    name: 'sqlite_boolean_two',
    from: { sqlite: 'BOOLEAN' },
    becomes: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: 'BOOLEAN' },
    values: numbers('0', '1', '2', '-1'),
  },
  {
    name: 'tinyint1_zero_one',
    from: mysqlFamily('tinyint(1)'),
    becomes: { postgresql: 'boolean', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'BOOLEAN' },
    values: [
      value('1', { postgresql: 't', mysql: '1', mariadb: '1', sqlite: '1' }),
      value('0', { postgresql: 'f', mysql: '0', mariadb: '0', sqlite: '0' }),
      nullValue,
    ],
  },
  {
    name: 'tinyint1_more',
    from: mysqlFamily('tinyint(1)'),
    becomes: { postgresql: 'smallint', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'TINYINT' },
    values: numbers('0', '1', '2', '-1', '127', '-128'),
  },
  {
    name: 'bit_1',
    from: { postgresql: 'bit(1)', mysql: 'bit(1)', mariadb: 'bit(1)' },
    becomes: { postgresql: 'bit(1)', mysql: 'bit(1)', mariadb: 'bit(1)', sqlite: 'BIT_TEXT(1)' },
    values: [bits('1', '01'), bits('0', '00'), nullValue],
  },
  {
    name: 'bit_9',
    from: { postgresql: 'bit(9)', mysql: 'bit(9)', mariadb: 'bit(9)' },
    becomes: { postgresql: 'bit(9)', mysql: 'bit(9)', mariadb: 'bit(9)', sqlite: 'BIT_TEXT(9)' },
    values: [bits('101010101', '0155'), bits('000000001', '0001'), bits('100000000', '0100'), nullValue],
  },
  {
    name: 'bit_64',
    from: { postgresql: 'bit(64)', mysql: 'bit(64)', mariadb: 'bit(64)' },
    becomes: { postgresql: 'bit(64)', mysql: 'bit(64)', mariadb: 'bit(64)', sqlite: 'BIT_TEXT(64)' },
    values: [
      bits('1'.repeat(64), 'FF'.repeat(8)),
      bits('0'.repeat(63) + '1', '0000000000000001'),
      bits(`0${'1'.repeat(63)}`, `7F${'FF'.repeat(7)}`),
    ],
  },
  {
    // Longer than MySQL's 64 bits, and bits of varying length: the digits as text.
    name: 'bit_100',
    from: { postgresql: 'bit(100)' },
    becomes: { postgresql: 'bit(100)', mysql: 'varchar(100)', mariadb: 'varchar(100)', sqlite: 'BIT_TEXT(100)' },
    values: [value(`B'${'10'.repeat(50)}'`, { ...same('10'.repeat(50)), sqlite: `'${'10'.repeat(50)}'` }), nullValue],
  },
  {
    name: 'bit_varying',
    from: { postgresql: 'bit varying(12)' },
    becomes: {
      postgresql: 'bit varying(12)',
      mysql: 'varchar(12)',
      mariadb: 'varchar(12)',
      sqlite: 'VARBIT_TEXT(12)',
    },
    values: ['1', '0', '', '000101010101'].map((digits) =>
      value(`B'${digits}'`, { ...same(digits), sqlite: `'${digits}'` }),
    ),
  },
];

/** Digits as PostgreSQL and SQLite print them, hex as MySQL's client does. */
function bits(digits: string, hex: string) {
  return value(`B'${digits}'`, { postgresql: digits, ...mysqlFamily(`0x${hex}`), sqlite: `'${digits}'` });
}
