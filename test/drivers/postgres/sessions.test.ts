/** Connections: how they are set up, how they fail, how they end. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase, openClient, type TestDatabase } from '../../support/databases.ts';
import { bothVersions, openSession } from './open-database.ts';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error as SluiceError,
  );

const changed = (database: TestDatabase, settings: Partial<TestDatabase['settings']>): TestDatabase => ({
  ...database,
  settings: { ...database.settings, ...settings },
});

const activity = `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sluice:stream_test'
  AND datname = current_database()`;

/** Polls the server's own view, for up to two seconds. */
async function waitFor(database: TestDatabase, sql: string, wanted: string): Promise<void> {
  const ends = performance.now() + 2000;
  let seen: string | null | undefined;
  do {
    seen = (await database.rows(sql))[0]?.[0];
  } while (seen !== wanted && performance.now() < ends);
  expect(seen).toBe(wanted);
}

describeEachServer('a session', bothVersions, (server) => {
  test('a name that another transaction takes at the same moment is a conflict that passes, not one of the rows', async () => {
    await using database = await createDatabase(server);
    await using target = await openSession(database, 'target');
    await using other = await openClient(server, database.settings.database);
    await other.execute('BEGIN; CREATE TABLE taken (id int)');
    const making = failure(target.execute('CREATE TABLE taken (id int)'));
    await waitFor(database, `${activity} AND wait_event_type = 'Lock'`, '1');
    await other.execute('COMMIT');
    expect(await making).toMatchObject({ code: 'deadlock' });
    await target.execute('CREATE TABLE rows (id int PRIMARY KEY); INSERT INTO rows VALUES (1)');
    expect(await failure(target.execute('INSERT INTO rows VALUES (1)'))).toMatchObject({ code: 'constraint_failed' });
  });

  test('has the settings that row text relies on, whatever role and database say', async () => {
    await using database = await createDatabase(server);
    await database.execute(`ALTER DATABASE ${database.name} SET DateStyle = 'SQL, DMY'; ALTER DATABASE ${database.name} SET TimeZone = 'Asia/Tokyo';
      ALTER DATABASE ${database.name} SET statement_timeout = 5000; ALTER DATABASE ${database.name} SET bytea_output = 'escape';
      ALTER DATABASE ${database.name} SET search_path = 'nowhere'; ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    await using source = await openSession(database, 'source');
    const show = async (name: string) => (await source.query(`SELECT current_setting('${name}')`))[0]![0];
    expect(await show('DateStyle')).toBe('ISO, DMY');
    expect(await show('TimeZone')).toBe('UTC');
    expect(await show('statement_timeout')).toBe('0');
    expect(await show('bytea_output')).toBe('hex');
    expect(await show('search_path')).toBe('public');
    expect(await show('application_name')).toBe('sluice:stream_test');
    expect(await show('transaction_isolation')).toBe('repeatable read');
    await using target = await openSession(database, 'target');
    await target.execute('CREATE TABLE t (a integer)');
    expect(await target.query('SELECT 1, NULL, true')).toEqual([['1', null, 't']]);
  });

  test('of a source writes nothing', async () => {
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (a integer)');
    await using source = await openSession(database, 'source');
    expect(await failure(source.query('INSERT INTO t VALUES (1)'))).toMatchObject({ code: 'permission_denied' });
    expect(await failure(source.query('CREATE TABLE u ()'))).toMatchObject({ code: 'permission_denied' });
  });

  test('knows the server and the database', async () => {
    await using database = await createDatabase(server);
    await using other = await createDatabase(server);
    await using first = await openSession(database, 'source');
    await using second = await openSession(changed(database, { host: 'localhost' }), 'target');
    await using third = await openSession(other, 'target');
    expect(first.server.identity).toBe(second.server.identity);
    expect(first.server.identity).not.toBe(third.server.identity);
    const [major, minor] = first.server.version.split(/[. ]/).map(Number);
    expect(first.server.versionNumber).toBe(major! * 10_000 + minor! * 100);
  });

  test('names what is wrong when it cannot be opened', async () => {
    await using database = await createDatabase(server);
    const open = (settings: Partial<TestDatabase['settings']>) =>
      failure(openSession(changed(database, settings), 'source'));
    const wrong = await open({ password: 'not it' });
    expect(wrong).toMatchObject({ code: 'authentication_failed' });
    expect(String(wrong)).toContain(`127.0.0.1:${server.port}`);
    expect(String(wrong)).toContain('"sluice"');
    expect(String(wrong)).not.toContain('not it');
    expect(await open({ password: null })).toMatchObject({ code: 'authentication_failed' });
    expect(await open({ username: 'nobody_here' })).toMatchObject({ code: 'authentication_failed' });
    expect(await open({ database: 'no_such_database' })).toMatchObject({ code: 'database_missing' });
    expect(await open({ port: 1 })).toMatchObject({ code: 'connection_refused' });
    expect(await open({ host: 'localhost', port: 1 })).toMatchObject({ code: 'connection_refused' });
    expect(await open({ host: 'no-such-host.invalid' })).toMatchObject({ code: 'host_unknown' });
    expect(await open({ socket: '/no/such/folder' })).toMatchObject({ code: 'connection_refused' });
    expect(await open({ ssl: { mode: 'require' } })).toMatchObject({ code: 'tls_failed' });
  });

  test('names a missing table, a missing column, a lacking privilege', async () => {
    await using database = await createDatabase(server);
    await using target = await openSession(database, 'target');
    expect(await failure(target.query('SELECT * FROM nothing'))).toMatchObject({ code: 'table_missing' });
    expect(await failure(target.query('SELECT nothing FROM pg_class'))).toMatchObject({ code: 'column_missing' });
    expect(await failure(target.execute('CREATE TABLE nowhere.t ()'))).toMatchObject({ code: 'table_missing' });
    const role = `${database.name}_reader`;
    await database.execute(`CREATE TABLE t (a integer PRIMARY KEY); CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    try {
      await using reader = await openSession(changed(database, { username: role }), 'source');
      expect(await failure(reader.query('SELECT * FROM t'))).toMatchObject({ code: 'permission_denied' });
      expect(reader.server.identity).toBe(target.server.identity);
    } finally {
      await database.execute(`DROP ROLE ${role}`);
    }
    await target.execute('INSERT INTO t VALUES (1)');
    expect(await failure(target.execute('INSERT INTO t VALUES (1)'))).toMatchObject({ code: 'constraint_failed' });
  });

  test('runs several statements at once, each on a connection of its own', async () => {
    await using database = await createDatabase(server);
    await using target = await openSession(database, 'target');
    // Both have to be at work for either to go on.
    const wait = (mine: number, other: number) => `DO $$ BEGIN PERFORM pg_advisory_lock(${mine});
      WHILE pg_try_advisory_lock_shared(${other}) LOOP PERFORM pg_advisory_unlock_shared(${other}); END LOOP; END $$`;
    await Promise.all([target.execute(wait(1, 2)), target.execute(wait(2, 1))]);
    expect(await database.rows(activity)).toEqual([['2']]);
  });

  test('leaves nothing behind when it is cancelled', async () => {
    await using database = await createDatabase(server);
    const controller = new AbortController();
    const source = await openSession(database, 'source', { signal: controller.signal });
    const snapshot = await source.openSnapshot(2, []);
    const sleeping = failure(source.query('SELECT pg_sleep(60)'));
    await waitFor(database, `${activity} AND state = 'active'`, '1');
    controller.abort();
    expect(await sleeping).toBeInstanceOf(SluiceError);
    await waitFor(database, activity, '0');
    await snapshot[Symbol.asyncDispose]();
    expect(await failure(source.query('SELECT 1'))).toMatchObject({ code: 'cancelled' });
  });

  test('leaves nothing behind when it is disposed', async () => {
    await using database = await createDatabase(server);
    {
      await using target = await openSession(database, 'target');
      await using writer = await target.openWriter();
      await writer.begin();
      await target.openSnapshot(3, []);
      expect(await database.rows(activity)).toEqual([['5']]);
    }
    await waitFor(database, activity, '0');
  });

  test('says that the server is gone, and opens a new connection for the next statement', async () => {
    await using database = await createDatabase(server);
    await using target = await openSession(database, 'target');
    const sleeping = failure(target.query('SELECT pg_sleep(60)'));
    await waitFor(database, `${activity} AND state = 'active'`, '1');
    await database.execute(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'sluice:stream_test' AND datname = current_database()`);
    expect(await sleeping).toMatchObject({ code: 'server_lost' });
    expect(await target.query('SELECT 1')).toEqual([['1']]);
  });
});

test('a server that never answers is given up when the signal aborts', async () => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as { port: number };
  const controller = new AbortController();
  mute.once('connection', (socket) => {
    socket.on('error', () => undefined);
    controller.abort();
  });
  const settings = { kind: 'postgresql', host: '127.0.0.1', port, socket: null, username: 'u', password: 'p' } as const;
  const database = { settings: { ...settings, database: 'd', schema: null, ssl: null } } as unknown as TestDatabase;
  const opening = openSession(database, 'source', { signal: controller.signal });
  expect(await failure(opening)).toMatchObject({ code: 'cancelled' });
  mute.close();
});
