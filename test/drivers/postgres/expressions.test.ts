import { describe, expect, test } from 'vitest';
import { translateCondition, translateValue } from '../../../src/main/engine/drivers/postgres/postgres-expressions.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { columnOf } from './columns.ts';

const text = (ignoresCase: boolean): NeutralType => ({ kind: 'text', length: null, fixed: false, ignoresCase });
const columns = [
  columnOf('price', { kind: 'decimal', precision: 10, scale: 2 }),
  columnOf('Count', { kind: 'integer', bits: 32, unsigned: false }),
  columnOf('name', text(false)),
  columnOf('status', text(true)),
  columnOf('born', { kind: 'date' }),
  columnOf('flag', { kind: 'boolean' }),
  columnOf('kind', { kind: 'enum', labels: ['a'], name: null }),
];

describe('conditions of MySQL', () => {
  test.each([
    ['(`price` > 0)', '("price" > 0)'],
    ['price >= 0 and `count` <> 5 or price is null', '"price" >= 0 AND "Count" <> 5 OR "price" IS NULL'],
    ['`price` between 1 and 10 AND `Count` in (1,2,3)', '"price" BETWEEN 1 AND 10 AND "Count" IN (1, 2, 3)'],
    ['not (`price` * 2 + -1 < 4)', 'NOT ("price" * 2 + - 1 < 4)'],
    ["(`name` in (_utf8mb4\\'a\\',_utf8mb4\\'it\\'))", `("name" IN ('a', 'it'))`],
    ["`name` <> 'it''s (x'", `"name" <> 'it''s (x'`],
    ["`status` = 'Open'", `lower("status") = 'open'`],
    ['char_length(`name`) > 2', 'char_length("name") > 2'],
    ['length(`name`) > 2', 'octet_length("name") > 2'],
    ["`born` > '2000-01-01'", `"born" > '2000-01-01'`],
    ['`flag` is not null', '"flag" IS NOT NULL'],
    ["`price` > 0 and `name` <> ''", `"price" > 0 AND "name" <> ''`],
  ])('%s', (sql, expected) => {
    expect(translateCondition(sql, 'mysql', columns)).toBe(expected);
  });

  test.each([
    '`price` / 2 > 1',
    "`price` > '5'",
    '`flag` = 1',
    "`kind` = 'a'",
    "`name` like 'a%'",
    "`name` = 'back\\\\slash'",
    '`name` regexp 1',
    'json_valid(`name`)',
    '`missing` > 0',
    "`name` || 'x' = 'y'",
    '`born` + 1 > 2',
    '`price`',
    '`born` > `name`',
    'price > 0 /* comment */',
    "`price` > 0 and `name` like 'a%'",
    '',
  ])('has no certain equal: %s', (sql) => {
    expect(translateCondition(sql, 'mysql', columns)).toBeNull();
  });
});

test.each([
  ['"price" > 0', '"price" > 0'],
  ['[price] > 0', '"price" > 0'],
  ["name || 'x' <> 'y'", `"name" || 'x' <> 'y'`],
  ['length(name) < 10', 'char_length("name") < 10'],
])('conditions of SQLite: %s', (sql, expected) => {
  expect(translateCondition(sql, 'sqlite', columns)).toBe(expected);
});

test.each([
  ['mysql', '`price` * (`Count` + 1)', '"price" * ("Count" + 1)'],
  ['mysql', "concat(`name`,_utf8mb4\\'-\\',lower(`status`))", `("name" || '-' || lower("status"))`],
  ['mysql', 'coalesce(`price`,0)', 'coalesce("price", 0)'],
  ['mysql', 'concat(`name`,`price`)', null],
  ['mysql', '`price` / 2', null],
  ['mysql', "`name` || 'x'", null],
  ['mysql', 'now()', null],
  ['mysql', '1 + 1', '1 + 1'],
  ['sqlite', "name || ', ' || status", `"name" || ', ' || "status"`],
  ['sqlite', "datetime('now')", null],
] as const)('values of %s: %s', (family, sql, expected) => {
  expect(translateValue(sql, family, columns)).toBe(expected);
});
