/** Every source to every target, two streams at a time, each paused and resumed again and again: every row arrives once. */
import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { isEnd, isUnderWay, inspector, processes, startStream } from '../hosts/support/streams.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

afterAll(() => {
  inspector.close();
  processes.killAll();
});

const rowCount = 200_000;
const pauses = 4;

/** What is taken for a small table is copied in one piece, and may be there before a pause is. */
const analyze = 'ANALYZE TABLE item;';

const fillSql: Record<DatabaseKind, string> = {
  postgresql: `INSERT INTO item SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, ${rowCount}) g;`,
  mysql: `SET cte_max_recursion_depth = 1000000; INSERT INTO item WITH RECURSIVE g (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ${rowCount}) SELECT n, RPAD(n, 100, 'x') FROM g; ${analyze}`,
  mariadb: `SET max_recursive_iterations = 1000000; INSERT INTO item WITH RECURSIVE g (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ${rowCount}) SELECT n, RPAD(n, 100, 'x') FROM g; ${analyze}`,
  sqlite: `INSERT INTO item WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ${rowCount})
    SELECT n, substr(n || '${'x'.repeat(100)}', 1, 100) FROM g;`,
};

/** Of all rows in their order, read by the database's own client. */
async function contentOf(settings: ConnectionSettings): Promise<{ rows: number; hash: string }> {
  const { rows, errors } = await readRows(settings, ['SELECT id, name FROM item ORDER BY id']);
  if (errors !== '') throw new Error(errors);
  const hash = createHash('sha256');
  for (const row of rows) hash.update(`${row.join('\t')}\n`);
  return { rows: rows.length, hash: hash.digest('hex') };
}

interface Ends {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
}

/** Pauses the stream whenever rows are on their way, and looks at the target each time. */
async function copyWithPauses(streamId: string, ends: Ends): Promise<void> {
  const assignment = { streamId, ...ends, options: { chunkBytes: 65_536, parallelism: 2 } };
  let paused = 0;
  for (;;) {
    const stream = await startStream(assignment);
    const outcome = await Promise.race([stream.waitFor(isUnderWay), stream.waitFor(isEnd)]);
    if (paused < pauses && !isEnd(outcome)) stream.host.pause({ holdSnapshot: false });
    const end = await stream.waitFor(isEnd);
    expect(await stream.exited).toBeNull();
    if (end.type === 'end' && end.status === 'FINISHED') break;
    expect(end).toMatchObject({ status: 'PAUSED', error: null });
    paused++;
    // What the stream said is there. A unit more may be, whose commit was under way: the target's ledger knows it.
    const { rows } = await contentOf(ends.target);
    expect(end.type === 'end' && end.rows).toBeLessThanOrEqual(rows);
    expect(rows).toBeLessThanOrEqual(rowCount);
  }
  expect(paused).toBeGreaterThan(0);
  expect(await contentOf(ends.target)).toEqual({ ...(await contentOf(ends.source)), rows: rowCount });
}

for (const source of databaseKinds) {
  for (const target of databaseKinds) {
    const servers = [...new Set([...serversOf(source), ...serversOf(target)])];
    describeServers(`from ${databaseTitles[source]} to ${databaseTitles[target]}`, servers, () => {
      test('two streams side by side', async () => {
        await using from = await createScratchDatabase(source);
        await using first = await createScratchDatabase(target);
        await using second = await createScratchDatabase(target);
        const createSql = 'CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL)';
        await runScript(from.settings, `${createSql};\n${fillSql[source]}\n`);
        await Promise.all(
          [first, second].map(({ settings }, index) =>
            copyWithPauses(`stream_${source}_${target}_${index}`, { source: from.settings, target: settings }),
          ),
        );
      });
    });
  }
}
