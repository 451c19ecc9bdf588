/** Constraints that hold in part, or in words that only one database has: in force on the target as far as on the source. */
import { expect, test } from 'vitest';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import type { Finding } from '../../src/shared/model/finding.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

interface Copied extends AsyncDisposable {
  readonly findings: readonly Finding[];
  /** Errors of statements that are run in the target, one after the other; '' where it takes them all. */
  errorsOf(...statements: string[]): Promise<string>;
  rows(sql: string): Promise<string[][]>;
}

async function copied(source: DatabaseKind, target: DatabaseKind, script: string): Promise<Copied> {
  await using origin = await createScratchDatabase(source);
  await runScript(origin.settings, script);
  const database: ScratchDatabase = await createScratchDatabase(target);
  const foreignKeys = target === 'sqlite' ? ['PRAGMA foreign_keys = ON'] : [];
  try {
    const { findings } = await copyDatabase(origin.settings, database.settings);
    return {
      findings,
      errorsOf: async (...statements) => (await readRows(database.settings, [...foreignKeys, ...statements])).errors,
      rows: async (sql) => (await readRows(database.settings, [sql])).rows,
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

function describePairs(
  title: string,
  source: DatabaseKind,
  targets: readonly DatabaseKind[],
  suite: (target: DatabaseKind) => void,
) {
  for (const target of targets)
    describeServers(
      `${title} from ${source} to ${target}`,
      [...new Set([...serversOf(source), ...serversOf(target)])],
      () => suite(target),
    );
}

const told = (findings: readonly Finding[], code: string) => findings.filter((finding) => finding.code === code);

describePairs('checks that are not enforced', 'mysql', ['mysql', 'mariadb', 'postgresql', 'sqlite'], (target) => {
  test('refuse no row', async () => {
    await using copy = await copied(
      'mysql',
      target,
      `CREATE TABLE thing (id int PRIMARY KEY, n int, CONSTRAINT small CHECK (n < 10) NOT ENFORCED, CONSTRAINT some CHECK (n > 0));
       INSERT INTO thing VALUES (1, 50);`,
    );
    expect(await copy.errorsOf('INSERT INTO thing VALUES (2, 60)')).toBe('');
    expect(await copy.errorsOf('INSERT INTO thing VALUES (3, 0)')).not.toBe('');
    const left = told(copy.findings, 'check_dropped').map(({ statement }) => statement);
    expect(left).toEqual(target === 'mysql' ? [] : [expect.stringContaining('10')]);
  });
});

const halfValid = `
CREATE TABLE pair (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE thing (
  id integer PRIMARY KEY, n integer, a integer, b integer, c integer, d integer, slot integer,
  CONSTRAINT whole FOREIGN KEY (a, b) REFERENCES pair MATCH FULL,
  CONSTRAINT half FOREIGN KEY (c, d) REFERENCES pair (a, b) ON DELETE SET NULL (d),
  CONSTRAINT once EXCLUDE USING btree (slot WITH =)
);
INSERT INTO pair VALUES (1, 1), (2, 2);
INSERT INTO thing VALUES (1, 5, 1, 1, 2, 2, 7), (9, 50, NULL, NULL, NULL, NULL, 6);
ALTER TABLE thing ADD CONSTRAINT small CHECK (n < 10) NOT VALID;`;

describePairs(
  'constraints in words of its own',
  'postgresql',
  ['postgresql', 'mysql', 'mariadb', 'sqlite'],
  (target) => {
    test('hold as far as the target has them', async () => {
      await using copy = await copied('postgresql', target, halfValid);
      const isOwn = target === 'postgresql';
      const insert = (values: string) => copy.errorsOf(`INSERT INTO thing VALUES (${values})`);
      expect(await insert('2, 60, NULL, NULL, NULL, NULL, 8')).toEqual(isOwn ? expect.stringMatching(/small/) : '');
      expect(await insert('3, 1, 1, NULL, NULL, NULL, 9')).toEqual(isOwn ? expect.stringMatching(/whole/) : '');
      expect(await insert('4, 1, NULL, NULL, NULL, NULL, 7')).not.toBe('');
      const deleted = await copy.errorsOf('DELETE FROM pair WHERE a = 2');
      // Elsewhere both columns would be set, so that nothing is.
      expect(deleted).toEqual(isOwn ? '' : expect.stringMatching(/foreign key/i));
      if (isOwn) expect(await copy.rows('SELECT c, d IS NULL FROM thing WHERE id = 1')).toEqual([['2', 't']]);
      const codes = new Set(copy.findings.map(({ code }) => code));
      for (const code of ['check_dropped', 'foreign_key_match', 'foreign_key_action'])
        expect(codes.has(code)).toBe(!isOwn);
    });
  },
);

describePairs('foreign keys of unlike columns', 'postgresql', ['mysql', 'mariadb'], (target) => {
  test('get the type that they refer to, or are said not to be made', async () => {
    await using copy = await copied(
      'postgresql',
      target,
      `CREATE TABLE parent (id bigint PRIMARY KEY, code varchar(20) UNIQUE, small integer UNIQUE);
       CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent, code text REFERENCES parent (code),
         small bigint CONSTRAINT wide REFERENCES parent (small));
       INSERT INTO parent VALUES (1, 'x', 1); INSERT INTO child VALUES (1, 1, 'x', 1);`,
    );
    expect(told(copy.findings, 'key_type_changed').map(({ column }) => column)).toEqual(['parent_id']);
    expect(told(copy.findings, 'foreign_key_not_enforced').map(({ message }) => message)).toEqual([
      expect.stringContaining('"wide"'.replaceAll('"', '')),
    ]);
    expect(await copy.errorsOf("INSERT INTO child VALUES (2, 9, 'x', 1)")).toMatch(/foreign key/i);
    expect(await copy.errorsOf("INSERT INTO child VALUES (2, 1, 'y', 1)")).toMatch(/foreign key/i);
    expect(await copy.errorsOf("INSERT INTO child VALUES (2, 1, 'x', 9)")).toBe('');
  });
});

describePairs('foreign keys to columns that are not unique', 'mariadb', ['postgresql', 'sqlite'], (target) => {
  test('are said not to be made; equal enums become one', async () => {
    await using copy = await copied(
      'mariadb',
      target,
      `CREATE TABLE parent (id int PRIMARY KEY, n int, kind enum('a', 'b') UNIQUE, INDEX (n));
       CREATE TABLE child (id int PRIMARY KEY, n int, kind enum('a', 'b'), CONSTRAINT loose FOREIGN KEY (n) REFERENCES parent (n),
         CONSTRAINT labels FOREIGN KEY (kind) REFERENCES parent (kind));
       INSERT INTO parent VALUES (1, 5, 'a'), (2, 5, NULL); INSERT INTO child VALUES (1, 5, 'a');`,
    );
    expect(told(copy.findings, 'foreign_key_not_enforced').map(({ message }) => message)).toEqual([
      expect.stringMatching(/loose.*n of "parent" are not unique there/),
    ]);
    expect(await copy.errorsOf("INSERT INTO child VALUES (2, 99, 'a')")).toBe('');
    expect(await copy.errorsOf("INSERT INTO child VALUES (3, 5, 'b')")).toMatch(/foreign key/i);
  });
});

describePairs('partitions', 'mysql', ['mysql', 'mariadb', 'postgresql'], (target) => {
  test('stay within the family', async () => {
    const isFamily = target !== 'postgresql';
    await using copy = await copied(
      'mysql',
      target,
      `CREATE TABLE measured (id int NOT NULL, at date NOT NULL)
         PARTITION BY RANGE (TO_DAYS(at)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2
         (PARTITION old VALUES LESS THAN (TO_DAYS('2020-01-01')), PARTITION new VALUES LESS THAN MAXVALUE);
       INSERT INTO measured VALUES (1, '2019-01-01'), (2, '2021-01-01');`,
    );
    expect(told(copy.findings, 'partitioned_table')).toHaveLength(isFamily ? 0 : 1);
    if (isFamily) expect(await copy.rows('SELECT id FROM measured PARTITION (old)')).toEqual([['1']]);
  });
});

describePairs('unique keys that ignore case', 'sqlite', ['postgresql', 'mysql', 'mariadb'], (target) => {
  test('are told of where the target does not', async () => {
    await using copy = await copied(
      'sqlite',
      target,
      `CREATE TABLE thing (id INTEGER PRIMARY KEY, name VARCHAR(20) COLLATE NOCASE UNIQUE, code VARCHAR(20));
       CREATE UNIQUE INDEX by_code ON thing (code COLLATE NOCASE);
       INSERT INTO thing VALUES (1, 'Ann', 'X');`,
    );
    const taken = await copy.errorsOf("INSERT INTO thing VALUES (2, 'ANN', 'Y')");
    expect(taken).toEqual(target === 'postgresql' ? '' : expect.stringMatching(/duplicate/i));
    expect(told(copy.findings, 'unique_ignored_case')).toHaveLength(target === 'postgresql' ? 1 : 0);
    expect(await copy.errorsOf("INSERT INTO thing VALUES (3, 'Bob', 'x')")).toBe('');
    expect(told(copy.findings, 'index_changed').map(({ message }) => message)).toEqual([
      expect.stringMatching(/"by_code".*NOCASE/),
    ]);
  });
});

describePairs('unique keys over long texts', 'mariadb', ['mariadb', 'mysql'], (target) => {
  test('stay whole, or are said to be missing', async () => {
    await using copy = await copied(
      'mariadb',
      target,
      `CREATE TABLE thing (id int PRIMARY KEY, doc longtext, UNIQUE KEY whole (doc));
       INSERT INTO thing VALUES (1, concat(repeat('x', 300), 'a')), (2, concat(repeat('x', 300), 'b'));`,
    );
    const again = await copy.errorsOf("INSERT INTO thing VALUES (3, concat(repeat('x', 300), 'a'))");
    expect(again).toEqual(target === 'mysql' ? '' : expect.stringMatching(/duplicate/i));
    expect(told(copy.findings, 'index_dropped')).toHaveLength(target === 'mysql' ? 1 : 0);
  });
});

describePairs('what a table says beside its columns', 'sqlite', ['sqlite', 'postgresql'], (target) => {
  test('is told of', async () => {
    await using copy = await copied(
      'sqlite',
      target,
      `CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE); CREATE TABLE plain (conflict TEXT);
       PRAGMA user_version = 7;`,
    );
    expect(told(copy.findings, 'constraint_not_copied').map(({ table }) => table)).toEqual(['thing']);
    const settings = told(copy.findings, 'setting_not_copied').map(({ statement }) => statement);
    expect(settings).toEqual(target === 'sqlite' ? ['PRAGMA user_version = 7'] : []);
  });
});

describePairs('what a table says beside its columns', 'mysql', ['mysql', 'postgresql'], (target) => {
  test('is told of', async () => {
    await using copy = await copied(
      'mysql',
      target,
      `CREATE TABLE thing (id int PRIMARY KEY, doc text, FULLTEXT KEY words (doc) WITH PARSER ngram) STATS_PERSISTENT=0;
       CREATE TABLE plain (id int PRIMARY KEY) ROW_FORMAT=COMPRESSED;`,
    );
    const settings = told(copy.findings, 'setting_not_copied').map(({ statement }) => statement!);
    expect(settings).toHaveLength(target === 'mysql' ? 2 : 0);
    if (target === 'mysql') expect(await copy.errorsOf(...settings)).toBe('');
  });
});
