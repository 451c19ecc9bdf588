/** Whatever command is interrupted, nothing of it is left at work in a server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDatabase, createFolder, openClient, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import { runSluice, startSluice } from './support/sluice-process.ts';

/** Longer than any test. */
const sleep = { postgresql: 'pg_sleep(600) IS NOT NULL', mysql: 'SLEEP(600) = 0' };
/** Until the connection ends. */
const lock = { postgresql: 'BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE', mysql: 'LOCK TABLES item WRITE' };
const flag = { postgresql: 'smallint', mysql: 'tinyint(1)' };
/** The statements of others in this database. */
const statementsSql = {
  postgresql: `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND application_name LIKE 'sluice:%'`,
  mysql: `SELECT info FROM information_schema.processlist WHERE db = DATABASE() AND info IS NOT NULL
    AND info NOT LIKE '%processlist%'`,
};

type Family = keyof typeof sleep;

async function statements(database: TestDatabase, family: Family, pattern: RegExp): Promise<number> {
  const rows = await database.rows(statementsSql[family]);
  return rows.filter(([query]) => pattern.test(query!)).length;
}

describeEachServer('an interrupted command', ['postgres18', 'mysql', 'mariadb'], (server) => {
  const family: Family = server.kind === 'postgresql' ? 'postgresql' : 'mysql';

  test.each([
    ['run', 'SIGINT', 130, 'sleeps'],
    ['verify', 'SIGTERM', 143, 'sleeps'],
    ['plan', 'SIGTERM', 143, 'waits'],
    ['profile', 'SIGINT', 130, 'waits'],
  ] as const)(
    '%s ends by %s, and its statement in the server too',
    async (command, signal, code, how) => {
      await using database = await createDatabase(server);
      await using folder = await createFolder();
      // A flag or a number: only its rows tell, which a plan reads.
      await database.execute(`CREATE TABLE item (id INT PRIMARY KEY, price FLOAT, flag ${flag[family]});
      INSERT INTO item VALUES (1, 1.5, NULL)`);
      const run = (where?: string) =>
        writeFileSync(
          join(folder.path, 'run.json'),
          JSON.stringify({
            source: database.url,
            target: 'target.db',
            tables: [{ name: 'item', ...(where && { where }) }],
          }),
        );
      run();
      if (command === 'verify')
        expect((await runSluice(['run', 'run.json'], { folder: folder.path })).exitCode).toBe(0);
      await using locker = await openClient(server, database.name);
      if (how === 'waits') await locker.execute(lock[family]);
      else run(sleep[family]);
      const { process, ended } = startSluice([command, 'run.json'], { folder: folder.path });
      // Of a table that is locked, PostgreSQL does not even tell the size.
      const pattern = how === 'waits' ? /item|pg_table_size/ : /sleep\(600\)/i;
      const isAtWork = () => statements(database, family, pattern);
      await expect.poll(isAtWork, { timeout: 60_000, interval: 50 }).toBe(1);
      process.kill(signal);
      const { exitCode, stderr } = await ended;
      expect([exitCode, stderr]).toEqual([code, 'Stopping; once more to stop at once.\nInterrupted.\n']);
      await expect.poll(() => statements(database, family, /./), { timeout: 10_000, interval: 50 }).toBe(0);
    },
    120_000,
  );
});
