/** What a user without any privilege but SELECT gets: all of the structure, and one moment where the server allows it. */
import { expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { bothKinds, openSession } from './open-database.ts';

/** The database as a new user sees it, who is gone when disposed. */
async function asReader(database: TestDatabase) {
  const name = `reader_${database.name.slice(-8)}`;
  await database.execute(`CREATE USER ${name} IDENTIFIED BY 'read'; GRANT SELECT ON ${database.name}.* TO ${name}`);
  return {
    settings: { ...database.settings, username: name, password: 'read' },
    [Symbol.asyncDispose]: () => database.execute(`DROP USER ${name}`),
  };
}

describeEachServer('a source user with SELECT alone', bothKinds, (server) => {
  test('sees foreign keys with their actions', async () => {
    await using database = await createDatabase(server);
    await database.execute(`CREATE TABLE a (id int PRIMARY KEY, part int, UNIQUE (id, part));
      CREATE TABLE b (id int PRIMARY KEY, a int, part int, CONSTRAINT \`odd\`\`name\` FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE,
        CONSTRAINT both_ways FOREIGN KEY (a, part) REFERENCES a (id, part) ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT plain FOREIGN KEY (id) REFERENCES a (id)) COMMENT 'CONSTRAINT \`x\` FOREIGN KEY'`);
    await using reader = await asReader(database);
    const [seen, owned] = await Promise.all(
      [reader, database].map(async (each) => {
        await using session = await openSession(each, 'source');
        const [table] = await session.catalog.describe([{ schema: null, name: 'b' }]);
        return table!.foreignKeys;
      }),
    );
    expect(owned).toHaveLength(3);
    expect(seen).toEqual(owned);
    expect(owned!.find(({ name }) => name === 'odd`name')).toMatchObject({ onDelete: 'cascade' });
  });

  test('gets one moment, with as many readers as its privileges allow', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY)');
    await using reader = await asReader(database);
    const open = async () => {
      await using session = await openSession(reader, 'source');
      await using snapshot = await session.openSnapshot(3, [
        { schema: null, name: 'a' },
        { schema: null, name: 'b' },
      ]);
      return { guarantee: snapshot.guarantee, readers: snapshot.readers.length };
    };
    // MariaDB tells the position of each snapshot, without a lock.
    expect(await open()).toEqual({ guarantee: 'snapshot', readers: server.kind === 'mariadb' ? 3 : 1 });
    await database.execute(`GRANT LOCK TABLES ON ${database.name}.* TO ${reader.settings.username}`);
    expect(await open()).toEqual({ guarantee: 'snapshot', readers: 3 });
    // No lock is left behind.
    await database.execute('INSERT INTO a VALUES (1)');
  });
});
