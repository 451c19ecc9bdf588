/** Enums, sets, domains and identifiers. */
import { mysqlFamily, nullValue, quoted, refusedWith, text, textValue, value, type GoldenCase } from './golden-case.ts';

const labelList = `'a','it''s','c,d','Ä "x"','UPPER'`;

export const labelCases: readonly GoldenCase[] = [
  {
    name: 'postgres_enum',
    from: { postgresql: 'mood' },
    setup: { postgresql: `CREATE TYPE mood AS ENUM (${labelList})` },
    becomes: {
      postgresql: 'mood',
      mysql: `enum(${labelList})`,
      mariadb: `enum(${labelList})`,
      sqlite: 'ENUM_TEXT',
    },
    values: [...['a', "it's", 'c,d', 'Ä "x"', 'UPPER'].map((label) => postgresEnum(label)), nullValue],
  },
  {
    name: 'mysql_enum',
    from: mysqlFamily(`enum(${labelList})`),
    becomes: {
      postgresql: 'g_mysql_enum_v',
      mysql: `enum(${labelList})`,
      mariadb: `enum(${labelList})`,
      sqlite: 'ENUM_TEXT',
    },
    values: [
      ...['a', "it's", 'c,d', 'Ä "x"', 'UPPER'].map((label) => textValue(label)),
      // A lax server stored the error value, which is not one of the labels: no other database has it.
      value("'none of them'", {
        postgresql: refusedWith('rows_refused'),
        ...mysqlFamily(refusedWith('rows_refused')),
        sqlite: refusedWith('rows_refused'),
      }),
      nullValue,
    ],
  },
  {
    name: 'mysql_set',
    finds: { postgresql: 'set_as_text' },
    from: mysqlFamily(`set('one','two','it''s','Ä')`),
    becomes: {
      postgresql: 'text',
      mysql: `set('one','two','it''s','Ä')`,
      mariadb: `set('one','two','it''s','Ä')`,
      sqlite: 'SET_TEXT',
    },
    values: [
      value("'two,one'", text('one,two')),
      value("''", text('')),
      value("'one,two,it''s,Ä'", text("one,two,it's,Ä")),
      nullValue,
    ],
  },
  {
    name: 'uuid',
    from: { postgresql: 'uuid' },
    becomes: { postgresql: 'uuid', mysql: 'char(36)', mariadb: 'char(36)', sqlite: 'UUID_TEXT' },
    values: [
      value("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", text('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')),
      value("'00000000-0000-0000-0000-000000000000'", text('00000000-0000-0000-0000-000000000000')),
      nullValue,
    ],
  },
  {
    name: 'mariadb_uuid',
    from: { mariadb: 'uuid' },
    becomes: { postgresql: 'uuid', mysql: 'char(36)', mariadb: 'uuid', sqlite: 'UUID_TEXT' },
    values: [value("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", text('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')), nullValue],
  },
  {
    name: 'sqlite_uuid',
    from: { sqlite: 'UUID_TEXT' },
    becomes: { postgresql: 'uuid', mysql: 'char(36)', mariadb: 'char(36)', sqlite: 'UUID_TEXT' },
    values: [value("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", text('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')), nullValue],
  },
  {
    name: 'inet6',
    from: { mariadb: 'inet6' },
    becomes: { postgresql: 'character varying(39)', mysql: 'varchar(39)', mariadb: 'inet6', sqlite: 'VARCHAR(39)' },
    values: [value("'2001:DB8::1'", text('2001:db8::1')), nullValue],
  },
  {
    name: 'enum_latin1',
    from: mysqlFamily(`enum('é','x') CHARACTER SET latin1`),
    becomes: {
      postgresql: 'g_enum_latin1_v',
      mysql: `enum('é','x')`,
      mariadb: `enum('é','x')`,
      sqlite: 'ENUM_TEXT',
    },
    values: [textValue('é'), textValue('x'), nullValue],
  },
  {
    name: 'domain_of_domain',
    from: { postgresql: 'short_code' },
    setup: {
      postgresql: 'CREATE DOMAIN code AS varchar(10); CREATE DOMAIN short_code AS code CHECK (length(VALUE) < 4)',
    },
    becomes: {
      postgresql: 'short_code',
      mysql: 'varchar(10)',
      mariadb: 'varchar(10)',
      sqlite: 'VARCHAR(10)',
    },
    values: [value("'abc'", text('abc')), value("''", text('')), nullValue],
  },
  {
    name: 'citext',
    from: { postgresql: 'citext' },
    setup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS citext' },
    targetSetup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS citext' },
    becomes: { postgresql: 'citext', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: [value("'ÄbC'", text('ÄbC')), value("''", text('')), nullValue],
  },
];

function postgresEnum(label: string) {
  const literal = quoted(label);
  return value(literal, text(label));
}
