/** Runs that are killed go on when they are started again, and lose and double nothing. The long form of it is in test/long. */
import { expect, test } from 'vitest';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { createFolder } from '../support/databases.ts';
import { readRows } from '../support/database-clients.ts';
import { runUnderKills, seededRandom } from '../support/killed-run.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';
import { fillSource, urlOf } from '../support/kill-drill.ts';
import { describeServers } from '../support/needs.ts';

const pairs: readonly (readonly [DatabaseKind, DatabaseKind])[] = [
  ['sqlite', 'postgresql'],
  ['postgresql', 'mariadb'],
];

for (const [from, to] of pairs) {
  describeServers(`a killed run from ${from} to ${to}`, [...serversOf(from), ...serversOf(to)], () => {
    test('goes on, and ends with everything once', { timeout: 150_000 }, async () => {
      await using folder = await createFolder();
      await using source = await createScratchDatabase(from);
      await using target = await createScratchDatabase(to);
      await fillSource(source.settings);
      const body = {
        source: urlOf(source.settings),
        target: urlOf(target.settings),
        parallelism: 2,
        chunkBytes: 65_536,
      };
      const random = seededRandom(from.length * 100 + to.length);
      const { kills } = await runUnderKills(folder.path, body, { kills: 3, random });
      expect(kills).toBeGreaterThan(0);
      expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
      const keys = await readRows(target.settings, [
        'SELECT count(*) FROM a_parts JOIN a_static ON part_of = a_static.id',
      ]);
      expect(keys.rows).toEqual([['400']]);
    });
  });
}
