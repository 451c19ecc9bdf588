/** JSON: text that PostgreSQL's json, MariaDB and SQLite keep as written, documents that jsonb and MySQL normalise. */
import { nullValue, quoted, same, textValue, type GoldenCase } from './golden-case.ts';

/** A document as it is written and as jsonb (MySQL: its own JSON) prints it. */
const document = (written: string, jsonb: string, mysql = jsonb) => ({ written, jsonb, mysql });

const documents = [
  document('{"b": 1, "a": [1, 2, null], "c": {"d": true}}', '{"a": [1, 2, null], "b": 1, "c": {"d": true}}'),
  document('[]', '[]'),
  document('{}', '{}'),
  document('null', 'null'),
  document('"text"', '"text"'),
  document('"\\\\N \\t \\n \\" /"', '"\\\\N \\t \\n \\" /"'),
  document('"é😀"', '"é😀"'),
  document('18446744073709551615', '18446744073709551615'),
  document('-9223372036854775808', '-9223372036854775808'),
  document('[0.1, 1.5]', '[0.1, 1.5]'),
  document('"0001-01-01"', '"0001-01-01"'),
  document(`"${'x'.repeat(70_000)}"`, `"${'x'.repeat(70_000)}"`),
];

/**
 * What only a text column keeps: white space, key order, duplicate keys, digits, escapes. MySQL's JSON makes of them what
 * it makes of every document, and a finding says so.
 */
const verbatimTexts: readonly { readonly written: string; readonly mysql: string }[] = [
  { written: '{"b":1,"a":2,"a":3}', mysql: '{"a": 3, "b": 1}' },
  { written: '[1.10,  1e2,12345678901234567890123]', mysql: '[1.1, 100.0, 1.2345678901234568e22]' },
  { written: '"\\u00e9\\ud83d\\ude00"', mysql: '"é😀"' },
  { written: ' {"a" : 1}\n', mysql: '{"a": 1}' },
];

export const jsonCases: readonly GoldenCase[] = [
  {
    name: 'jsonb',
    finds: { mysql: 'json_normalised' },
    from: { postgresql: 'jsonb' },
    becomes: { postgresql: 'jsonb', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    values: [
      ...documents.map(({ written, jsonb, mysql }) =>
        textValueAs('jsonb', written, { postgresql: jsonb, mysql, mariadb: jsonb, sqlite: quoted(jsonb) }),
      ),
      nullValue,
    ],
  },
  {
    name: 'mysql_json',
    from: { mysql: 'json' },
    becomes: { postgresql: 'jsonb', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    values: [
      ...documents.map(({ written, jsonb, mysql }) =>
        textValue(written, { postgresql: jsonb, mysql, mariadb: mysql, sqlite: quoted(mysql) }),
      ),
      nullValue,
    ],
  },
  {
    name: 'json_verbatim',
    from: { postgresql: 'json', sqlite: 'JSON_TEXT' },
    becomes: { postgresql: 'json', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    finds: { mysql: 'json_normalised' },
    // MySQL makes doubles of numbers.
    differs: { mysql: [2] },
    values: [
      ...verbatimTexts.map(({ written, mysql }) =>
        textValueAs('json', written, { ...same(written), mysql, sqlite: quoted(written) }),
      ),
      nullValue,
    ],
  },
  {
    // JSON of MariaDB is LONGTEXT with a check.
    name: 'mariadb_json',
    from: { mariadb: 'json' },
    becomes: { postgresql: 'json', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    finds: { mysql: 'json_normalised' },
    // MySQL makes doubles of numbers.
    differs: { mysql: [2] },
    values: [
      ...verbatimTexts.map(({ written, mysql }) =>
        textValue(written, { ...same(written), mysql, sqlite: quoted(written) }),
      ),
      nullValue,
    ],
  },
  {
    // MySQL's JSON can hold exact decimals, but makes doubles of the numbers of every text that it reads.
    name: 'mysql_json_numbers',
    from: { mysql: 'json' },
    becomes: { postgresql: 'jsonb', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    // The same number, though it loses the zero that only an exact decimal has.
    show: { mysql: "CONCAT_WS(' ', JSON_EXTRACT(v, '$[0]') = 1.1, JSON_EXTRACT(v, '$[1]'), JSON_EXTRACT(v, '$[2]'))" },
    values: [
      {
        insert: () => 'JSON_ARRAY(CAST(1.10 AS DECIMAL(10,2)), 1e2, 18446744073709551615)',
        expect: {
          postgresql: '[1.10, 100.0, 18446744073709551615]',
          mysql: '1 100.0 18446744073709551615',
          mariadb: '[1.10, 100.0, 18446744073709551615]',
          sqlite: "'[1.10, 100.0, 18446744073709551615]'",
        },
      },
    ],
  },
  {
    name: 'jsonb_numbers',
    from: { postgresql: 'jsonb' },
    becomes: { postgresql: 'jsonb', mysql: 'json', mariadb: 'longtext', sqlite: 'JSON_TEXT' },
    show: { mysql: "CONCAT(JSON_EXTRACT(v, '$[0]') = 1.1, JSON_EXTRACT(v, '$[1]') = 100)" },
    values: [
      textValueAs('jsonb', '[1.10, 1e2]', {
        postgresql: '[1.10, 100]',
        mysql: '11',
        mariadb: '[1.10, 100]',
        sqlite: "'[1.10, 100]'",
      }),
    ],
  },
];

/** A text literal with PostgreSQL's cast, which does not come by itself after a function. */
function textValueAs(
  type: 'json' | 'jsonb',
  written: string,
  expect: Parameters<typeof textValue>[1],
): ReturnType<typeof textValue> {
  const plain = textValue(written, expect);
  return {
    insert: (source) => (source === 'postgresql' ? `${plain.insert(source)}::${type}` : plain.insert(source)),
    expect: plain.expect,
  };
}
