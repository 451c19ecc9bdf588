/** Types that only PostgreSQL has: kept as they are there, as their text (arrays: JSON) elsewhere. */
import { mysqlFamily, nullValue, quoted, value, type GoldenCase, type GoldenValue } from './golden-case.ts';

/** Native text: the same characters everywhere. */
const native = (type: string, ...literals: string[]): Pick<GoldenCase, 'from' | 'becomes' | 'finds' | 'values'> => ({
  from: { postgresql: type },
  becomes: { postgresql: type, mysql: 'longtext', mariadb: 'longtext', sqlite: 'TEXT' },
  finds: { mysql: 'type_as_text', mariadb: 'type_as_text', sqlite: 'type_as_text' },
  values: [...literals.map((literal) => unchanged(literal)), nullValue],
});

const unchanged = (content: string): GoldenValue =>
  value(quoted(content), { postgresql: content, ...mysqlFamily(content), sqlite: quoted(content) });

/** An array: `postgres` is its own text, `json` what the others hold. MySQL prints a blank after each comma. */
const array = (postgres: string, json: string, mysql = json): GoldenValue =>
  value(quoted(postgres), { postgresql: postgres, mysql, mariadb: json, sqlite: quoted(json) });

const arrayOf = (type: string): Pick<GoldenCase, 'from' | 'becomes' | 'finds'> => ({
  from: { postgresql: type },
  becomes: { postgresql: type, mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
  finds: { mysql: 'type_as_json', mariadb: 'type_as_json', sqlite: 'type_as_json' },
});

export const postgresCases: readonly GoldenCase[] = [
  { name: 'inet', ...native('inet', '192.168.0.1/24', '::1', '10.0.0.1', '2001:db8::/32') },
  { name: 'cidr', ...native('cidr', '192.168.0.0/24', '::/0') },
  { name: 'macaddr', ...native('macaddr', '08:00:2b:01:02:03') },
  { name: 'macaddr8', ...native('macaddr8', '08:00:2b:01:02:03:04:05') },
  { name: 'point', ...native('point', '(1.5,-2)', '(1e+300,0.1)') },
  { name: 'line', ...native('line', '{1,-1,0}') },
  { name: 'box', ...native('box', '(2,2),(1,1)') },
  { name: 'path', ...native('path', '[(1,2),(3,4)]', '((1,2),(3,4))') },
  { name: 'polygon', ...native('polygon', '((0,0),(1,1),(1,0))') },
  { name: 'circle', ...native('circle', '<(1,2),3>') },
  { name: 'tsvector', ...native('tsvector', "'a':1A 'cat':2,3 'it''s':4", '') },
  { name: 'tsquery', ...native('tsquery', "'fat' & ( 'rat' | !'cat' )") },
  { name: 'int4range', ...native('int4range', '[1,10)', 'empty', '(,5)') },
  { name: 'numrange', ...native('numrange', '(1.50,2.0]') },
  { name: 'daterange', ...native('daterange', '[2024-01-01,2024-02-01)', '[2024-01-01,infinity)') },
  {
    name: 'tstzrange',
    ...native('tstzrange', '["2024-01-01 00:00:00+00","2024-02-01 12:30:00.5+00")'),
  },
  { name: 'int4multirange', ...native('int4multirange', '{[1,3),[5,7)}', '{}') },
  { name: 'jsonpath', ...native('jsonpath', '$."a"[*]?(@ > 1)') },
  { name: 'pg_lsn', ...native('pg_lsn', '16/B374D848') },
  {
    name: 'oid',
    from: { postgresql: 'oid' },
    becomes: { postgresql: 'oid', mysql: 'int unsigned', mariadb: 'int(10) unsigned', sqlite: 'UNSIGNED INT' },
    values: [
      value("'4294967295'", { postgresql: '4294967295', ...mysqlFamily('4294967295'), sqlite: '4294967295' }),
      nullValue,
    ],
  },
  {
    name: 'composite',
    ...native('pair_of_things', '(1,"a ""quoted"", b\\\\c")', '(,)', '(5,"")'),
    setup: { postgresql: 'CREATE TYPE pair_of_things AS (number integer, label text)' },
  },
  {
    name: 'hstore',
    ...native('hstore', '"a"=>"1", "b"=>NULL, "c\\"d"=>""'),
    setup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS hstore' },
    targetSetup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS hstore' },
  },
  {
    name: 'ltree',
    ...native('ltree', 'Top.Science.Astronomy', ''),
    setup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS ltree' },
    targetSetup: { postgresql: 'CREATE EXTENSION IF NOT EXISTS ltree' },
  },
  { name: 'xid8', ...native('xid8', '18446744073709551615') },
  { name: 'regclass', ...native('regclass', 'pg_class') },
  {
    name: 'enum_array',
    ...arrayOf('mood_of_array[]'),
    setup: { postgresql: `CREATE TYPE mood_of_array AS ENUM ('a', 'b,c', 'd"e')` },
    values: [array('{a,"b,c","d\\"e"}', '["a","b,c","d\\"e"]', '["a", "b,c", "d\\"e"]'), nullValue],
  },
  {
    name: 'jsonb_array',
    ...arrayOf('jsonb[]'),
    values: [array('{"{\\"a\\": 1}",NULL}', '[{"a": 1},null]', '[{"a": 1}, null]'), nullValue],
  },
  {
    name: 'timestamptz_array',
    ...arrayOf('timestamp with time zone[]'),
    values: [array('{"2024-02-29 12:34:56.5+00"}', '["2024-02-29 12:34:56.5"]')],
  },
  {
    name: 'float_array',
    ...arrayOf('double precision[]'),
    values: [array('{0.1,NaN,Infinity}', '[0.1,"NaN","Infinity"]', '[0.1, "NaN", "Infinity"]')],
  },
  {
    name: 'integer_array',
    ...arrayOf('integer[]'),
    values: [
      array('{1,2,NULL}', '[1,2,null]', '[1, 2, null]'),
      array('{}', '[]'),
      array('{{1,2},{3,4}}', '[[1,2],[3,4]]', '[[1, 2], [3, 4]]'),
      array('{-2147483648}', '[-2147483648]'),
      nullValue,
    ],
  },
  {
    // JSON has no lower bounds: the elements go over, the numbering stays behind.
    name: 'array_lower_bound',
    ...arrayOf('integer[]'),
    values: [array('[0:1]={7,8}', '[7,8]', '[7, 8]')],
  },
  {
    name: 'bigint_array',
    ...arrayOf('bigint[]'),
    values: [
      array(
        '{9223372036854775807,-9223372036854775808}',
        '[9223372036854775807,-9223372036854775808]',
        '[9223372036854775807, -9223372036854775808]',
      ),
    ],
  },
  {
    name: 'text_array',
    ...arrayOf('text[]'),
    values: [
      array(
        '{a,"b,c","d\\"e","back\\\\slash",NULL,"NULL",""}',
        '["a","b,c","d\\"e","back\\\\slash",null,"NULL",""]',
        '["a", "b,c", "d\\"e", "back\\\\slash", null, "NULL", ""]',
      ),
      array('{"{x}"," blank ",é😀}', '["{x}"," blank ","é😀"]', '["{x}", " blank ", "é😀"]'),
      nullValue,
    ],
  },
  {
    name: 'boolean_array',
    ...arrayOf('boolean[]'),
    values: [array('{t,f,NULL}', '[true,false,null]', '[true, false, null]')],
  },
  {
    // Elements whose digits matter travel as strings.
    name: 'numeric_array',
    ...arrayOf('numeric[]'),
    values: [
      array(
        '{1.10,12345678901234567890123.5,NaN}',
        '["1.10","12345678901234567890123.5","NaN"]',
        '["1.10", "12345678901234567890123.5", "NaN"]',
      ),
    ],
  },
  {
    name: 'uuid_array',
    ...arrayOf('uuid[]'),
    values: [array('{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]')],
  },
  {
    name: 'date_array',
    ...arrayOf('date[]'),
    values: [array('{2024-02-29,NULL}', '["2024-02-29",null]', '["2024-02-29", null]')],
  },
  {
    name: 'bytea_array',
    ...arrayOf('bytea[]'),
    values: [array('{"\\\\x00ff"}', '["\\\\x00ff"]')],
  },
];
