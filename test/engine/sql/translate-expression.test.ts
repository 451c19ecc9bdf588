import { describe, expect, test } from 'vitest';
import { mysqlIdiom } from '../../../src/main/engine/drivers/mysql/mysql-idiom.ts';
import { postgresIdiom } from '../../../src/main/engine/drivers/postgres/postgres-idiom.ts';
import { sqliteIdiom } from '../../../src/main/engine/drivers/sqlite/sqlite-idiom.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { expressionTranslator } from '../../../src/main/engine/sql/translate-expression.ts';
import { columnOf } from '../../drivers/postgres/columns.ts';

const idioms = { postgres: postgresIdiom, mysql: mysqlIdiom, sqlite: sqliteIdiom };
type Family = keyof typeof idioms;

const text = (ignoresCase: boolean): NeutralType => ({ kind: 'text', length: 50, fixed: false, ignoresCase });
const columns = [
  columnOf('price', { kind: 'decimal', precision: 10, scale: 2 }),
  columnOf('huge', { kind: 'decimal', precision: 30, scale: 2 }),
  columnOf('loose', { kind: 'decimal', precision: null, scale: null }),
  columnOf('Count', { kind: 'integer', bits: 32, unsigned: false }),
  columnOf('ratio', { kind: 'float', bits: 64 }),
  columnOf('name', text(false)),
  columnOf('status', text(true)),
  columnOf('code', { kind: 'text', length: 4, fixed: true, ignoresCase: false }),
  columnOf('born', { kind: 'date' }),
  columnOf('made', { kind: 'timestamp', fraction: 6 }),
  columnOf('flag', { kind: 'boolean' }),
  columnOf('kind', { kind: 'enum', labels: ['a', "it's"], name: null }),
  columnOf('extra', { kind: 'json', form: 'binary' }),
];
const names = new Map(columns.map(({ name }) => [name, name === 'ratio' ? 'Quota' : name]));

const translate = (from: Family, to: Family, sql: string, use: 'condition' | 'value' = 'condition') =>
  expressionTranslator({ from: idioms[from], to: idioms[to], isFamily: false }, columns, names)(sql, use);

/** A condition of one database in the words of the two others; null: it has no certain equal there. */
const conditions: readonly (readonly [from: Family, sql: string, equals: Partial<Record<Family, string | null>>])[] = [
  ['mysql', '(`price` > 0)', { postgres: '"price" > 0', sqlite: 'CAST("price" AS REAL) > 0' }],
  ['mysql', '`huge` > 0', { postgres: '"huge" > 0', sqlite: null }],
  [
    'mysql',
    '((`price` >= 0) and (`count` <> 5)) or `price` is null',
    {
      postgres: '(("price" >= 0) AND ("Count" <> 5)) OR ("price" IS NULL)',
      sqlite: '((CAST("price" AS REAL) >= 0) AND ("Count" <> 5)) OR ("price" IS NULL)',
    },
  ],
  [
    'mysql',
    '`Count` between 1 and 10 AND `Count` not in (-1,2,3)',
    {
      postgres: '("Count" BETWEEN 1 AND 10) AND ("Count" NOT IN ((-1), 2, 3))',
      sqlite: '("Count" BETWEEN 1 AND 10) AND ("Count" NOT IN ((-1), 2, 3))',
    },
  ],
  ['mysql', 'not((`price` * 2 + -1 < 4))', { postgres: 'NOT ((("price" * 2) + (-1)) < 4)', sqlite: null }],
  [
    'mysql',
    "(`name` in (_utf8mb4'a',_utf8mb4'it\\'s'))",
    { postgres: `"name" IN ('a', 'it''s')`, sqlite: `"name" IN ('a', 'it''s')` },
  ],
  ['mysql', "`status` = 'Open'", { postgres: `lower("status") = 'open'`, sqlite: `"status" = 'Open'` }],
  ['mysql', 'char_length(`name`) > 2', { postgres: 'char_length("name") > 2', sqlite: 'length("name") > 2' }],
  ['mysql', 'length(`name`) > 2', { postgres: 'octet_length("name") > 2', sqlite: 'length(CAST("name" AS BLOB)) > 2' }],
  ['mysql', "`born` > '2000-01-01'", { postgres: `"born" > '2000-01-01'`, sqlite: `"born" > '2000-01-01'` }],
  [
    'mysql',
    "`made` > '2000-01-01'",
    { postgres: `"made" > '2000-01-01 00:00:00'`, sqlite: `"made" > '2000-01-01 00:00:00'` },
  ],
  ['mysql', "`made` > '2000-01-01 10:00:00.500000'", { sqlite: `"made" > '2000-01-01 10:00:00.5'` }],
  ['mysql', '`flag` = 1', { postgres: '"flag" = TRUE', sqlite: '"flag" = 1' }],
  ['mysql', "`kind` = 'a'", { postgres: `"kind" = 'a'`, sqlite: `"kind" = 'a'` }],
  [
    'mysql',
    'year(`born`) >= 1900',
    {
      postgres: 'extract(year FROM "born")::integer >= 1900',
      sqlite: `CAST(strftime('%Y', "born") AS INTEGER) >= 1900`,
    },
  ],
  ['mysql', "`name` like 'a%'", { postgres: `"name" LIKE 'a%'`, sqlite: null }],
  ['mysql', '`ratio` < 1.5', { postgres: '"Quota" < 1.5', sqlite: '"Quota" < 1.5' }],
  [
    'mysql',
    "(case when (`Count` > 1) then 'x' else 'y' end) = 'x'",
    { postgres: `CASE WHEN "Count" > 1 THEN 'x' ELSE 'y' END = 'x'` },
  ],
  [
    'postgres',
    `((name)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))`,
    { mysql: "`name` IN ('a', 'it''s')", sqlite: `"name" IN ('a', 'it''s')` },
  ],
  ['postgres', `(name <> ALL (ARRAY['a'::text, E'b\\\\'::text]))`, { mysql: "`name` NOT IN ('a', _utf8mb4 0x625c)" }],
  ['postgres', `((price > (0)::numeric) AND (loose > (0)::numeric))`, { mysql: null, sqlite: null }],
  ['postgres', '(price >= (0)::numeric)', { mysql: '`price` >= 0', sqlite: 'CAST("price" AS REAL) >= 0' }],
  [
    'postgres',
    `((born > '2000-01-01'::date) AND flag)`,
    { mysql: "(`born` > '2000-01-01') AND `flag`", sqlite: `("born" > '2000-01-01') AND "flag"` },
  ],
  ['postgres', `(ratio < '0.5'::double precision)`, { mysql: '`Quota` < 0.5', sqlite: '"Quota" < 0.5' }],
  ['postgres', `(NOT flag)`, { mysql: 'NOT `flag`' }],
  ['postgres', `(kind = 'it''s'::mood)`, { mysql: null }],
  ['postgres', `(lower((name)::text) = (name)::text)`, { mysql: 'lower(`name`) = `name`', sqlite: null }],
  ['postgres', `(name ~~ 'a%'::text)`, { mysql: "`name` LIKE 'a%'", sqlite: null }],
  ['postgres', `(name !~~ 'a%'::text)`, { mysql: "`name` NOT LIKE 'a%'" }],
  ['postgres', `((EXTRACT(year FROM born) > (1900)::numeric))`, { mysql: 'year(`born`) > 1900' }],
  ['sqlite', '[price] > 0', { postgres: '"price" > 0', mysql: '`price` > 0' }],
  ['sqlite', "name || 'x' <> 'y'", { postgres: `("name" || 'x') <> 'y'`, mysql: "(concat(`name`, 'x')) <> 'y'" }],
  ['sqlite', 'length(name) < 10', { postgres: 'char_length("name") < 10', mysql: 'char_length(`name`) < 10' }],
  ['sqlite', 'flag IN (0, 1)', { postgres: '"flag" IN (FALSE, TRUE)', mysql: '`flag` IN (0, 1)' }],
];

describe.each(conditions)('%s: %s', (from, sql, equals) => {
  test.each(Object.entries(equals) as [Family, string | null][])('in %s', (to, expected) => {
    expect(translate(from, to, sql)).toBe(expected);
  });
});

test.each([
  ['mysql', '`price` / 2 > 1'],
  ['mysql', "`price` > '5'"],
  ['mysql', "`kind` = 'c'"],
  ['mysql', "`kind` > 'a'"],
  ['mysql', "`name` > 'a'"],
  ['mysql', "`name` like 'a\\\\_%'"],
  ['mysql', '`name` regexp 1'],
  ['mysql', '`code` = 1'],
  ['mysql', "`code` = 'a'"],
  ['mysql', 'json_valid(`name`)'],
  ['mysql', '`missing` > 0'],
  ['mysql', "`name` || 'x' = 'y'"],
  ['mysql', '`born` + 1 > 2'],
  ['mysql', '`price`'],
  ['mysql', '`born` > `name`'],
  ['mysql', '`name` = `status`'],
  ['mysql', "`price` > 0 and `name` rlike 'a%'"],
  ['mysql', '`Count` % 0 = 1'],
  ['mysql', '`Count` in (select 1)'],
  ['mysql', ''],
  ['mysql', '`price` > 0) or (1 = 1'],
  ['sqlite', "name LIKE 'a%'"],
  ['sqlite', "lower(name) = 'a'"],
  ['sqlite', "typeof(price) = 'integer'"],
  ['postgres', "(extra ->> 'a'::text) = 'b'::text"],
  ['postgres', '(flag IS TRUE)'],
  ['postgres', `((code)::text = 'a'::text)`],
  ['postgres', `(name = 'a'::text COLLATE "C")`],
  ['postgres', 'twice(price) > 1'],
] as const)('%s has no certain equal: %s', (from, sql) => {
  for (const to of ['postgres', 'mysql', 'sqlite'] as const)
    if (to !== from) expect(translate(from, to, sql)).toBeNull();
});

test.each([
  ['mysql', 'postgres', '(`price` * (`Count` + 1))', '"price" * ("Count" + 1)'],
  ['mysql', 'postgres', "concat(`name`,_utf8mb4'-',lower(`status`))", `"name" || '-' || lower("status")`],
  ['mysql', 'sqlite', "concat(`name`,'-')", `"name" || '-'`],
  ['mysql', 'postgres', 'coalesce(`price`,0)', 'coalesce("price", 0)'],
  ['mysql', 'postgres', 'left(`name`,3)', 'substr("name", 1, 3)'],
  ['mysql', 'postgres', 'concat(`name`,`price`)', null],
  ['mysql', 'postgres', '`price` / 2', null],
  ['mysql', 'postgres', '(`price` > 1)', null],
  ['mysql', 'postgres', 'now()', null],
  ['mysql', 'postgres', '1 + 1', '1 + 1'],
  ['mysql', 'postgres', 'count(`price`)', null],
  ['postgres', 'mysql', '(price > (1)::numeric)', '`price` > 1'],
  ['postgres', 'mysql', `lower((name)::text)`, 'lower(`name`)'],
  ['postgres', 'mysql', `"substring"((name)::text, 2, 3)`, 'substring(`name`, 2, 3)'],
  ['postgres', 'mysql', `"substring"((name)::text, 0, 3)`, null],
  ['postgres', 'sqlite', `((name)::text || '-'::text)`, `"name" || '-'`],
  ['postgres', 'sqlite', `(price * (2)::numeric)`, null],
  ['sqlite', 'postgres', "name || ', ' || status", `"name" || ', ' || "status"`],
  ['sqlite', 'postgres', "datetime('now')", null],
] as const)('values of %s in %s: %s', (from, to, sql, expected) => {
  expect(translate(from, to, sql, 'value')).toBe(expected);
});

describe('within a family', () => {
  const rename = (sql: string) =>
    expressionTranslator(
      { from: postgresIdiom, to: postgresIdiom, isFamily: true },
      columns.slice(0, 5),
      new Map([
        ['price', 'Price now'],
        ['huge', 'huge'],
        ['Count', 'count'],
      ]),
    )(sql, 'value');

  test('only names change', () => {
    expect(rename(`((price > 0) AND ("Count" <> huge) OR price(1) = 'price'::price)`)).toBe(
      `(("Price now" > 0) AND ("count" <> huge) OR price(1) = 'price'::price)`,
    );
  });

  test('a column that is not copied leaves nothing', () => {
    expect(rename('(price > ratio)')).toBeNull();
  });
});
