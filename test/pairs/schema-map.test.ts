/** The schemas that a config chooses for those of the source. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

const script = `
CREATE SCHEMA sales; CREATE SCHEMA stock;
CREATE TABLE item (id integer PRIMARY KEY);
CREATE TABLE sales.orders (id integer PRIMARY KEY, item_id integer REFERENCES item);
CREATE TABLE stock.item (id integer PRIMARY KEY, order_id integer REFERENCES sales.orders);
CREATE VIEW sales.open AS SELECT o.id, i.id AS item FROM sales.orders o JOIN public.item i ON i.id = o.item_id;
INSERT INTO item VALUES (1); INSERT INTO sales.orders VALUES (10, 1); INSERT INTO stock.item VALUES (100, 10);`;

const options = { schemaMap: { public: 'base', sales: 'shop', stock: 'shop' } };

describeServers('schemaMap from postgresql to postgresql', serversOf('postgresql'), () => {
  test('puts tables, their keys and views where it says', async () => {
    await using origin = await createScratchDatabase('postgresql');
    await using database = await createScratchDatabase('postgresql');
    await runScript(origin.settings, script);
    await copyDatabase(origin.settings, database.settings, options);
    const { rows, errors } = await readRows(database.settings, [
      `SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^pg_|^information' ORDER BY 1`,
      'SELECT id, item FROM shop.open',
    ]);
    expect(errors).toBe('');
    expect(rows).toEqual([['base.item'], ['shop.item'], ['shop.orders'], ['10', '1']]);
    const broken = await readRows(database.settings, ['INSERT INTO shop.item VALUES (101, 11)']);
    expect(broken.errors).toMatch(/violates foreign key/);
  });
});

for (const target of ['mysql', 'sqlite'] as const) {
  describeServers(`schemaMap from postgresql to ${target}`, [...serversOf('postgresql'), ...serversOf(target)], () => {
    test('takes the schema out of names, and tells apart those that are equal then', async () => {
      await using origin = await createScratchDatabase('postgresql');
      await using database = await createScratchDatabase(target);
      await runScript(origin.settings, script);
      const { findings } = await copyDatabase(origin.settings, database.settings, options);
      expect((await readRows(database.settings, ['SELECT id FROM item', 'SELECT id FROM orders'])).rows).toEqual([
        ['1'],
        ['10'],
      ]);
      const renamed = findings.filter(({ code }) => code === 'name_changed').map(({ message }) => message);
      expect(renamed).toEqual([expect.stringMatching(/"item" of "stock.item" is called "item_\w+"/)]);
    });
  });
}
