import { expect, test } from 'vitest';
import type { Finding } from '../../../src/shared/model/finding.ts';
import { toDoSql } from '../../../src/shared/model/to-do-sql.ts';

const ends = { source: 'mysql', target: 'postgresql' } as const;
const finding = (code: string, message: string, statement?: string): Finding => ({
  severity: 'warning',
  code,
  message,
  ...(statement === undefined ? {} : { statement }),
});

test('nothing to do, no file', () => {
  expect(toDoSql([], ends)).toBeNull();
  expect(toDoSql([finding('zero_dates', 'Column "a" holds 2 zero dates.')], ends)).toBeNull();
  // What refuses a run is not left from one.
  expect(toDoSql([{ ...finding('view_not_copied', 'x'), severity: 'error' }], ends)).toBeNull();
});

test('what others use comes first, and every line is a comment', () => {
  const sql = toDoSql(
    [
      finding(
        'trigger_not_copied',
        'Trigger "t" of table "a" is not carried over.',
        'CREATE TRIGGER t\r\n  SELECT 1;\n*/',
      ),
      finding('view_not_copied', 'View "v" is not carried over.'),
      finding('foreign_key_not_enforced', 'Foreign key "f" of "a" is not created.', 'ALTER TABLE a ADD b'),
    ],
    ends,
  )!;
  expect(sql.split('\n').filter((line) => line !== '' && !line.startsWith('--'))).toEqual([]);
  expect(sql).toMatch(/MySQL to PostgreSQL[^]*1\. Foreign key "f"[^]*2\. View "v"[^]*3\. Trigger "t"/);
  expect(sql).toContain(
    '-- 1. Foreign key "f" of "a" is not created.\n-- To do: Mend the rows that break it, then run it.\n--\n' +
      "-- In the target's SQL (PostgreSQL):\n-- ALTER TABLE a ADD b\n",
  );
  expect(sql).toContain("-- In the source's SQL (MySQL):\n-- CREATE TRIGGER t\n--   SELECT 1;\n-- */\n");
});

test('says whether the text can run as it is', () => {
  const routine = [finding('routine_not_copied', 'Routine "r" is not carried over.', 'CREATE FUNCTION r')];
  expect(toDoSql(routine, ends)).toContain('Write it for PostgreSQL');
  expect(toDoSql(routine, { source: 'mysql', target: 'mariadb' })).toContain('Run it on the target');
  expect(toDoSql(routine, { source: 'mariadb', target: 'sqlite' })).toContain('Write it for SQLite');
});

test('what many things need is said once, with a statement for each', () => {
  const sql = toDoSql(
    ['a', 'b'].map((name) =>
      finding('case_insensitive_text', `Column "${name}" of "t" ignores case.`, `ALTER ${name}\nTYPE citext`),
    ),
    ends,
  )!;
  expect(sql.split('\n\n')[1]).toBe(
    [
      ...[
        '1. Each of 2 columns ignores case.',
        'They are: t (a, b)',
        'To do: Where searches must ignore case, run it.',
      ],
      ...['', "In the target's SQL (PostgreSQL):", 'ALTER a', 'TYPE citext;', 'ALTER b', 'TYPE citext;'],
    ]
      .map((line) => `-- ${line}`.trimEnd() + '\n')
      .join(''),
  );
});
