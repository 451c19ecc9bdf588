/** Runs that are killed under a writer that never stops, through all pairs: fifty kills and more. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { databaseKinds } from '../../src/shared/model/database-kind.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { openClient, createFolder } from '../support/databases.ts';
import { addWrittenTables, brokenTables, fillSource, urlOf, writes } from '../support/kill-drill.ts';
import { runUnderKills, seededRandom } from '../support/killed-run.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';
import { describeServers } from '../support/needs.ts';

const killsOfPair = 4;
let allKills = 0;
let pairsDone = 0;

/** Writes events from `first` on until it is told to stop; that resolves to the number of the next one. */
async function startWriter(database: ConnectionSettings, first: number): Promise<() => Promise<number>> {
  let isDone = false;
  let next = first;
  const write = async (execute: (sql: string) => Promise<void> | void) => {
    for (; !isDone; next++) {
      await execute(writes(next));
      // The databases have but two processors for writer, copy and themselves.
      await setTimeout(20);
    }
  };
  if (database.kind === 'sqlite') {
    const file = new DatabaseSync(database.path);
    file.exec('PRAGMA journal_mode = wal; PRAGMA busy_timeout = 10000');
    const writing = write((sql) => file.exec(sql));
    return async () => {
      isDone = true;
      await writing;
      file.close();
      return next;
    };
  }
  const client = await openClient({ ...database, password: database.password! }, database.database);
  const writing = write((sql) => client.execute(sql));
  return async () => {
    isDone = true;
    await writing;
    await client[Symbol.asyncDispose]();
    return next;
  };
}

for (const [fromIndex, from] of databaseKinds.entries()) {
  for (const [toIndex, to] of databaseKinds.entries()) {
    describeServers(`kills from ${from} to ${to}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
      test('leave every table as at one moment, with every row once', async () => {
        await using source = await createScratchDatabase(from);
        await fillSource(source.settings);
        await addWrittenTables(source.settings);
        const random = seededRandom(1 + fromIndex * 10 + toIndex);
        let nextEvent = 1;
        // A run may be through before a kill finds it.
        for (let left = killsOfPair; left > 0;) {
          await using folder = await createFolder();
          await using target = await createScratchDatabase(to);
          const body = {
            source: urlOf(source.settings),
            target: urlOf(target.settings),
            parallelism: 2,
            chunkBytes: 65_536,
          };
          const stopWriter = await startWriter(source.settings, nextEvent);
          try {
            const { kills } = await runUnderKills(folder.path, body, { kills: left, random });
            left -= kills;
            allKills += kills;
          } finally {
            nextEvent = await stopWriter();
          }
          expect(await brokenTables(target.settings)).toEqual([]);
          const differences = await compareDatabases(source.settings, target.settings);
          expect(differences.filter((difference) => !difference.startsWith('w_'))).toEqual([]);
        }
        pairsDone++;
      });
    });
  }
}

afterAll(() => {
  console.log(`${allKills} kills in ${pairsDone} pairs`);
  if (pairsDone === databaseKinds.length ** 2) expect(allKills).toBeGreaterThanOrEqual(50);
});
