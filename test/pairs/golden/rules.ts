/** What each rule of the config does to the values that a target cannot hold. Cases of equal rules share one run. */
import type { RulesConfig } from '../../../src/shared/model/rules.ts';
import { mysqlFamily, nullValue, refusedWith, same, text, textLiteral, value, type GoldenCase } from './golden-case.ts';

const nulling: Partial<RulesConfig> = {
  zeroDate: 'null',
  infiniteDate: 'null',
  notANumber: 'null',
  nulByte: 'strip',
  dateRange: 'null',
  tinyint1: 'boolean',
  timeSpan: 'interval',
  json: 'jsonb',
};

const replacing: Partial<RulesConfig> = {
  zeroDate: 'epoch',
  infiniteDate: 'limit',
  nulByte: 'replace',
  tinyint1: 'smallint',
  timeSpan: 'time',
  json: 'json',
};

const dateTypes = { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE_TEXT' };
const timestampTypes = {
  postgresql: 'timestamp without time zone',
  mysql: 'datetime(6)',
  mariadb: 'datetime(6)',
  sqlite: 'DATETIME_TEXT',
};
const doubleTypes = { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DOUBLE' };
const textTypes = { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' };
const textWithNul = {
  from: { mysql: 'longtext COLLATE utf8mb4_bin', mariadb: 'longtext COLLATE utf8mb4_bin', sqlite: 'TEXT' },
  becomes: textTypes,
  show: { postgresql: 'v', ...mysqlFamily('HEX(v)'), sqlite: 'HEX(v)' },
};

export const ruleCases: readonly GoldenCase[] = [
  {
    name: 'rule_zero_date_null',
    rules: nulling,
    from: mysqlFamily('date'),
    becomes: dateTypes,
    values: [
      ...['0000-00-00', '2010-00-15', '2010-01-00'].map((content) =>
        value(`'${content}'`, { ...text(content), postgresql: null }),
      ),
      value("'2024-02-29'", text('2024-02-29')),
    ],
  },
  {
    name: 'rule_zero_date_epoch',
    rules: replacing,
    from: mysqlFamily('date'),
    becomes: dateTypes,
    values: [
      ...['0000-00-00', '2010-00-15'].map((content) =>
        value(`'${content}'`, { ...text(content), postgresql: '1970-01-01' }),
      ),
      nullValue,
    ],
  },
  {
    name: 'rule_zero_datetime_epoch',
    rules: replacing,
    from: mysqlFamily('datetime(6)'),
    becomes: timestampTypes,
    values: [
      value("'0000-00-00 00:00:00'", {
        postgresql: '1970-01-01 00:00:00',
        ...mysqlFamily('0000-00-00 00:00:00.000000'),
        sqlite: "'0000-00-00 00:00:00'",
      }),
    ],
  },
  {
    name: 'rule_infinite_date_null',
    rules: nulling,
    from: { postgresql: 'date' },
    becomes: dateTypes,
    values: ['infinity', '-infinity'].map((content) =>
      value(`'${content}'`, { ...text(content), ...mysqlFamily(null) }),
    ),
  },
  {
    name: 'rule_infinite_timestamp_limit',
    rules: replacing,
    from: { postgresql: 'timestamp' },
    becomes: timestampTypes,
    values: [
      value("'infinity'", { ...text('infinity'), ...mysqlFamily('9999-12-31 23:59:59.999999') }),
      value("'-infinity'", { ...text('-infinity'), ...mysqlFamily('0001-01-01 00:00:00.000000') }),
    ],
  },
  {
    // The last moment of a column without fractions: rounded up it would be beyond the target's years.
    name: 'rule_infinite_timestamp_0_limit',
    rules: replacing,
    from: { postgresql: 'timestamp(0)' },
    becomes: {
      postgresql: 'timestamp(0) without time zone',
      mysql: 'datetime',
      mariadb: 'datetime',
      sqlite: 'DATETIME_TEXT(0)',
    },
    values: [value("'infinity'", { ...text('infinity'), ...mysqlFamily('9999-12-31 23:59:59') })],
  },
  {
    name: 'rule_infinite_date_limit',
    rules: replacing,
    from: { postgresql: 'date' },
    becomes: dateTypes,
    values: [
      value("'infinity'", { ...text('infinity'), ...mysqlFamily('9999-12-31') }),
      value("'-infinity'", { ...text('-infinity'), ...mysqlFamily('0001-01-01') }),
      value("'2024-02-29'", text('2024-02-29')),
    ],
  },
  {
    name: 'rule_date_range_null',
    rules: nulling,
    from: { postgresql: 'date' },
    becomes: dateTypes,
    values: ['0044-03-15 BC', '10000-01-01'].map((content) =>
      value(`'${content}'`, { ...text(content), ...mysqlFamily(null) }),
    ),
  },
  {
    name: 'rule_not_a_number_null',
    rules: nulling,
    from: { postgresql: 'double precision' },
    becomes: doubleTypes,
    compare: 'float',
    values: [
      value("'NaN'", { ...same('NaN'), ...mysqlFamily(null), sqlite: null }),
      // Asked to make NULL of what is no number, SQLite gets NULL for infinities too, though it could hold them.
      value("'Infinity'", { ...same('Infinity'), ...mysqlFamily(null), sqlite: null }),
      value("'-Infinity'", { ...same('-Infinity'), ...mysqlFamily(null), sqlite: null }),
      value("'1.5'", same('1.5')),
    ],
  },
  {
    name: 'rule_numeric_nan_null',
    rules: nulling,
    from: { postgresql: 'numeric(10,2)' },
    becomes: {
      postgresql: 'numeric(10,2)',
      mysql: 'decimal(10,2)',
      mariadb: 'decimal(10,2)',
      sqlite: 'DECIMAL_TEXT(10,2)',
    },
    values: [value("'NaN'", { ...text('NaN'), ...mysqlFamily(null), sqlite: null }), value("'1.50'", text('1.50'))],
  },
  {
    name: 'rule_nul_byte_strip',
    rules: nulling,
    ...textWithNul,
    values: ['a\0b', '\0', 'a\\\0\tb'].map((content) => nul(content, content.replaceAll('\0', ''))),
  },
  {
    name: 'rule_nul_byte_replace',
    rules: replacing,
    ...textWithNul,
    values: ['a\0b', '\0\0', '\0N'].map((content) => nul(content, content.replaceAll('\0', '\u2400'))),
  },
  {
    name: 'rule_tinyint1_boolean',
    rules: nulling,
    from: mysqlFamily('tinyint(1)'),
    becomes: { postgresql: 'boolean', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'BOOLEAN' },
    values: [
      value('1', { ...same('1'), postgresql: 't' }),
      value('0', { ...same('0'), postgresql: 'f' }),
      // Forced to boolean, 2 is neither true nor false: the row is refused, not bent.
      value('2', { ...same('2'), postgresql: refusedWith('rows_refused'), sqlite: refusedWith('rows_refused') }),
      nullValue,
    ],
  },
  {
    name: 'rule_tinyint1_smallint',
    rules: replacing,
    from: mysqlFamily('tinyint(1)'),
    becomes: { postgresql: 'smallint', mysql: 'tinyint(1)', mariadb: 'tinyint(1)', sqlite: 'TINYINT' },
    values: [value('1', same('1')), value('0', same('0')), nullValue],
  },
  {
    name: 'rule_time_span_interval',
    rules: nulling,
    from: mysqlFamily('time'),
    becomes: { postgresql: 'interval', mysql: 'time', mariadb: 'time', sqlite: 'INTERVAL_TEXT' },
    values: [value("'12:34:56'", { ...text('12:34:56'), sqlite: "'PT12H34M56S'" }), nullValue],
  },
  {
    name: 'rule_time_span_time',
    rules: replacing,
    from: mysqlFamily('time'),
    becomes: { postgresql: 'time(0) without time zone', mysql: 'time', mariadb: 'time', sqlite: 'TIME_TEXT(0)' },
    values: [
      value("'12:34:56'", text('12:34:56')),
      value("'-01:00:00'", { ...text('-01:00:00'), postgresql: refusedWith('rows_refused') }),
    ],
  },
  {
    name: 'rule_json_jsonb',
    rules: nulling,
    from: { mysql: 'json', mariadb: 'json' },
    becomes: { postgresql: 'jsonb', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    values: [value('\'{"a": 1}\'', { ...same('{"a": 1}'), sqlite: `'{"a": 1}'` })],
  },
  {
    name: 'rule_json_json',
    rules: replacing,
    from: { mysql: 'json' },
    becomes: { postgresql: 'json', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    values: [value('\'{"a": 1}\'', { ...same('{"a": 1}'), sqlite: `'{"a": 1}'` })],
  },
];

/** MySQL, MariaDB and SQLite hold the byte; PostgreSQL gets `mended`. */
function nul(content: string, mended: string) {
  return value((source) => textLiteral(source, content), {
    ...same(Buffer.from(content).toString('hex').toUpperCase()),
    postgresql: mended,
  });
}
