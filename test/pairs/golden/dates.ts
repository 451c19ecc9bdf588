/** Dates, wall-clock times and moments. */
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import {
  mysqlFamily,
  nullValue,
  quoted,
  refusedWith,
  text,
  value,
  type Expected,
  type GoldenCase,
} from './golden-case.ts';

const texts = (...all: string[]) => [...all.map((content) => value(`'${content}'`, text(content))), nullValue];

/**
 * A time with a fraction: PostgreSQL and SQLite print no trailing zeros, MySQL as many digits as the column declares.
 * `suffix`: how PostgreSQL marks UTC.
 */
function moment(content: string, digits: number, suffix = ''): Record<DatabaseKind, Expected> {
  const [seconds, fraction = ''] = content.split('.') as [string, string?];
  const padded = digits === 0 ? seconds : `${seconds}.${fraction.padEnd(digits, '0')}`;
  return { postgresql: content + suffix, ...mysqlFamily(padded), sqlite: quoted(content) };
}

const edges = [
  '0001-01-01 00:00:00',
  '9999-12-31 23:59:59',
  '1970-01-01 00:00:00',
  '1969-12-31 23:59:59',
  '2038-01-19 03:14:08',
  '1582-10-10 12:00:00',
  '1600-02-29 00:00:00',
  '2024-02-29 12:34:56',
  '2024-03-31 02:30:00',
];
const fractions = ['.1', '.12', '.123', '.1234', '.12345', '.123456', '.000001', '.999999'];
const timestamps = [...edges, ...fractions.map((fraction) => `2024-02-29 12:34:56${fraction}`)];

export const dateCases: readonly GoldenCase[] = [
  {
    name: 'date',
    from: { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE_TEXT' },
    becomes: { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE_TEXT' },
    values: texts('0001-01-01', '9999-12-31', '1970-01-01', '1969-12-31', '1582-10-10', '1600-02-29', '2024-02-29'),
  },
  {
    // What only PostgreSQL's calendar has. SQLite keeps it as the text it is.
    name: 'date_beyond',
    from: { postgresql: 'date' },
    becomes: { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE_TEXT' },
    values: ['0044-03-15 BC', '0001-12-31 BC', '10000-01-01', '5874897-12-31', 'infinity', '-infinity'].map((content) =>
      value(`'${content}'`, { ...text(content), ...mysqlFamily(refusedWith('rows_refused')) }),
    ),
  },
  {
    name: 'timestamp_beyond',
    from: { postgresql: 'timestamp' },
    becomes: {
      postgresql: 'timestamp without time zone',
      mysql: 'datetime(6)',
      mariadb: 'datetime(6)',
      sqlite: 'DATETIME_TEXT',
    },
    values: ['0044-03-15 12:00:00.5 BC', '10000-01-01 00:00:00', 'infinity', '-infinity'].map((content) =>
      value(`'${content}'`, { ...text(content), ...mysqlFamily(refusedWith('rows_refused')) }),
    ),
  },
  {
    name: 'timestamp_6',
    from: { postgresql: 'timestamp', mysql: 'datetime(6)', mariadb: 'datetime(6)', sqlite: 'DATETIME_TEXT' },
    becomes: {
      postgresql: 'timestamp without time zone',
      mysql: 'datetime(6)',
      mariadb: 'datetime(6)',
      sqlite: 'DATETIME_TEXT',
    },
    values: [...timestamps.map((content) => value(`'${content}'`, moment(content, 6))), nullValue],
  },
  {
    name: 'timestamp_3',
    from: { postgresql: 'timestamp(3)', mysql: 'datetime(3)', mariadb: 'datetime(3)' },
    becomes: {
      postgresql: 'timestamp(3) without time zone',
      mysql: 'datetime(3)',
      mariadb: 'datetime(3)',
      sqlite: 'DATETIME_TEXT(3)',
    },
    values: ['2024-02-29 12:34:56', '2024-02-29 12:34:56.7', '2024-02-29 12:34:56.789'].map((content) =>
      value(`'${content}'`, moment(content, 3)),
    ),
  },
  {
    name: 'timestamp_0',
    from: { postgresql: 'timestamp(0)', mysql: 'datetime', mariadb: 'datetime' },
    becomes: {
      postgresql: 'timestamp(0) without time zone',
      mysql: 'datetime',
      mariadb: 'datetime',
      sqlite: 'DATETIME_TEXT(0)',
    },
    values: [...edges.map((content) => value(`'${content}'`, moment(content, 0))), nullValue],
  },
  {
    name: 'timestamptz',
    from: { postgresql: 'timestamptz' },
    becomes: {
      postgresql: 'timestamp with time zone',
      mysql: 'datetime(6)',
      mariadb: 'datetime(6)',
      sqlite: 'TIMESTAMPTZ_TEXT',
    },
    values: [
      ...edges.map((content) => value(`'${content}+00'`, moment(content, 6, '+00'))),
      value("'2024-02-29 12:34:56.789+05:30'", moment('2024-02-29 07:04:56.789', 6, '+00')),
      value("'2024-02-29 12:34:56.123456-11'", moment('2024-02-29 23:34:56.123456', 6, '+00')),
      // In Berlin 02:30 does not exist on this day, and exists twice on that of October.
      value("'2024-03-31 02:30 Europe/Berlin'", moment('2024-03-31 01:30:00', 6, '+00')),
      value("'2024-10-27 00:30:00+00'", moment('2024-10-27 00:30:00', 6, '+00')),
      value("'2024-10-27 01:30:00+00'", moment('2024-10-27 01:30:00', 6, '+00')),
      nullValue,
    ],
  },
  {
    name: 'timestamptz_beyond',
    from: { postgresql: 'timestamptz' },
    becomes: {
      postgresql: 'timestamp with time zone',
      mysql: 'datetime(6)',
      mariadb: 'datetime(6)',
      sqlite: 'TIMESTAMPTZ_TEXT',
    },
    values: [
      value("'infinity'", { ...text('infinity'), ...mysqlFamily(refusedWith('rows_refused')) }),
      value("'0044-03-15 12:00:00+00 BC'", {
        postgresql: '0044-03-15 12:00:00+00 BC',
        ...mysqlFamily(refusedWith('rows_refused')),
        sqlite: "'0044-03-15 12:00:00 BC'",
      }),
    ],
  },
  {
    name: 'timestamptz_0',
    from: { postgresql: 'timestamptz(0)' },
    becomes: {
      postgresql: 'timestamp(0) with time zone',
      mysql: 'datetime',
      mariadb: 'datetime',
      sqlite: 'TIMESTAMPTZ_TEXT(0)',
    },
    values: [value("'2024-02-29 12:34:56+01'", moment('2024-02-29 11:34:56', 0, '+00')), nullValue],
  },
  {
    name: 'datetime_1',
    from: mysqlFamily('datetime(1)'),
    becomes: {
      postgresql: 'timestamp(1) without time zone',
      mysql: 'datetime(1)',
      mariadb: 'datetime(1)',
      sqlite: 'DATETIME_TEXT(1)',
    },
    values: [value("'2024-02-29 12:34:56.7'", moment('2024-02-29 12:34:56.7', 1)), nullValue],
  },
  {
    name: 'mysql_timestamp',
    from: mysqlFamily('timestamp(6)'),
    becomes: {
      postgresql: 'timestamp with time zone',
      mysql: 'timestamp(6)',
      mariadb: 'timestamp(6)',
      sqlite: 'TIMESTAMPTZ_TEXT',
    },
    values: [
      ...['1970-01-01 00:00:01', '2038-01-19 03:14:07.999999', '2024-03-31 01:30:00', '2024-10-27 00:30:00.5'].map(
        (content) => value(`'${content}'`, moment(content, 6, '+00')),
      ),
      nullValue,
    ],
  },
  {
    name: 'mysql_timestamp_0',
    from: mysqlFamily('timestamp'),
    becomes: {
      postgresql: 'timestamp(0) with time zone',
      mysql: 'timestamp',
      mariadb: 'timestamp',
      sqlite: 'TIMESTAMPTZ_TEXT(0)',
    },
    values: [value("'2024-02-29 12:34:56'", moment('2024-02-29 12:34:56', 0, '+00')), nullValue],
  },
  {
    // Zero dates stay what they are among the databases that have them, and in SQLite's text.
    name: 'zero_date',
    from: mysqlFamily('date'),
    becomes: { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE_TEXT' },
    values: ['0000-00-00', '1900-01-00', '2010-00-15', '0000-01-01', '2010-02-31'].map((content) =>
      value(`'${content}'`, {
        ...text(content),
        postgresql: refusedWith('rows_refused'),
        // Only a server that is told to allow them takes dates that no calendar has; our sessions are strict.
        ...(content === '2010-02-31' && mysqlFamily(refusedWith('rows_refused'))),
      }),
    ),
  },
  {
    name: 'zero_datetime',
    from: mysqlFamily('datetime'),
    becomes: {
      postgresql: 'timestamp(0) without time zone',
      mysql: 'datetime',
      mariadb: 'datetime',
      sqlite: 'DATETIME_TEXT(0)',
    },
    values: ['0000-00-00 00:00:00', '2010-00-15 10:00:00', '2010-01-00 10:00:00'].map((content) =>
      value(`'${content}'`, { ...text(content), postgresql: refusedWith('rows_refused') }),
    ),
  },
  {
    name: 'zero_timestamp',
    from: mysqlFamily('timestamp'),
    becomes: {
      postgresql: 'timestamp(0) with time zone',
      mysql: 'timestamp',
      mariadb: 'timestamp',
      sqlite: 'TIMESTAMPTZ_TEXT(0)',
    },
    values: [
      value("'0000-00-00 00:00:00'", { ...text('0000-00-00 00:00:00'), postgresql: refusedWith('rows_refused') }),
    ],
  },
];
