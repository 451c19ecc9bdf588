import { describe, expect, it } from 'vitest';
import { planConvert } from '../../../src/main/engine/copy/convert.ts';
import { describePlan } from '../../../src/main/engine/copy/describe-plan.ts';
import { repairConvert } from '../../../src/main/engine/verify/repair-convert.ts';
import { verifyConvert } from '../../../src/main/engine/verify/verify-convert.ts';
import { convert, convertRequest } from '../../support/convert.ts';
import { createDatabase } from '../../support/databases.ts';
import { describeServers } from '../../support/needs.ts';

const shop = `
  CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(50) NOT NULL);
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id), total decimal(10,2));
  INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bob');
  INSERT INTO orders VALUES (1, 1, 9.90), (2, 2, 1), (3, NULL, 0);`;

describeServers('a copy', ['postgres18', 'mariadb'], ({ postgres18, mariadb }) => {
  it('carries rows, keys and foreign keys, and leaves nothing of its own behind', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    const { result } = await convert(source.settings, target.settings);
    expect(result).toMatchObject({ status: 'FINISHED', reason: null, rows: 5, failed: 0, guarantee: 'snapshot' });
    expect(await target.rows('SELECT id, customer_id, total FROM orders ORDER BY id')).toEqual([
      ['1', '1', '9.90'],
      ['2', '2', '1.00'],
      ['3', null, '0.00'],
    ]);
    expect(await target.rows('SHOW TABLES')).toEqual([['customers'], ['orders']]);
    await expect(target.execute('INSERT INTO orders VALUES (4, 99, 1)')).rejects.toThrow('foreign key');
  });

  it('plans without writing anything', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    const plan = await planConvert(convertRequest(source.settings, target.settings));
    expect(plan.tables.map((table) => table.plan.label)).toEqual(['customers', 'orders']);
    const { tables } = await describePlan(plan, 'mariadb');
    expect(tables.flatMap(({ ddl }) => ddl).join('\n')).toMatch(/CREATE TABLE `customers`[^]*FOREIGN KEY/);
    expect(await target.rows('SHOW TABLES')).toEqual([]);
  });

  it('refuses a target with rows until told what to do with them', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    await convert(source.settings, target.settings, { tables: [{ name: 'customers' }] });
    const again = (options: object) =>
      convert(source.settings, target.settings, { tables: [{ name: 'customers' }], ...options });
    await expect(again({})).rejects.toMatchObject({ code: 'target_not_empty' });
    await target.execute("INSERT INTO customers VALUES (3, 'Cem')");
    await again({ truncateTarget: true });
    expect(await target.rows('SELECT id FROM customers ORDER BY id')).toEqual([['1'], ['2']]);
    await target.execute("DELETE FROM customers; INSERT INTO customers VALUES (3, 'Cem')");
    await again({ onExisting: 'append' });
    expect(await target.rows('SELECT id FROM customers ORDER BY id')).toEqual([['1'], ['2'], ['3']]);
    await again({ onExisting: 'drop' });
    expect(await target.rows('SELECT id FROM customers ORDER BY id')).toEqual([['1'], ['2']]);
  });

  it('is over where an earlier run has told so, its ledger is gone and its tables are there', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    await convert(source.settings, target.settings);
    await expect(convert(source.settings, target.settings)).rejects.toMatchObject({ code: 'target_not_empty' });
    const { result } = await convert(source.settings, target.settings, {}, { wasComplete: true });
    expect(result).toMatchObject({ status: 'FINISHED', rows: 0 });
    expect(await target.rows('SELECT count(*) FROM orders')).toEqual([['3']]);
    // Unless somebody has dropped what was copied.
    await target.execute('DROP TABLE orders; DELETE FROM customers');
    const { result: again } = await convert(source.settings, target.settings, {}, { wasComplete: true });
    expect(again.rows).toBeGreaterThan(3);
    expect(await target.rows('SELECT count(*) FROM orders')).toEqual([['3']]);
  });

  it('fills tables whose foreign keys are in force after those that they refer to', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    await convert(source.settings, target.settings);
    // Orders first by size, and by name reversed: only the order of keys lets this pass.
    await source.execute('INSERT INTO orders SELECT i, 1, 1 FROM generate_series(10, 3000) n(i); ANALYZE');
    const { result } = await convert(source.settings, target.settings, {
      truncateTarget: true,
      createStructure: false,
    });
    expect(result.rows).toBe(2996);
    await convert(source.settings, target.settings, { onExisting: 'drop' });
    expect(await target.rows('SELECT count(*) FROM orders')).toEqual([['2994']]);
  });

  it('refuses a target of another shape and says how it differs', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    await target.execute('CREATE TABLE customers (id bigint PRIMARY KEY, code int NOT NULL)');
    await expect(convert(source.settings, target.settings)).rejects.toMatchObject({
      code: 'target_differs',
      message: expect.stringMatching(/no column "name".*"code" is NOT NULL without a default/),
    });
    expect(await target.rows('SHOW TABLES')).toEqual([['customers']]);
  });

  it('refuses to copy a table onto itself, however the server is called', async () => {
    await using source = await createDatabase(postgres18);
    await source.execute(shop);
    const other = { ...source.settings, host: 'localhost' };
    await expect(convert(source.settings, other)).rejects.toMatchObject({ code: 'same_database' });
    expect(await source.rows('SELECT count(*) FROM orders')).toEqual([['3']]);
  });

  it('names the refused row, column and reason, and keeps the rest out', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(`CREATE TABLE things (id int PRIMARY KEY, born date);
      INSERT INTO things SELECT i, '2020-01-01' FROM generate_series(1, 1000) AS n(i);
      UPDATE things SET born = 'infinity' WHERE id IN (7, 500)`);
    const run = convert(source.settings, target.settings);
    await expect(run).rejects.toMatchObject({ code: 'rows_refused', message: expect.stringContaining('id = 7') });
    expect(await target.rows('SELECT count(*) FROM things')).toEqual([['0']]);
    const { result, events } = await convert(source.settings, target.settings, { onRowError: 'skip' });
    expect(result).toMatchObject({ rows: 998, failed: 2 });
    const refused = events.flatMap((event) => (event.type === 'row-error' ? [event.error.values[0]] : []));
    expect(refused).toEqual(['7', '500']);
  });

  it('ends when more rows are refused than allowed', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(`CREATE TABLE things (id int PRIMARY KEY, born date);
      INSERT INTO things SELECT i, 'infinity' FROM generate_series(1, 10) AS n(i)`);
    const run = convert(source.settings, target.settings, { onRowError: 'skip', maxRowErrors: 4 });
    await expect(run).rejects.toMatchObject({ code: 'too_many_row_errors' });
  });

  it('stops at the number of rows that a limit names', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    const { result } = await convert(source.settings, target.settings, { limits: { numberOfEvents: 4 } });
    expect(result).toMatchObject({ status: 'FINISHED', reason: 'limit', rows: 4 });
  });

  it('filters, renames, drops and casts columns as the config says', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    await convert(source.settings, target.settings, {
      tables: [
        {
          name: 'orders',
          where: 'total > 0',
          targetName: 'sales',
          columnOptions: { customer_id: { drop: true }, total: { targetName: 'amount', targetType: 'decimal(20,4)' } },
        },
        {
          name: 'report',
          query:
            'SELECT name, count(*) AS orders FROM customers JOIN orders ON customer_id = customers.id GROUP BY name',
        },
      ],
    });
    expect(await target.rows('SELECT * FROM sales ORDER BY id')).toEqual([
      ['1', '9.9000'],
      ['2', '1.0000'],
    ]);
    expect(await target.rows('SELECT * FROM report ORDER BY name')).toEqual([
      ['Ann', '1'],
      ['Bob', '1'],
    ]);
  });

  it.each([
    'DELETE FROM orders RETURNING id',
    'SELECT 1; SELECT 2',
    'WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone',
    'SELEC 1',
  ])('refuses the query %s and runs nothing of it', async (query) => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(shop);
    const run = convert(source.settings, target.settings, { tables: [{ name: 'report', query }] });
    await expect(run).rejects.toMatchObject({ code: 'query_invalid' });
    expect(await source.rows('SELECT count(*) FROM orders')).toEqual([['3']]);
  });

  it('finds each changed, missing and extra row afterwards', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(mariadb);
    await source.execute(`CREATE TABLE things (id int PRIMARY KEY, name text, weight float8);
      INSERT INTO things SELECT i, 'thing ' || i, i / 7.0 FROM generate_series(1, 20000) AS n(i)`);
    await convert(source.settings, target.settings);
    const request = convertRequest(source.settings, target.settings);
    expect(await verifyConvert(request)).toMatchObject([{ name: 'things', equal: true, differences: [] }]);
    await target.execute(`UPDATE things SET name = 'Thing 7' WHERE id = 7; DELETE FROM things WHERE id = 19999;
      INSERT INTO things VALUES (30000, 'new', 0)`);
    const [comparison] = await verifyConvert(request);
    expect(comparison).toMatchObject({ equal: false, hasMore: false });
    const found = comparison!.differences.map(({ kind, key, cells }) => ({ kind, key, cells }));
    expect(found.toSorted((left, right) => Number(left.key[0]) - Number(right.key[0]))).toEqual([
      { kind: 'changed', key: ['7'], cells: [{ column: 'name', source: 'thing 7', target: 'Thing 7' }] },
      { kind: 'missing', key: ['19999'], cells: [] },
      { kind: 'extra', key: ['30000'], cells: [] },
    ]);
    const [repaired] = await repairConvert(request);
    expect(repaired).toMatchObject({ equal: true, repaired: 3 });
    expect(await target.rows('SELECT id, name FROM things WHERE id IN (7, 19999, 30000) ORDER BY id')).toEqual([
      ['7', 'thing 7'],
      ['19999', 'thing 19999'],
    ]);
    expect(await target.rows('SHOW TABLES')).toEqual([['things']]);
  });
});

describeServers('constraints after the rows', ['postgres18'], ({ postgres18 }) => {
  it('lists the offending keys, keeps the rows, and goes on when they are mended', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(postgres18);
    await source.execute(`CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a_id int);
      INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1), (2, 42);
      ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID;
      UPDATE pg_constraint SET convalidated = true WHERE conname = 'b_a'`);
    const run = convert(source.settings, target.settings);
    await expect(run).rejects.toMatchObject({ code: 'constraint_failed', message: expect.stringContaining('42') });
    expect(await target.rows('SELECT count(*) FROM b')).toEqual([['2']]);
    await target.execute('UPDATE b SET a_id = 1 WHERE id = 2');
    const { result, events } = await convert(source.settings, target.settings);
    expect(result.rows).toBe(3);
    expect(events).toContainEqual({ type: 'log', level: 'info', message: '"b": already copied.' });
    expect(await target.rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")).toEqual([['b_a']]);
    expect(await target.rows("SELECT count(*) FROM pg_class WHERE relname LIKE '\\_sluice%'")).toEqual([['0']]);
  });
});

describe('a copy that cannot start', () => {
  it('names the file that is missing', async () => {
    const run = convert({ kind: 'sqlite', path: '/nowhere/shop.db' }, { kind: 'sqlite', path: '/nowhere/copy.db' });
    await expect(run).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining('/nowhere/shop.db'),
    });
  });
});
