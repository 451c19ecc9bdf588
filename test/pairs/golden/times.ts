/** Times of day, spans and intervals. */
import { mysqlFamily, nullValue, quoted, same, text, value, type GoldenCase } from './golden-case.ts';

const padded = (content: string) => {
  const [seconds, fraction = ''] = content.split('.') as [string, string?];
  return `${seconds}.${fraction.padEnd(6, '0')}`;
};

export const timeCases: readonly GoldenCase[] = [
  {
    name: 'time_of_day',
    from: { postgresql: 'time', mysql: 'time(6)', mariadb: 'time(6)' },
    becomes: { postgresql: 'time without time zone', mysql: 'time(6)', mariadb: 'time(6)', sqlite: 'TIME_TEXT' },
    values: [
      ...['00:00:00', '23:59:59.999999', '24:00:00', '12:34:56.5', '00:00:00.000001'].map((content) =>
        value(`'${content}'`, { ...text(content), ...mysqlFamily(padded(content)) }),
      ),
      nullValue,
    ],
  },
  {
    name: 'time_of_day_0',
    from: { postgresql: 'time(0)', mysql: 'time', mariadb: 'time' },
    becomes: {
      postgresql: 'time(0) without time zone',
      mysql: 'time',
      mariadb: 'time',
      sqlite: 'TIME_TEXT(0)',
    },
    values: [value("'00:00:00'", text('00:00:00')), value("'23:59:59'", text('23:59:59')), nullValue],
  },
  {
    // MySQL's TIME is a span of up to 35 days: only an interval holds what is not within a day.
    name: 'time_span',
    from: mysqlFamily('time(6)'),
    becomes: { postgresql: 'interval', mysql: 'time(6)', mariadb: 'time(6)', sqlite: 'TIME_TEXT' },
    values: [
      value("'-838:59:59'", { ...text('-838:59:59'), ...mysqlFamily('-838:59:59.000000') }),
      value("'838:59:59'", { ...text('838:59:59'), ...mysqlFamily('838:59:59.000000') }),
      value("'-00:00:00.5'", { ...text('-00:00:00.5'), ...mysqlFamily('-00:00:00.500000') }),
      value("'100:00:00.000001'", text('100:00:00.000001')),
      value("'12:00:00'", { ...text('12:00:00'), ...mysqlFamily('12:00:00.000000') }),
      nullValue,
    ],
  },
  {
    name: 'time_3',
    from: { postgresql: 'time(3)', mysql: 'time(3)', mariadb: 'time(3)' },
    becomes: { postgresql: 'time(3) without time zone', mysql: 'time(3)', mariadb: 'time(3)', sqlite: 'TIME_TEXT(3)' },
    values: [value("'12:34:56.789'", text('12:34:56.789')), nullValue],
  },
  {
    name: 'timetz',
    finds: { mysql: 'type_as_text', mariadb: 'type_as_text', sqlite: 'type_as_text' },
    from: { postgresql: 'timetz' },
    becomes: {
      postgresql: 'time with time zone',
      mysql: 'longtext',
      mariadb: 'longtext',
      sqlite: 'TEXT',
    },
    values: [
      ...['12:34:56.789+05:30', '00:00:00-11', '24:00:00+00', '23:59:59.999999+15:59:59'].map((content) =>
        value(`'${content}'`, text(content)),
      ),
      nullValue,
    ],
  },
  {
    // Months, days and seconds do not convert into each other: elsewhere the ISO 8601 text keeps all three.
    name: 'interval',
    finds: { mysql: 'type_as_text', mariadb: 'type_as_text' },
    from: { postgresql: 'interval' },
    becomes: {
      postgresql: 'interval',
      mysql: 'varchar(255)',
      mariadb: 'varchar(255)',
      sqlite: 'INTERVAL_TEXT',
    },
    values: [
      interval('1 year 2 mons 3 days 04:05:06.5', 'P1Y2M3DT4H5M6.5S'),
      interval('-1 years -2 mons +3 days -04:05:06.5', 'P-1Y-2M3DT-4H-5M-6.5S'),
      interval('1 mon', 'P1M'),
      interval('30 days', 'P30D'),
      interval('720:00:00', 'PT720H'),
      interval('00:00:00.000001', 'PT0.000001S'),
      interval('-00:00:00.5', 'PT-0.5S'),
      interval('00:00:00', 'PT0S'),
      interval('178000000 years', 'P178000000Y'),
      nullValue,
    ],
  },
  {
    name: 'interval_infinite',
    from: { postgresql: 'interval' },
    becomes: {
      postgresql: 'interval',
      mysql: 'varchar(255)',
      mariadb: 'varchar(255)',
      sqlite: 'INTERVAL_TEXT',
    },
    values: [value("'infinity'", { ...same('infinity'), sqlite: quoted('infinity') })],
  },
];

function interval(postgres: string, iso: string) {
  return value(`'${postgres}'`, { ...text(iso), postgresql: postgres });
}
