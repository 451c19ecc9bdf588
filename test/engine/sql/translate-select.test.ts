import { expect, test } from 'vitest';
import { mysqlIdiom } from '../../../src/main/engine/drivers/mysql/mysql-idiom.ts';
import { quoteTable as quoteMysql } from '../../../src/main/engine/drivers/mysql/mysql-names.ts';
import { postgresIdiom } from '../../../src/main/engine/drivers/postgres/postgres-idiom.ts';
import { quoteTable } from '../../../src/main/engine/drivers/postgres/postgres-names.ts';
import { sqliteIdiom } from '../../../src/main/engine/drivers/sqlite/sqlite-idiom.ts';
import type { QueriedRelation } from '../../../src/main/engine/sql/select.ts';
import { translateSelect } from '../../../src/main/engine/sql/translate-select.ts';
import { columnOf } from '../../drivers/postgres/columns.ts';

const idioms = { postgres: postgresIdiom, mysql: mysqlIdiom, sqlite: sqliteIdiom };
type Family = keyof typeof idioms;

const integer = { kind: 'integer', bits: 32, unsigned: false } as const;
const relation = (name: string): QueriedRelation => {
  const columns = [
    columnOf('id', integer, { nullable: false }),
    columnOf('n', integer),
    columnOf('name', { kind: 'text', length: null, fixed: false, ignoresCase: false }),
    columnOf('status', { kind: 'text', length: null, fixed: false, ignoresCase: true }),
  ];
  return {
    target: { schema: null, name },
    columns,
    names: new Map(columns.map((column) => [column.name, column.name])),
  };
};
const find = (schema: string | null, name: string) => (schema === null && /^[tuv]$/.test(name) ? relation(name) : null);

function translate(from: Family, to: Family, sql: string, columns: readonly string[]): string {
  const ends = { from: idioms[from], to: idioms[to], quoteTable: to === 'mysql' ? quoteMysql : quoteTable };
  return translateSelect(sql, columns, ends, find).sql.replaceAll('\n', ' ');
}

test.each([
  [
    'mysql',
    'postgres',
    'select `t`.`id` AS `a`,count(0) AS `b` from ((`t` left join `u` `x` on((`t`.`id` = `x`.`n`))) join `v`) group by `t`.`id` order by `t`.`id` desc limit 5',
    'SELECT "t"."id" AS "c1", count(*) AS "c2" FROM "t" LEFT JOIN "u" AS "x" ON "t"."id" = "x"."n" CROSS JOIN "v" GROUP BY "t"."id" ORDER BY "t"."id" DESC LIMIT 5',
  ],
  [
    'sqlite',
    'mysql',
    "SELECT *, t.n AS m FROM t JOIN u USING (id) WHERE T.n > 1 AND u.name = 'x' ORDER BY m, 1",
    "SELECT `t`.`id` AS `c1`, `t`.`n` AS `c2`, `t`.`name` AS `c3`, `t`.`status` AS `c4`, `u`.`n` AS `c5`, `u`.`name` AS `c6`, `u`.`status` AS `c7`, `t`.`n` AS `c8` FROM `t` JOIN `u` ON `t`.`id` = `u`.`id` WHERE (`t`.`n` > 1) AND (`u`.`name` = 'x') ORDER BY `t`.`n`, `t`.`id`",
  ],
  [
    'postgres',
    'sqlite',
    'SELECT DISTINCT t.name FROM t FULL JOIN u ON ((t.id = u.id)) WHERE ((t.name)::text IS NOT NULL) OFFSET 2',
    'SELECT DISTINCT "t"."name" AS "c1" FROM "t" FULL JOIN "u" ON "t"."id" = "u"."id" WHERE "t"."name" IS NOT NULL OFFSET 2',
  ],
] as const)('%s to %s: %s', (from, to, sql, expected) => {
  const columns = expected.match(/(?<=AS .)c\d/g)!;
  expect(translate(from, to, sql, columns)).toBe(expected);
});

test.each([
  ['mysql', 'postgres', 'select `id`,count(0) from `t` group by `n`', 'columns beside groups'],
  ['mysql', 'postgres', 'select `status`,count(0) from `t` group by `status`', 'texts that ignore case'],
  ['mysql', 'postgres', 'select `id` > 1, 1 from `t`', 'a condition that is shown'],
  ['sqlite', 'mysql', 'SELECT id, n FROM t ORDER BY name LIMIT 3', 'a limit whose order'],
  ['postgres', 'mysql', 'SELECT id, n FROM t ORDER BY n LIMIT 3', 'a limit whose order'],
  ['postgres', 'mysql', 'SELECT t.id, t.n FROM t FULL JOIN u ON t.id = u.id', 'FULL JOIN'],
  ['sqlite', 'mysql', 'SELECT id, n FROM t NATURAL JOIN u', 'NATURAL'],
  ['sqlite', 'mysql', 'SELECT t.id, n FROM t JOIN u USING (id)', '"n"'],
  ['sqlite', 'mysql', 'SELECT id, n FROM other', '"other"'],
  ['sqlite', 'mysql', 'SELECT id, n FROM (SELECT * FROM t)', 'SELECT'],
  ['sqlite', 'mysql', 'SELECT id, (SELECT 1) FROM t', 'SELECT'],
  ['sqlite', 'mysql', 'SELECT id, n FROM t WHERE EXISTS (SELECT 1)', 'SELECT'],
  ['sqlite', 'mysql', 'SELECT id, row_number() OVER () FROM t', 'row_number'],
  ['sqlite', 'mysql', 'SELECT id, sum(n) OVER () FROM t', 'sum'],
  ['sqlite', 'mysql', 'SELECT id, n FROM t WHERE count(*) > 1', 'count'],
  ['sqlite', 'mysql', 'SELECT id FROM t', 'other columns'],
  ['sqlite', 'mysql', 'WITH x AS (SELECT 1) SELECT id, n FROM t', 'WITH'],
  ['sqlite', 'mysql', 'SELECT id, n FROM t; DROP TABLE t', ';'],
] as const)('%s to %s has no certain equal: %s', (from, to, sql, reason) => {
  expect(() => translate(from, to, sql, ['a', 'b'])).toThrow(reason);
});
