/** What a snapshot of MySQL says of its moment: equal text must mean equal rows. */
import { expect, test } from 'vitest';
import { createDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { startOwnServer } from '../../support/servers/own-server.ts';
import { openSession } from './open-database.ts';

describeEachServer('the position of a snapshot', ['mysql'], (_, name) => {
  test('moves with transactions that have no GTID, on a server that has given some before', async () => {
    await using server = await startOwnServer(name, { durable: false });
    await using database = await createDatabase(server.address);
    await database.execute('CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1)');
    const position = async () => {
      await using session = await openSession(database, 'source');
      await using snapshot = await session.openSnapshot(2, []);
      return snapshot.position;
    };
    const first = await position();
    expect(first).toMatch(/^[0-9a-f-]{36}:/);
    expect(await position()).toBe(first);
    await database.execute('SET GLOBAL gtid_mode = ON_PERMISSIVE; SET GLOBAL gtid_mode = OFF_PERMISSIVE');
    const without = await position();
    await database.execute('INSERT INTO item VALUES (2)');
    expect(await position()).not.toBe(without);
  }, 60_000);
});
