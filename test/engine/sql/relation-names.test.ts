import { describe, expect, test } from 'vitest';
import { mysqlLexis } from '../../../src/main/engine/drivers/mysql/mysql-lexis.ts';
import { postgresLexis } from '../../../src/main/engine/drivers/postgres/postgres-lexis.ts';
import { sqliteLexis } from '../../../src/main/engine/drivers/sqlite/sqlite-lexis.ts';
import { relationReferences, renameRelations } from '../../../src/main/engine/sql/relation-names.ts';
import type { SqlLexis } from '../../../src/main/engine/sql/sql-lexis.ts';

const named = (sql: string, lexis: SqlLexis) =>
  relationReferences(sql, lexis).map(
    ({ schema, name, hasAlias }) => `${schema === null ? '' : `${schema}.`}${name}${hasAlias ? ' as' : ''}`,
  );

describe('relations of a query', () => {
  test.each([
    ['SELECT a FROM t', ['t']],
    ['select x.a from t x, "U u" as y where x.a in (select b from v)', ['t as', 'U u as', 'v']],
    ['SELECT 1 FROM a JOIN b USING (id, k) LEFT JOIN ONLY c.d e ON e.x = a.y', ['a', 'b', 'c.d as']],
    ['SELECT extract(year FROM made), substring(a FROM 2) FROM t', ['t']],
    ['SELECT a IS DISTINCT FROM b, (SELECT max(c) FROM u) FROM t GROUP BY a, b ORDER BY a, b', ['u', 't']],
    [
      'WITH r AS (SELECT 1 FROM t), q (a, b) AS MATERIALIZED (SELECT 2) SELECT * FROM r, q, LATERAL (SELECT 3 FROM z) l',
      ['t', 'z'],
    ],
    ['SELECT * FROM generate_series(1, 3) n(i) JOIN t ON true', ['t']],
    ['SELECT \' FROM fake \', "FROM" FROM t -- FROM comment', ['t']],
    ['SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT (SELECT c FROM v)', ['t', 'u', 'v']],
    ['SELECT count(DISTINCT a) FROM ((t JOIN u ON t.a = u.a) JOIN (SELECT 1 FROM w) s ON true)', ['t', 'u', 'w']],
  ])('PostgreSQL: %s', (sql, expected) => {
    expect(named(sql, postgresLexis)).toEqual(expected);
  });

  test('MySQL: as SHOW CREATE VIEW prints them', () => {
    const sql =
      "select `t`.`a` AS `a`,'it\\'s FROM x' AS `s` from (`t` join `other`.`u` `v` on((`t`.`a` = `v`.`b`))) where (`t`.`c` = \"from y\") # from z";
    expect(named(sql, mysqlLexis)).toEqual(['t', 'other.u as']);
  });

  test('SQLite: names in any quotes', () => {
    expect(named('SELECT * FROM [t 1] NATURAL JOIN `t 2` CROSS JOIN main."t 3" INDEXED BY i', sqliteLexis)).toEqual([
      't 1',
      't 2',
      'main.t 3',
    ]);
  });
});

test('a renamed relation keeps its old name as alias, so that its columns are still found', () => {
  const sql = 'SELECT t.a, x.b FROM t JOIN s.u x ON t.id = x.id WHERE EXISTS (SELECT FROM t WHERE t.c)';
  const rename = ({ name }: { name: string }) => `new.${name}`;
  expect(renameRelations(sql, postgresLexis, rename, (name) => `"${name}"`)).toBe(
    'SELECT t.a, x.b FROM new.t "t" JOIN new.u x ON t.id = x.id WHERE EXISTS (SELECT FROM new.t "t" WHERE t.c)',
  );
});
