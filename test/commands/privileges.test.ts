/** Users who lack privileges: a run says so before it changes anything, with the statement that mends it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { describeEachServer, describeServers } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

const password = 'guest-secret';

/** A user of nothing but what `grants` says, and the database's URL for it. Gone when disposed. */
async function createGuest(database: TestDatabase, grants: readonly string[]) {
  const { kind, host, port, name } = { ...database.settings, name: database.name };
  const isPostgres = kind === 'postgresql';
  // MySQL allows 32 characters.
  const user = `guest_${name.slice(-20)}`;
  const account = isPostgres ? `"${user}"` : `'${user}'@'%'`;
  await database.execute(
    isPostgres
      ? `CREATE ROLE ${account} LOGIN PASSWORD '${password}'`
      : `CREATE USER ${account} IDENTIFIED BY '${password}'`,
  );
  for (const grant of grants) await database.execute(`${grant} TO ${account}`);
  return {
    url: `${kind}://${user}:${password}@${host}:${port}/${name}`,
    [Symbol.asyncDispose]: async () => {
      if (isPostgres) await database.execute(`DROP OWNED BY ${account}; DROP ROLE ${account}`);
      else await database.execute(`DROP USER ${account}`);
    },
  };
}

/** The statement that the refusal of a run gives. */
async function refusedStatement(args: readonly string[], folder: string, message: RegExp): Promise<string> {
  const { exitCode, stdout, stderr } = await runSluice(['run', '--quiet', ...args], { folder });
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
  const [sentence, statement, ...rest] = stderr.split('\n');
  expect(sentence).toMatch(message);
  expect(statement).toMatch(/^ {2}GRANT /);
  expect(rest).toEqual(['']);
  return statement!;
}

describeEachServer('a target user without privileges', ['postgres18', 'mariadb', 'mysql'], (server, name) => {
  test(`${name}: is refused, and the statement that it is told is enough`, async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    using file = new DatabaseSync(join(folder.path, 'source.db'));
    file.exec("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO item VALUES (1, 'a')");
    const isPostgres = server.kind === 'postgresql';
    if (isPostgres) await database.execute('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    await using guest = await createGuest(database, isPostgres ? [] : [`GRANT SELECT, INSERT ON ${database.name}.*`]);
    const args = ['--source', 'source.db', '--target', guest.url];
    const message = isPostgres
      ? /^Error: User "guest_\w+" may not create tables in schema "public"\.$/
      : /^Error: User 'guest_\w+'@'%' lacks UPDATE, DELETE, CREATE, DROP on database "\w+": .*\.$/;
    await database.execute(await refusedStatement(args, folder.path, message));
    const { exitCode, stderr } = await runSluice(['run', '--quiet', ...args], { folder: folder.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await database.rows('SELECT id, name FROM item')).toEqual([['1', 'a']]);
  });
});

describeEachServer('a target user with privileges on single tables', ['mariadb', 'mysql'], (server) => {
  test('is told before anything happens what the tables of the run itself want', async () => {
    await using database = await createDatabase(server);
    await using folder = await createFolder();
    using file = new DatabaseSync(join(folder.path, 'source.db'));
    file.exec("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO item VALUES (1, 'a')");
    await database.execute('CREATE TABLE item (id bigint PRIMARY KEY, name text)');
    await using guest = await createGuest(database, [
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.name}.item`,
      `GRANT SELECT, CREATE ON ${database.name}._sluice_positions`,
    ]);
    await writeFile(
      join(folder.path, 'run.json'),
      JSON.stringify({ source: 'source.db', target: guest.url, createStructure: false }),
    );
    const message =
      /^Error: User 'guest_\w+'@'%' lacks SELECT, INSERT, UPDATE, DELETE, CREATE, DROP on _sluice_chunks and _sluice_positions in database /;
    const statement = await refusedStatement(['run.json'], folder.path, message);
    expect(await database.rows('SHOW TABLES')).toEqual([['item']]);
    await database.execute(statement);
    const { exitCode, stderr } = await runSluice(['run', '--quiet', 'run.json'], { folder: folder.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await database.rows('SELECT id, name FROM item')).toEqual([['1', 'a']]);
    expect(await database.rows('SHOW TABLES')).toEqual([['item']]);
  });
});

describeServers('a source table that the user may not read', ['postgres18'], ({ postgres18 }) => {
  test('refuses the run if it is to be copied, before anything is made', async () => {
    await using database = await createDatabase(postgres18);
    await using folder = await createFolder();
    await database.execute(`CREATE TABLE item (id int PRIMARY KEY); CREATE TABLE "Hidden" (id int PRIMARY KEY, open int);
      CREATE SCHEMA away; CREATE TABLE away.far (id int PRIMARY KEY)`);
    await using guest = await createGuest(database, ['GRANT SELECT ON item']);
    const args = (...tables: string[]) => ['--source', guest.url, '--target', 'target.db', '--table', ...tables];
    for (const [table, statement] of [
      ['Hidden', 'GRANT SELECT ON "public"."Hidden"'],
      ['away.far', 'GRANT USAGE ON SCHEMA "away" TO "guest_\\w+"; GRANT SELECT ON "away"."far"'],
    ] as const) {
      const message = new RegExp(`^Error: User "guest_\\w+" may not read table "${table}"\\.$`);
      const told = await refusedStatement(args('item', table), folder.path, message);
      expect(told).toMatch(new RegExp(`^ {2}${statement} TO "guest_\\w+"$`));
      await database.execute(told);
    }
    const left = await runSluice(['run', '--quiet', ...args('item', 'Hidden', 'away.far')], { folder: folder.path });
    expect(left).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test("and one that is left alone is nobody's business", async () => {
    await using database = await createDatabase(postgres18);
    await using folder = await createFolder();
    await database.execute(
      'CREATE TABLE item (id int PRIMARY KEY); CREATE TABLE hidden (id int PRIMARY KEY, open int)',
    );
    await using guest = await createGuest(database, ['GRANT SELECT ON item', 'GRANT SELECT (open) ON hidden']);
    const run = async (tables: object[]) => {
      const input = JSON.stringify({ source: guest.url, target: 'target.db', onExisting: 'drop', tables });
      const { exitCode, stderr } = await runSluice(['run', '-', '--quiet', '--yes'], { folder: folder.path, input });
      return { exitCode, stderr };
    };
    const done = { exitCode: 0, stderr: '' };
    expect(await run([{ name: 'item' }])).toEqual(done);
    expect(await run([{ name: 'hidden', columns: ['open'] }])).toEqual(done);
    await database.execute('CREATE TABLE closed (id int)');
    // A name for a query is no table.
    expect(await run([{ name: 'closed', query: 'SELECT id FROM item' }])).toEqual(done);
  });
});
