/** What a person reads when a server cannot be used: the thing, the place and the way out, never the password. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeEachServer, describeServers } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

const password = 'hunter2-not-the-password';

describeEachServer('an unusable server', ['postgres18', 'mariadb', 'mysql'], (server, name) => {
  const { kind, host, port, username } = server;
  const login = `${username}:${server.password}`;
  const place = `${host}:${port}`;
  const common = kind === 'postgresql' ? 'postgres' : 'mysql';

  test.each([
    ['a wrong password', `${kind}://${username}:${password}@${place}/${common}`, 1, [place, username]],
    ['a missing database', `${kind}://${login}@${place}/sluice_no_such`, 1, [place, 'sluice_no_such']],
    ['nothing that listens', `${kind}://${username}:${password}@${host}:1/x`, 1, [`${host}:1`]],
    ['an unknown host', `${kind}://${username}:${password}@no-such-host.invalid/x`, 1, ['no-such-host.invalid']],
  ])(`${name}: %s`, async (_, url, code, mentioned) => {
    await using folder = await createFolder();
    for (const command of ['run', 'plan']) {
      const args = [command, '--source', url, '--target', 'target.db', '--json'];
      const { exitCode, stdout, stderr } = await runSluice(args, { folder: folder.path });
      expect(exitCode).toBe(code);
      for (const text of mentioned) expect(stderr).toContain(text);
      expect(stderr).toMatch(/^Error: [^\n]*[.!?]\n([^\n]*\n)?$/);
      expect(stdout + stderr).not.toContain(password);
      expect(stdout + stderr).not.toContain(`:${server.password}@`);
    }
  });

  test(`${name}: a missing table ends with 2, itself as the target with 4`, async () => {
    await using folder = await createFolder();
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (i INT)');
    const toFile = ['run', '--source', database.url, '--target', 'target.db', '--table', 'nowhere'];
    const missing = await runSluice(toFile, { folder: folder.path });
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain('"nowhere"');
    const toItself = ['run', '--source', database.url, '--target', database.url.replace(host, 'localhost')];
    const refused = await runSluice(toItself);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('one of the source tables');
  });

  test(`${name}: mistakes in the SQL and the names of a run file end it before anything is made`, async () => {
    await using folder = await createFolder();
    await using database = await createDatabase(server);
    await database.execute('CREATE TABLE t (i INT); INSERT INTO t VALUES (1)');
    const mistakes: [object, number, string[]][] = [
      [{ tables: [{ name: 't', where: 'nope = 1' }] }, 2, ['`where` of table "t"', 'nope']],
      [{ tables: [{ name: 't', where: '1 = 1); DELETE FROM t; SELECT (1' }] }, 2, ['`where` of table "t"']],
      [{ tables: [{ name: 'q', query: 'SELECT nope FROM t' }] }, 2, ['Query of "q"', 'nope']],
      [{ tables: [{ name: 'q', query: 'INSERT INTO t VALUES (2)' }] }, 2, ['Query of "q"', 'SELECT']],
      [{ tables: [{ name: 't', columns: ['ii'] }] }, 2, ['Table "t" has no column "ii". Did you mean "i"?']],
    ];
    for (const [more, code, mentioned] of mistakes) {
      const input = JSON.stringify({ source: database.url, target: 'target.db', ...more });
      const { exitCode, stderr } = await runSluice(['run', '-', '--quiet'], { folder: folder.path, input });
      expect(exitCode, JSON.stringify(more)).toBe(code);
      for (const text of mentioned) expect(stderr).toContain(text);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(await database.rows('SELECT count(*) FROM t')).toEqual([['1']]);
    const left = await runSluice(['plan', '--source', 'target.db', '--target', 'x.db'], { folder: folder.path });
    expect(left.stderr).toMatch(/There is no file|no tables/);
  });

  test(`${name}: a type that the target does not know names the table`, async () => {
    await using folder = await createFolder();
    await using database = await createDatabase(server);
    using file = new DatabaseSync(join(folder.path, 'source.db'));
    file.exec('CREATE TABLE t (i INT)');
    const tables = [{ name: 't', targetName: 'made', columnOptions: { i: { targetType: 'no_such_type' } } }];
    const input = JSON.stringify({ source: 'source.db', target: database.url, tables });
    const { exitCode, stderr } = await runSluice(['run', '-', '--quiet'], { folder: folder.path, input });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: Table "made" cannot be created: .*no_such_type/);
  });
});

describeServers('a schema that is not there', ['postgres18'], ({ postgres18 }) => {
  test('is an error, and no table of another schema is copied in its place', async () => {
    await using folder = await createFolder();
    await using database = await createDatabase(postgres18);
    await database.execute('CREATE TABLE t (i INT)');
    const args = ['run', '--source', `${database.url}?schema=pubic`, '--target', 'target.db', '--quiet'];
    const { exitCode, stderr } = await runSluice(args, { folder: folder.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The source has no schema "pubic", which its connection names; it has public.');
  });
});
