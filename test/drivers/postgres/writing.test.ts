/** Transactions of a writer: what is taken back, what is named, what stays. */
import { expect, test } from 'vitest';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import { RowsRefused } from '../../../src/main/engine/driver/rows-refused.ts';
import type { Writer } from '../../../src/main/engine/driver/driver.ts';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { bothVersions, describeTable, openSession, planOf, toRowText } from './open-database.ts';

const held = (...rows: (string | null)[][]) => ({ kind: 'held', bytes: toRowText(rows), rows: rows.length }) as const;

interface Loading extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly plan: TablePlan;
  readonly writer: Writer;
}

describeEachServer('a writer', bothVersions, (server) => {
  async function open(sql: string, table = 't'): Promise<Loading> {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await createDatabase(server));
    await database.execute(sql);
    const session = stack.use(await openSession(database, 'target'));
    const plan = planOf(await describeTable(session, table));
    const writer = stack.use(await session.openWriter());
    const owned = stack.move();
    return { database, plan, writer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  }
  const refusal = (loading: Promise<void>) =>
    loading.then(
      () => 'taken',
      (error: unknown) => error as RowsRefused,
    );

  test('takes back a refused unit alone, and names column and reason', async () => {
    await using loading = await open('CREATE TABLE t (id integer PRIMARY KEY, price numeric(5,2) NOT NULL, c char(3))');
    const { database, plan, writer } = loading;
    await writer.begin();
    await writer.load(plan, held(['1', '1.5', 'abc']));
    const refused = await refusal(writer.load(plan, held(['2', '2', null], ['3', 'many', null])));
    expect(refused).toBeInstanceOf(RowsRefused);
    expect(refused).toMatchObject({ code: '22P02', column: 'price' });
    expect(await refusal(writer.load(plan, held(['1', '1', null])))).toMatchObject({ code: '23505', column: null });
    expect(await refusal(writer.loadStrict(plan, held(['4', null, null])))).toMatchObject({
      code: '23502',
      column: 'price',
    });
    expect(await refusal(writer.load(plan, held(['4', '10000', null])))).toMatchObject({ code: '22003' });
    expect(await refusal(writer.load(plan, held(['4', '1', 'abcd'])))).toMatchObject({ code: '22001', column: 'c' });
    expect(await refusal(writer.load(plan, held(['4', '1', 'a\0'])))).toMatchObject({ code: '22021' });
    await writer.load(plan, held(['5', '5', null]));
    await writer.load(plan, held(['6', '6', null]));
    await writer.execute('UPDATE t SET c = id');
    await writer.commit();
    expect(await database.rows('SELECT id, price, c FROM t ORDER BY id')).toEqual([
      ['1', '1.50', '1  '],
      ['5', '5.00', '5  '],
      ['6', '6.00', '6  '],
    ]);
  });

  test('rolls everything back', async () => {
    await using loading = await open('CREATE TABLE t (id integer)');
    const { database, plan, writer } = loading;
    await writer.begin();
    await writer.load(plan, held(['1']));
    await writer.rollback();
    await writer.begin();
    await writer.load(plan, held(['2']));
    await writer.commit();
    expect(await database.rows('SELECT id FROM t')).toEqual([['2']]);
  });

  test('is told when a trigger leaves rows out, and takes the unit back', async () => {
    await using loading = await open(`CREATE TABLE t (id integer);
      CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$;
      CREATE TRIGGER skip BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION skip()`);
    const { database, plan, writer } = loading;
    await writer.begin();
    expect(await refusal(writer.load(plan, held(['1'], ['2'])))).toMatchObject({ code: 'trigger' });
    await writer.load(plan, held(['1']));
    await writer.commit();
    expect(await database.rows('SELECT id FROM t')).toEqual([['1']]);
  });

  test('loads numbers into identity columns that are always generated', async () => {
    await using loading = await open('CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY, v text)');
    const { database, plan, writer } = loading;
    await writer.begin();
    await writer.load(plan, held(['7', 'x']));
    await writer.commit();
    expect(await database.rows('SELECT id FROM t')).toEqual([['7']]);
  });

  test('a source of bytes that fails takes its unit with it, under its own error', async () => {
    await using loading = await open('CREATE TABLE t (id integer, v text)');
    const { database, plan, writer } = loading;
    async function* broken() {
      yield Buffer.from('1\tabc');
      await Promise.resolve();
      throw new SluiceError('server_lost', 'The source is gone.');
    }
    await writer.begin();
    await writer.load(plan, held(['1', 'a']));
    await expect(writer.load(plan, { kind: 'streamed', bytes: broken(), rows: 1 })).rejects.toMatchObject({
      code: 'server_lost',
      message: 'The source is gone.',
    });
    await writer.load(plan, held(['2', 'b']));
    await writer.commit();
    expect(await database.rows('SELECT id FROM t ORDER BY id')).toEqual([['1'], ['2']]);
  });

  test('a refusal ends a streamed unit whose source has more to give', async () => {
    await using loading = await open('CREATE TABLE t (id integer, v text)');
    const { plan, writer } = loading;
    let given = 0;
    let closed = false;
    async function* endless() {
      try {
        yield Buffer.from('no number\t');
        for (;;) {
          given++;
          yield await Promise.resolve(Buffer.alloc(1024 * 1024, 'x'));
          if (given === 20) yield Buffer.from('\n');
        }
      } finally {
        closed = true;
      }
    }
    await writer.begin();
    expect(await refusal(writer.load(plan, { kind: 'streamed', bytes: endless(), rows: 1 }))).toMatchObject({
      code: '22P02',
      column: 'id',
    });
    expect(closed).toBe(true);
    await writer.load(plan, held(['1', 'x']));
    await writer.commit();
  });

  test('a lost server is not a refusal', async () => {
    await using loading = await open(`CREATE TABLE t (id integer);
      CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
      CREATE TRIGGER leave BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION leave()`);
    const { plan, writer } = loading;
    await writer.begin();
    await expect(writer.load(plan, held(['1']))).rejects.toMatchObject({ name: 'SluiceError', code: 'server_lost' });
  });

  test('loads more than any buffer holds', async () => {
    await using loading = await open('CREATE TABLE t (id integer, v text)');
    const { database, plan, writer } = loading;
    const rows = Array.from({ length: 20_000 }, (_, id) => [String(id), 'v'.repeat(500)]);
    await writer.begin();
    await writer.load(plan, held(...rows));
    await writer.commit();
    expect(await database.rows('SELECT count(*), sum(length(v)) FROM t')).toEqual([['20000', '10000000']]);
  });
});
