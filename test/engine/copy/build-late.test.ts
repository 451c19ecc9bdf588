/** Late statements that are sent together, and what happens when one of them cannot be done. */
import { expect, test } from 'vitest';
import { buildLate } from '../../../src/main/engine/copy/build-late.ts';
import { groupLate, type LateWork } from '../../../src/main/engine/copy/group-late.ts';
import type { Dialect } from '../../../src/main/engine/driver/dialect.ts';
import { mysqlDialect } from '../../../src/main/engine/drivers/mysql/mysql-dialect.ts';
import { postgresDialect } from '../../../src/main/engine/drivers/postgres/postgres-dialect.ts';
import { sqliteDialect } from '../../../src/main/engine/drivers/sqlite/sqlite-dialect.ts';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';

const work = (table: string, name: string, sql = `ALTER TABLE \`${table}\` ADD ${name}`, isSmall = true): LateWork => ({
  label: table,
  table: { schema: null, name: table },
  isSmall,
  statement: { kind: 'index', name, sql, offendersSql: null },
});
const namesOf = (groups: Iterable<readonly LateWork[]>) =>
  [...groups].map((group) => group.map(({ statement }) => statement.name).join(' '));

test.each([
  ['mysql', mysqlDialect('mysql'), ['a b', 'c', 'd', 'e']],
  ['postgresql', postgresDialect, ['a b c', 'd', 'e']],
  ['sqlite', sqliteDialect, ['a', 'b', 'c', 'd', 'e']],
] as const)('what %s does at once', (_, { joinsLate }, expected) => {
  const all = [work('t', 'a'), work('t', 'b'), work('u', 'c'), work('u', 'd', ''), work('v', 'e', 'x', false)];
  expect(namesOf(groupLate(all, joinsLate))).toEqual(expected);
});

test('no transaction is of more than a hundred statements, and none of large tables', () => {
  const small = Array.from({ length: 250 }, (_, number) => work(`t${number}`, 'i'));
  expect([...groupLate(small, postgresDialect.joinsLate)].map(({ length }) => length)).toEqual([100, 100, 50]);
  const large = small.map((each) => ({ ...each, isSmall: false }));
  expect([...groupLate(large, postgresDialect.joinsLate)]).toHaveLength(250);
});

test('statements are drawn when their turn comes', () => {
  const drawn: string[] = [];
  const lazy = function* () {
    for (const table of ['a', 'b', 'c', 'd']) {
      drawn.push(table);
      yield work(table, 'i', 'x', false);
    }
  };
  const groups = groupLate(lazy(), postgresDialect.joinsLate);
  groups.next();
  // The one after tells that the first group is whole.
  expect(drawn).toEqual(['a', 'b']);
});

/** `fails`: whether the server refuses a statement. */
async function build(all: readonly LateWork[], { joinsLate }: Dialect, fails: (sql: string) => boolean) {
  const executed: string[] = [];
  const events: string[] = [];
  const target = {
    execute: async (sql: string) => {
      executed.push(sql);
      if (fails(sql)) throw new SluiceError('database_error', 'no');
    },
    query: async () => [],
    openWriter: () => Promise.reject(new Error('No statement here wants keys unchecked.')),
  };
  const onEvent = (event: RunEvent) => void (event.type === 'build' && events.push(`${event.name} ${event.status}`));
  const failure = await buildLate(target, all, joinsLate, 1, onEvent, new AbortController().signal).then(
    () => null,
    (error: unknown) => SluiceError.from(error),
  );
  return { executed, events, failure };
}

test('indexes of a table of MySQL are one statement', async () => {
  const { executed, events, failure } = await build(
    [work('t', 'a'), work('t', 'b')],
    mysqlDialect('mysql'),
    () => false,
  );
  expect(failure).toBeNull();
  expect(executed).toEqual(['ALTER TABLE `t` ADD a, ADD b']);
  expect(events).toEqual(['a started', 'b started', 'a done', 'b done']);
});

test('what is refused together is tried apart, so that the rest is built and the culprit named', async () => {
  const all = [work('t', 'a'), work('t', 'b'), work('t', 'c')];
  const { executed, events, failure } = await build(all, mysqlDialect('mysql'), (sql) => sql.includes('ADD b'));
  expect(executed.slice(1)).toEqual(all.map(({ statement }) => statement.sql));
  expect(events.slice(3)).toEqual(['a done', 'b failed', 'c done']);
  expect(failure).toMatchObject({ code: 'constraint_failed', details: { table: 't', name: 'b' } });
});
