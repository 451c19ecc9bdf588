/** SQLite: values carry their own storage class, whatever the column declares. */
import {
  mysqlFamily,
  nullValue,
  quoted,
  refusedWith,
  same,
  text,
  value,
  type Expected,
  type GoldenCase,
} from './golden-case.ts';
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';

/** A value whose storage class only SQLite keeps: the others hold its text. */
const asText = (content: string, sqlite: string): Record<DatabaseKind, Expected> => ({ ...same(content), sqlite });

export const sqliteCases: readonly GoldenCase[] = [
  {
    // Rows decide: an INTEGER column that holds words cannot be a number elsewhere.
    name: 'integer_with_words',
    from: { sqlite: 'INTEGER' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'INTEGER' },
    values: [value('1', asText('1', '1')), value("'abc'", text('abc')), value('1.5', asText('1.5', '1.5')), nullValue],
  },
  {
    name: 'integer_with_fractions',
    from: { sqlite: 'INTEGER' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'INTEGER' },
    compare: 'float',
    show: { sqlite: 'v' },
    values: [value('1', same('1')), value('1.5', same('1.5')), nullValue],
  },
  {
    name: 'text_column_with_numbers',
    from: { sqlite: 'TEXT' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    // TEXT affinity makes text of them when they are stored.
    values: [value('1', text('1')), value('1.5', text('1.5')), value("'x'", text('x'))],
  },
  {
    name: 'text_column_with_bytes',
    from: { sqlite: 'TEXT' },
    becomes: { postgresql: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'TEXT' },
    values: [
      value("X'00FF'", { postgresql: '\\x00ff', ...mysqlFamily('0x00FF'), sqlite: "X'00FF'" }),
      value("'ab'", { postgresql: '\\x6162', ...mysqlFamily('0x6162'), sqlite: "'ab'" }),
    ],
  },
  {
    name: 'undeclared',
    from: { sqlite: '' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: '' },
    values: [
      value('1', asText('1', '1')),
      value('9007199254740993', asText('9007199254740993', '9007199254740993')),
      value("'text'", text('text')),
      value('1.5', asText('1.5', '1.5')),
      nullValue,
    ],
  },
  {
    name: 'undeclared_integers',
    from: { sqlite: '' },
    becomes: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: '' },
    values: [value('1', same('1')), value('-9223372036854775808', same('-9223372036854775808')), nullValue],
  },
  {
    name: 'numeric_declared',
    from: { sqlite: 'NUMERIC' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'NUMERIC' },
    values: [value('1', asText('1', '1')), value("'x1'", text('x1')), nullValue],
  },
  {
    // Declared lengths say nothing of SQLite's numbers: NUMERIC affinity makes floats of what is no integer.
    name: 'decimal_declared',
    from: { sqlite: 'DECIMAL(10,2)' },
    becomes: {
      postgresql: 'numeric(10,2)',
      mysql: 'decimal(10,2)',
      mariadb: 'decimal(10,2)',
      sqlite: 'DECIMAL(10,2)',
    },
    values: [
      value('1.5', { ...same('1.50'), sqlite: '1.5' }),
      value('0.1', { ...same('0.10'), sqlite: '0.1' }),
      value('7', { ...same('7.00'), sqlite: '7' }),
      nullValue,
    ],
  },
  {
    name: 'datetime_as_text',
    from: { sqlite: 'DATETIME' },
    becomes: {
      postgresql: 'timestamp without time zone',
      mysql: 'datetime(6)',
      mariadb: 'datetime(6)',
      sqlite: 'DATETIME',
    },
    values: [
      value("'2024-02-29 12:34:56'", {
        ...text('2024-02-29 12:34:56'),
        ...mysqlFamily('2024-02-29 12:34:56.000000'),
      }),
      value("'2024-02-29 12:34:56.789'", {
        ...text('2024-02-29 12:34:56.789'),
        ...mysqlFamily('2024-02-29 12:34:56.789000'),
      }),
      nullValue,
    ],
  },
  {
    // Unix seconds and Julian days are a convention of the program that wrote them: the numbers stay numbers.
    name: 'datetime_as_integer',
    from: { sqlite: 'DATETIME' },
    becomes: { postgresql: 'bigint', mysql: 'bigint', mariadb: 'bigint(20)', sqlite: 'DATETIME' },
    values: [value('1709210096', same('1709210096')), nullValue],
  },
  {
    name: 'datetime_as_real',
    from: { sqlite: 'DATETIME' },
    becomes: { postgresql: 'double precision', mysql: 'double', mariadb: 'double', sqlite: 'DATETIME' },
    compare: 'float',
    values: [value('2460370.02425', same('2460370.02425')), nullValue],
  },
  {
    name: 'datetime_mixed',
    from: { sqlite: 'DATETIME' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'DATETIME' },
    values: [
      value("'2024-02-29T12:34:56Z'", text('2024-02-29T12:34:56Z')),
      value('1709210096', asText('1709210096', '1709210096')),
      value("'yesterday'", text('yesterday')),
    ],
  },
  {
    name: 'date_declared',
    from: { sqlite: 'DATE' },
    becomes: { postgresql: 'date', mysql: 'date', mariadb: 'date', sqlite: 'DATE' },
    values: [value("'2024-02-29'", text('2024-02-29')), value("'0001-01-01'", text('0001-01-01')), nullValue],
  },
  {
    name: 'json_declared',
    from: { sqlite: 'JSON' },
    becomes: { postgresql: 'json', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON' },
    values: [value(`'{"a": [1, 2]}'`, { ...same('{"a": [1, 2]}'), sqlite: quoted('{"a": [1, 2]}') }), nullValue],
  },
  {
    name: 'integer_beyond_varchar',
    from: { sqlite: 'VARCHAR(10)' },
    becomes: {
      postgresql: 'character varying(10)',
      mysql: 'varchar(10)',
      mariadb: 'varchar(10)',
      sqlite: 'VARCHAR(10)',
    },
    values: [
      value('12345', text('12345')),
      value("'0123456789a'", {
        postgresql: refusedWith('rows_refused'),
        ...mysqlFamily(refusedWith('rows_refused')),
        sqlite: quoted('0123456789a'),
      }),
    ],
  },
  {
    name: 'blob_column_with_text',
    from: { sqlite: 'BLOB' },
    becomes: { postgresql: 'bytea', mysql: 'longblob', mariadb: 'longblob', sqlite: 'BLOB' },
    values: [
      value("'ab'", { postgresql: '\\x6162', ...mysqlFamily('0x6162'), sqlite: "'ab'" }),
      value("X'6100'", { postgresql: '\\x6100', ...mysqlFamily('0x6100'), sqlite: "X'6100'" }),
      nullValue,
    ],
  },
];
