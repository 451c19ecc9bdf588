/** Copies by users who have exactly what docs/privileges.md says, and no more. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';

const password = 'least-secret';
const page = readFileSync(new URL('../../docs/privileges.md', import.meta.url), 'utf8');

const script = `CREATE TABLE parent (id int PRIMARY KEY, name varchar(20));
  CREATE TABLE child (id int PRIMARY KEY, parent_id int, code varchar(20), FOREIGN KEY (parent_id) REFERENCES parent (id), UNIQUE (code));
  CREATE INDEX by_name ON parent (name);
  INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1, 1, 'x'), (2, 2, 'y');`;

/** Settings of a new user with these privileges in the database, who is gone when disposed. */
async function asUser(database: TestDatabase, grants: readonly string[]) {
  const user = `least_${database.name.slice(-20)}`;
  const isPostgres = database.settings.kind === 'postgresql';
  await database.execute(
    isPostgres ? `CREATE ROLE ${user} LOGIN PASSWORD '${password}'` : `CREATE USER ${user} IDENTIFIED BY '${password}'`,
  );
  for (const grant of grants) await database.execute(`GRANT ${grant} TO ${user}`);
  return {
    settings: { ...database.settings, username: user, password },
    [Symbol.asyncDispose]: () =>
      database.execute(isPostgres ? `DROP OWNED BY ${user}; DROP ROLE ${user}` : `DROP USER ${user}`),
  };
}

/** The column of the page's table for a kind of database. */
function onPage(kind: string, role: 'source' | 'target'): string {
  const line = page.split('\n').find((each) => each.startsWith('| ') && each.split('|')[1]!.includes(kind))!;
  return line.split('|')[role === 'source' ? 2 : 3]!;
}

const wanted = {
  postgresql: { name: 'PostgreSQL', source: 'SELECT', target: 'USAGE, CREATE' },
  mysql: {
    name: 'MySQL',
    source: 'SELECT',
    target: 'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES',
  },
} as const;

describeEachServer('the least privileges', ['postgres18', 'postgres15', 'mariadb', 'mysql'], (server) => {
  test('are enough for a source and a target', async () => {
    const isPostgres = server.kind === 'postgresql';
    const { name, source, target } = wanted[isPostgres ? 'postgresql' : 'mysql'];
    expect(onPage(name, 'source')).toContain(`\`${source}\``);
    expect(onPage(name, 'target')).toContain(`\`${target}\``);
    await using from = await createDatabase(server);
    await from.execute(script);
    await using to = await createDatabase(server);
    if (isPostgres)
      for (const database of [from, to])
        await database.execute(
          `REVOKE ALL ON SCHEMA public FROM PUBLIC; REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC`,
        );
    await using reader = await asUser(
      from,
      isPostgres
        ? [`CONNECT ON DATABASE ${from.name}`, 'USAGE ON SCHEMA public', `${source} ON parent, child`]
        : [`${source} ON ${from.name}.*`],
    );
    await using writer = await asUser(
      to,
      isPostgres ? [`CONNECT ON DATABASE ${to.name}`, `${target} ON SCHEMA public`] : [`${target} ON ${to.name}.*`],
    );
    const { result, findings } = await copyDatabase(reader.settings, writer.settings);
    expect(result.rows).toBe(4);
    expect(findings.filter(({ code }) => code === 'privilege_missing')).toEqual([]);
    await expect(to.execute("INSERT INTO child VALUES (3, 9, 'z')")).rejects.toThrow(/foreign key/i);
  });
});

describeEachServer('a privilege of the least that is missing', ['mariadb', 'mysql'], (server) => {
  const all = wanted.mysql.target.split(', ');
  test.each(all)('%s: is told before anything is made', async (missing) => {
    await using from = await createDatabase(server);
    await from.execute(script);
    await using to = await createDatabase(server);
    await using writer = await asUser(to, [`${all.filter((each) => each !== missing).join(', ')} ON ${to.name}.*`]);
    const findings: unknown[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'finding') findings.push(event.finding);
    };
    // Some keep the run from beginning, others from building indexes and keys when all rows are there.
    const failure = await copyDatabase(from.settings, writer.settings, {}, { onEvent }).then(
      () => null,
      (error: unknown) => SluiceError.from(error),
    );
    const refused = failure?.details['findings'];
    if (Array.isArray(refused)) findings.push(...(refused as unknown[]));
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'privilege_missing',
        statement: expect.stringMatching(new RegExp(`^GRANT ${missing} ON`)),
      }),
    );
  });
});
