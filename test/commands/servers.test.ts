/** What a person reads when a server cannot be used: the thing, the place and the way out, never the password. */
import { expect, test } from 'vitest';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
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
});
