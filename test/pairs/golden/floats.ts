/** Floating-point numbers, compared by bits. */
import { mysqlFamily, nullValue, refused, refusedWith, same, value, type GoldenCase } from './golden-case.ts';

/** Text in quotes, so that every source parses the digits itself. */
const floats = (...all: string[]) => [...all.map((digits) => value(`'${digits}'`, same(digits))), nullValue];

export const floatCases: readonly GoldenCase[] = [
  {
    name: 'float64',
    from: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DOUBLE' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DOUBLE' },
    compare: 'float',
    values: floats(
      ...['0', '1', '-1.5', '0.1', '0.30000000000000004', '1e15', '1e16', '123456789012345680', '9007199254740993'],
      ...['5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '-1.7976931348623157e308', '1e-7', '1e21'],
    ),
  },
  {
    name: 'sqlite_real',
    from: { sqlite: 'REAL' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'REAL' },
    compare: 'float',
    values: floats('1.0', '0.1', '1e15', '9007199254740993', '5e-324', '1.7976931348623157e308'),
  },
  {
    // SQLite and MariaDB store -0 as 0: the sign is gone there, by their own storage.
    name: 'negative_zero',
    from: { postgresql: 'double precision', mysql: 'double' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DOUBLE' },
    compare: 'float',
    values: [value("'-0'", { ...same('-0'), mariadb: '0', sqlite: '0' })],
  },
  {
    name: 'float_not_a_number',
    from: { postgresql: 'double precision' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DOUBLE' },
    compare: 'float',
    values: [
      value("'1.5'", same('1.5')),
      // SQLite turns NaN into NULL without a word: that is a loss, so the row is refused there too.
      value("'NaN'", { ...refused('rows_refused'), postgresql: 'NaN' }),
      value("'Infinity'", { ...refused('rows_refused'), postgresql: 'Infinity', sqlite: 'Infinity' }),
      value("'-Infinity'", { ...refused('rows_refused'), postgresql: '-Infinity', sqlite: '-Infinity' }),
    ],
  },
  {
    name: 'sqlite_infinity',
    from: { sqlite: 'REAL' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'REAL' },
    compare: 'float',
    values: [
      value('1.5', same('1.5')),
      value('9e999', { ...same('Infinity'), ...mysqlFamily(refusedWith('rows_refused')) }),
      value('-9e999', { ...same('-Infinity'), ...mysqlFamily(refusedWith('rows_refused')) }),
    ],
  },
  {
    name: 'float32',
    from: { postgresql: 'real', mysql: 'float', mariadb: 'float' },
    becomes: { postgresql: 'real', mysql: 'float', mariadb: 'float', sqlite: 'FLOAT' },
    // The four bytes as they are: MySQL prints FLOAT with six digits, PostgreSQL with the shortest that lead back to it.
    show: { postgresql: 'v::float8', ...mysqlFamily('CAST(v AS DOUBLE)') },
    compare: 'float',
    values: [
      value("'16777216'", same('16777216')),
      value("'16777217'", same('16777216')),
      value("'0.1'", same('0.10000000149011612')),
      value("'1234567.9'", same('1234567.875')),
      value("'3.4028234663852886e38'", same('3.4028234663852886e38')),
      value("'1.401298464324817e-45'", same('1.401298464324817e-45')),
      value("'-1.17549435e-38'", same('-1.1754943508222875e-38')),
      nullValue,
    ],
  },
  {
    name: 'float_display_digits',
    from: mysqlFamily('double(10,2)'),
    becomes: { postgresql: 'double precision', mysql: 'double(10,2)', mariadb: 'double(10,2)', sqlite: 'DOUBLE' },
    compare: 'float',
    values: floats('1234.5', '-99999999.99', '0'),
  },
];
