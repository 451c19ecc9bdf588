/** Characters of every kind. */
import {
  mysqlFamily,
  nullValue,
  quoted,
  refusedWith,
  same,
  text,
  textLiteral,
  textValue,
  value,
  type GoldenCase,
} from './golden-case.ts';

const texts = (...all: string[]) => [...all.map((content) => textValue(content)), nullValue];

/** Everything that an escape, a marker or an encoding could make into something else. */
const hardTexts = [
  '',
  ' ',
  'NULL',
  'null',
  '\\N',
  '\\.',
  '\\\\N',
  '\\n',
  '\\',
  'ends with \\',
  '\\x00ff',
  'tab\there',
  'line\nbreak',
  'carriage\rreturn',
  '\r\n',
  '\t',
  '\n',
  "it's",
  '"quoted"',
  '`back`',
  "';--",
  '%s %d %%',
  '$1 :name ?',
  '  leading and trailing  ',
  'a\bb\fc\vd',
  '\u0001\u0002\u001a\u001b\u007f',
  'é',
  'e\u0301',
  '\u00a0',
  'ſtraße İı',
  '日本語',
  'مرحبا بالعالم',
  'שלום\u200f\u202e',
  '😀',
  '👩‍👩‍👧‍👦 🏳️‍🌈',
  '\u{10fffd}',
  '\ufeffmark',
  '\uffff',
  '\u2028\u2029',
  'true',
  '0x41',
  '1e5',
  '007',
  '2024-02-30',
];

export const textCases: readonly GoldenCase[] = [
  {
    name: 'text',
    from: {
      postgresql: 'text',
      mysql: 'longtext COLLATE utf8mb4_bin',
      mariadb: 'longtext COLLATE utf8mb4_bin',
      sqlite: 'TEXT',
    },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: texts(...hardTexts),
  },
  {
    name: 'varchar_200',
    from: {
      postgresql: 'varchar(200)',
      mysql: 'varchar(200) COLLATE utf8mb4_bin',
      mariadb: 'varchar(200) COLLATE utf8mb4_bin',
      sqlite: 'VARCHAR(200)',
    },
    becomes: {
      postgresql: 'character varying(200)',
      mysql: 'varchar(200)',
      mariadb: 'varchar(200)',
      sqlite: 'VARCHAR(200)',
    },
    values: texts(...hardTexts, '€'.repeat(200), '😀'.repeat(200)),
  },
  {
    // The same through a collation that ignores case and pads: values are bytes all the same.
    name: 'varchar_ignoring_case',
    finds: { postgresql: 'case_insensitive_text' },
    from: mysqlFamily('varchar(200) COLLATE utf8mb4_general_ci'),
    becomes: {
      postgresql: 'character varying(200)',
      mysql: 'varchar(200)',
      mariadb: 'varchar(200)',
      sqlite: 'VARCHAR(200)',
    },
    values: texts(...hardTexts, 'A', 'a', 'a '),
  },
  {
    name: 'sqlite_nocase',
    finds: { postgresql: 'case_insensitive_text' },
    from: { sqlite: 'TEXT COLLATE NOCASE' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: texts('A', 'a', 'ä', 'Ä', ''),
  },
  {
    // MySQL's latin1 is Windows-1252: 0x80 is the euro sign, 0x9f is Ÿ.
    name: 'latin1',
    from: mysqlFamily('varchar(50) CHARACTER SET latin1'),
    becomes: {
      postgresql: 'character varying(50)',
      mysql: 'varchar(50)',
      mariadb: 'varchar(50)',
      sqlite: 'VARCHAR(50)',
    },
    values: [
      value("_latin1 X'80'", text('€')),
      value("_latin1 X'9F'", text('Ÿ')),
      value("_latin1 X'E9FF'", text('éÿ')),
      value("_latin1 X'5C4E'", text('\\N')),
      value("_latin1 X'610962'", text('a\tb')),
      nullValue,
    ],
  },
  {
    // gbk has 0x5c, the backslash's byte, inside characters: 0x95 0x5c is 昞.
    name: 'gbk',
    from: mysqlFamily('varchar(50) CHARACTER SET gbk'),
    becomes: {
      postgresql: 'character varying(50)',
      mysql: 'varchar(50)',
      mariadb: 'varchar(50)',
      sqlite: 'VARCHAR(50)',
    },
    values: [value("_gbk X'955C'", text('昞')), value("_gbk X'D6D0B9FA'", text('中国')), nullValue],
  },
  {
    name: 'utf16',
    from: mysqlFamily('varchar(50) CHARACTER SET utf16'),
    becomes: {
      postgresql: 'character varying(50)',
      mysql: 'varchar(50)',
      mariadb: 'varchar(50)',
      sqlite: 'VARCHAR(50)',
    },
    values: texts('a', '😀', '\u0100\t\u0a0d'),
  },
  {
    name: 'utf8mb3',
    from: mysqlFamily('varchar(50) CHARACTER SET utf8mb3'),
    becomes: {
      postgresql: 'character varying(50)',
      mysql: 'varchar(50)',
      mariadb: 'varchar(50)',
      sqlite: 'VARCHAR(50)',
    },
    values: texts('€', '\uffff', 'é'),
  },
  {
    name: 'tinytext',
    from: mysqlFamily('tinytext'),
    becomes: { postgresql: 'text', mysql: 'tinytext', mariadb: 'tinytext', sqlite: 'TEXT' },
    values: texts('', 'x'.repeat(255), '€'.repeat(85)),
  },
  {
    name: 'mysql_text',
    from: mysqlFamily('text'),
    becomes: { postgresql: 'text', mysql: 'text', mariadb: 'text', sqlite: 'TEXT' },
    values: texts('', 'x'.repeat(65_535)),
  },
  {
    name: 'mediumtext',
    from: mysqlFamily('mediumtext'),
    becomes: { postgresql: 'text', mysql: 'mediumtext', mariadb: 'mediumtext', sqlite: 'TEXT' },
    values: texts('', 'y'.repeat(70_000)),
  },
  {
    name: 'text_of_a_megabyte',
    from: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: texts('\\\t\n\r€😀ab'.repeat(80_000)),
  },
  {
    // Trailing blanks of CHAR are not content: PostgreSQL prints the padding, MySQL takes it away.
    name: 'char_5',
    from: {
      postgresql: 'char(5)',
      mysql: 'char(5) COLLATE utf8mb4_bin',
      mariadb: 'char(5) COLLATE utf8mb4_bin',
    },
    becomes: { postgresql: 'character(5)', mysql: 'char(5)', mariadb: 'char(5)', sqlite: 'CHAR(5)' },
    show: { sqlite: 'quote(rtrim(v))' },
    values: [
      ...['ab', '', ' x', '€😀', 'abcde'].map((content) =>
        textValue(content, {
          postgresql: content + ' '.repeat(5 - [...content].length),
          ...mysqlFamily(content),
          sqlite: quoted(content),
        }),
      ),
      nullValue,
    ],
  },
  {
    // Lengths count characters, and a TEXT column of SQLite that declares a length does not keep to it.
    name: 'sqlite_varchar_overflow',
    from: { sqlite: 'VARCHAR(3)' },
    becomes: {
      postgresql: 'character varying(3)',
      mysql: 'varchar(3)',
      mariadb: 'varchar(3)',
      sqlite: 'VARCHAR(3)',
    },
    values: [
      textValue('abc'),
      textValue('abcd', {
        postgresql: refusedWith('rows_refused'),
        ...mysqlFamily(refusedWith('rows_refused')),
        sqlite: "'abcd'",
      }),
    ],
  },
  {
    name: 'text_with_nul',
    from: {
      mysql: 'longtext COLLATE utf8mb4_bin',
      mariadb: 'longtext COLLATE utf8mb4_bin',
      sqlite: 'TEXT',
    },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    // quote() of SQLite ends at the first NUL.
    show: { postgresql: 'v', ...mysqlFamily('HEX(v)'), sqlite: 'HEX(v)' },
    values: ['a\0b', '\0', '\0a', 'a\0'].map((content) => ({
      insert: (source) => textLiteral(source, content),
      expect: {
        ...same(Buffer.from(content).toString('hex').toUpperCase()),
        postgresql: refusedWith('rows_refused'),
      },
    })),
  },
  {
    name: 'varchar_unlimited',
    from: { postgresql: 'varchar' },
    becomes: { postgresql: 'character varying', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: texts('', 'x'.repeat(70_000)),
  },
  {
    name: 'sqlite_varchar',
    from: { sqlite: 'VARCHAR' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'VARCHAR' },
    values: texts('', 'x'),
  },
  {
    name: 'clob',
    from: { sqlite: 'CLOB' },
    becomes: { postgresql: 'text', mysql: 'longtext', mariadb: 'longtext', sqlite: 'CLOB' },
    values: texts('', 'x'),
  },
  {
    // A length that MySQL's rows cannot take: 65,535 bytes with four for each character.
    name: 'varchar_20000',
    from: { postgresql: 'varchar(20000)', sqlite: 'VARCHAR(20000)' },
    becomes: {
      postgresql: 'character varying(20000)',
      mysql: 'longtext',
      mariadb: 'longtext',
      sqlite: 'VARCHAR(20000)',
    },
    values: texts('€'.repeat(20_000), '😀'.repeat(20_000)),
  },
  {
    name: 'varchar_0',
    from: mysqlFamily('varchar(0)'),
    becomes: { postgresql: 'character varying(1)', mysql: 'varchar(0)', mariadb: 'varchar(0)', sqlite: 'VARCHAR(0)' },
    values: texts(''),
  },
  {
    name: 'name',
    from: { postgresql: 'name' },
    becomes: { postgresql: 'name', mysql: 'varchar(63)', mariadb: 'varchar(63)', sqlite: 'VARCHAR(63)' },
    values: texts('pg_class', 'x'.repeat(63), ''),
  },
  {
    name: 'internal_char',
    from: { postgresql: '"char"' },
    becomes: { postgresql: '"char"', mysql: 'varchar(4)', mariadb: 'varchar(4)', sqlite: 'VARCHAR(4)' },
    values: texts('a', '', '\\'),
  },
  {
    name: 'xml',
    from: { postgresql: 'xml' },
    becomes: { postgresql: 'xml', mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
    values: [value('\'<a b="1">x &amp; y<!-- c --></a>\'', text('<a b="1">x &amp; y<!-- c --></a>')), nullValue],
  },
];
