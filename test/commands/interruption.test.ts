/** Ctrl+C and termination of a run that would never end by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { startSluice } from './support/sluice-process.ts';

const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';
/** Rows without end, of a type that no row need be read for. */
const endless = `${numbers} SELECT t.id FROM n, t`;
/** No row, and no end: it holds the only thread of its process. */
const stuck = `${endless} WHERE n.i < 0`;

async function createRun(target: string, query: string) {
  const folder = await createFolder();
  using database = new DatabaseSync(join(folder.path, 'source.db'));
  database.exec(`CREATE TABLE t (id UUID_TEXT); INSERT INTO t VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff')`);
  const body = { source: 'source.db', target, tables: [{ name: 't', query }], reportingIntervals: { target: 0.2 } };
  writeFileSync(join(folder.path, 'run.json'), JSON.stringify(body));
  return folder;
}

describeServers('an interrupted run into PostgreSQL', ['postgres18'], ({ postgres18 }) => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %s, and nothing of it in the server', async (signal, code) => {
    await using database = await createDatabase(postgres18);
    await using folder = await createRun(database.url, endless);
    const run = startSluice(['run', 'run.json'], { folder: folder.path });
    await run.untilSaid(/rows\/s/);
    run.process.kill(signal);
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(code);
    expect(stderr).toBe('Stopping; once more to stop at once.\nInterrupted.\n');
    const left = await database.rows(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice:%'`,
    );
    expect(left).toEqual([]);
  });

  test('with --json the last event says so', async () => {
    await using database = await createDatabase(postgres18);
    await using folder = await createRun(database.url, endless);
    const run = startSluice(['run', 'run.json', '--json'], { folder: folder.path });
    await run.untilSaid(/"copying"/);
    run.process.kill('SIGINT');
    const { stdout } = await run.ended;
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({
      type: 'end',
      status: 'STOPPED',
      error: { code: 'cancelled' },
    });
  });
});

describe('a run stuck in one statement of SQLite', () => {
  test('ends at once at the second signal', async () => {
    await using folder = await createRun('target.db', stuck);
    const run = startSluice(['run', 'run.json'], { folder: folder.path });
    // Some reports on, nothing has moved.
    await run.untilSaid(/(\[[^\]]+\] (checking|creating|copying|0 rows)[^\n]*\n){8}/);
    // As an impatient person does: what comes right after the first one counts as that.
    const impatience = setInterval(() => run.process.kill('SIGINT'), 100);
    const { exitCode, stderr } = await run.ended;
    clearInterval(impatience);
    expect([exitCode, stderr]).toEqual([130, 'Stopping; once more to stop at once.\n']);
  });
});
