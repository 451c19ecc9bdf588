import { describe, expect, it } from 'vitest';
import { parseCreateIndex } from '../../../src/main/engine/drivers/sqlite/sqlite-create-index.ts';
import { parseCreateTable } from '../../../src/main/engine/drivers/sqlite/sqlite-create-table.ts';
import { firstStatement } from '../../../src/main/engine/drivers/sqlite/sqlite-first-statement.ts';
import { sqliteLexis } from '../../../src/main/engine/drivers/sqlite/sqlite-lexis.ts';
import { tokenizeSql } from '../../../src/main/engine/sql/sql-tokens.ts';

describe('parseCreateTable', () => {
  it('reads what only the text tells', () => {
    const parsed = parseCreateTable(`CREATE TABLE IF NOT EXISTS main."odd ( name" (
      -- a comment, with a comma (and a parenthesis
      id INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT REPLACE AUTOINCREMENT,
      "quoted ""name""" VARCHAR ( 10 ) NOT NULL ON CONFLICT IGNORE COLLATE nocase DEFAULT 'it''s, (fine)',
      [bracket,ed] UNSIGNED BIG INT DEFAULT -1 CHECK ([bracket,ed] > 0) /* inline, */ CONSTRAINT u UNIQUE ON CONFLICT FAIL,
      \`back\`\`tick\` DECIMAL(10, 2) DEFAULT (1 + (2 * 3)) NULL,
      untyped,
      'string name' TEXT REFERENCES other(id) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE,
      sum AS (id + 1) STORED, diff INT GENERATED ALWAYS AS (id - (1)) VIRTUAL CHECK (diff <> 'a)'),
      CONSTRAINT both UNIQUE (id, untyped COLLATE nocase DESC) ON CONFLICT ABORT
      CONSTRAINT positive CHECK (id > 0 AND untyped IN (1, 2))
      FOREIGN KEY (id, untyped) REFERENCES "o""ther" DEFERRABLE INITIALLY DEFERRED,
      CONSTRAINT self FOREIGN KEY (untyped) REFERENCES x (y) DEFERRABLE
    ) WITHOUT ROWID, STRICT`);
    expect(parsed.columns).toEqual([
      { name: 'id', collation: null, generated: null },
      { name: 'quoted "name"', collation: 'nocase', generated: null },
      { name: 'bracket,ed', collation: null, generated: null },
      { name: 'back`tick', collation: null, generated: null },
      { name: 'untyped', collation: null, generated: null },
      { name: 'string name', collation: null, generated: null },
      { name: 'sum', collation: null, generated: { sql: 'id + 1', stored: true } },
      { name: 'diff', collation: null, generated: { sql: 'id - (1)', stored: false } },
    ]);
    expect(parsed.primaryKey).toEqual({ name: 'pk', columns: ['id'] });
    expect(parsed.autoincrement).toBe(true);
    expect(parsed.uniques).toEqual([
      { name: 'u', columns: ['bracket,ed'] },
      { name: 'both', columns: ['id', 'untyped'] },
    ]);
    expect(parsed.checks).toEqual([
      { name: null, sql: '[bracket,ed] > 0', enforced: true, validated: true },
      { name: null, sql: "diff <> 'a)'", enforced: true, validated: true },
      { name: 'positive', sql: 'id > 0 AND untyped IN (1, 2)', enforced: true, validated: true },
    ]);
    expect(parsed.foreignKeys).toEqual([
      { name: null, deferrable: 'no' },
      { name: null, deferrable: 'deferred' },
      { name: 'self', deferrable: 'immediate' },
    ]);
  });

  it('reads a table without any constraint, on one line', () => {
    expect(parseCreateTable('create table t(a,b text)').columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('throws a SyntaxError for text that ends early', () => {
    expect(() => parseCreateTable('CREATE TABLE t (a INT')).toThrow(SyntaxError);
  });
});

describe('parseCreateIndex', () => {
  it.each([
    ['CREATE INDEX i ON t (a)', ['a'], null],
    ['CREATE UNIQUE INDEX "i(" ON "t(" ("a)" COLLATE NOCASE DESC, lower(b) ASC)', ['"a)"', 'lower(b)'], null],
    [
      "CREATE INDEX i ON t (substr(a, 1, 2), b || ')') WHERE a > 1 AND b IN ('x', 'y')",
      ['substr(a, 1, 2)', "b || ')'"],
      "a > 1 AND b IN ('x', 'y')",
    ],
  ])('%s', (sql, parts, where) => {
    expect(parseCreateIndex(sql)).toEqual({ parts, where });
  });
});

describe('tokenizeSql', () => {
  it('keeps comments, strings and names apart', () => {
    const sql = `SELECT x'00Ff', 'it''s -- no', "a""b", [c d], \`e\`, 1.5e-3, .5, 0xff, ?1, :name -- ; end
      /* ; */ FROM t->>'$.a' /* open`;
    expect(tokenizeSql(sql, sqliteLexis).map(({ kind, value }) => `${kind}:${value}`)).toEqual([
      ...['word:SELECT', "blob:x'00Ff'", 'symbol:,', "string:it's -- no", 'symbol:,', 'name:a"b', 'symbol:,'],
      ...['name:c d', 'symbol:,', 'name:e', 'symbol:,', 'number:1.5e-3', 'symbol:,', 'number:.5', 'symbol:,'],
      ...['number:0xff', 'symbol:,', 'variable:?1', 'symbol:,', 'variable::name', 'word:FROM', 'word:T', 'symbol:->>'],
      'string:$.a',
    ]);
  });

  it.each([
    ['SELECT 1', 'SELECT 1', true],
    ['SELECT 1;  -- end\n;', 'SELECT 1', true],
    ["SELECT ';' -- ;\n", "SELECT ';' -- ;\n", true],
    ['SELECT 1; DELETE FROM t', 'SELECT 1', false],
  ])('firstStatement(%s)', (sql, text, isAlone) => {
    expect(firstStatement(sql)).toEqual({ text, isAlone });
  });
});
