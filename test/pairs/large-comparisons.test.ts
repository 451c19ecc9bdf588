/** Tables that are compared in parts: every difference is found in one pass, and nothing else is. */
import { expect, test } from 'vitest';
import { verifyConvert } from '../../src/main/engine/verify/verify-convert.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { convert, convertRequest } from '../support/convert.ts';
import { runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

/** More than one part takes, though a server may estimate fewer. */
const rows = 260_000;

/** Numbers from 0 on. */
const numbers: Record<DatabaseKind, string> = {
  postgresql: `SELECT n FROM generate_series(0, ${rows - 1}) s (n)`,
  mariadb: `SELECT CAST(seq AS SIGNED) AS n FROM seq_0_to_${rows - 1}`,
  mysql: `WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows - 1}) SELECT n FROM s`,
  sqlite: `WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows - 1}) SELECT n FROM s`,
};
/** With a counter where SQLite is to make it the rowid. */
const keyOf: Record<DatabaseKind, string> = {
  postgresql: 'bigint PRIMARY KEY',
  mariadb: 'bigint AUTO_INCREMENT PRIMARY KEY',
  mysql: 'bigint PRIMARY KEY',
  sqlite: 'INTEGER PRIMARY KEY',
};

/** So that estimates are right. */
const statistics: Record<DatabaseKind, string> = {
  postgresql: 'VACUUM ANALYZE things;',
  mariadb: 'ANALYZE TABLE things;',
  mysql: 'ANALYZE TABLE things;',
  sqlite: '',
};

/** Keys are odd, and begin below zero. */
const fill = (kind: DatabaseKind) => `
  ${kind === 'mysql' ? `SET SESSION cte_max_recursion_depth = ${rows + 1};` : ''}
  CREATE TABLE things (id ${keyOf[kind]}, word varchar(40), amount integer);
  INSERT INTO things SELECT n * 2 - 101, 'a word of this row', n FROM (${numbers[kind]}) AS numbers;
  ${statistics[kind]}`;

const planted = `
  UPDATE things SET amount = amount + 1 WHERE number = 299999;
  DELETE FROM things WHERE number IN (-101, 518999);
  INSERT INTO things VALUES (-7000000000, 'new', 1), (7000000000, 'new', 1), (200000, 'new', 1);`;

const pairsOfTest: readonly (readonly [DatabaseKind, DatabaseKind])[] = [
  ['postgresql', 'mariadb'],
  ['mariadb', 'sqlite'],
  ['sqlite', 'postgresql'],
  ['mysql', 'mysql'],
];

for (const [from, to] of pairsOfTest) {
  describeServers(`a large table of ${from} in ${to}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
    test('is compared in parts, each of them once', async () => {
      await using source = await createScratchDatabase(from);
      await using target = await createScratchDatabase(to);
      await runScript(source.settings, fill(from));
      const options = { tables: [{ name: 'things', columnOptions: { id: { targetName: 'number' } } }] };
      await convert(source.settings, target.settings, options);
      const passes = new Set<string>();
      const read = { source: 0, target: 0 };
      const onEvent = (event: RunEvent) => {
        if (event.type !== 'comparing') return;
        passes.add(event.pass);
        read.source = event.sourceRows;
      };
      const request = convertRequest(source.settings, target.settings, options, { onEvent });
      expect(await verifyConvert(request)).toMatchObject([
        { equal: true, source: { rows }, target: { rows }, differences: [], hasMore: false },
      ]);
      await runScript(target.settings, planted);
      const [found] = await verifyConvert(request);
      expect(found).toMatchObject({ equal: false, source: { rows }, target: { rows: rows + 1 }, hasMore: false });
      expect(found!.differences.map(({ kind, key }) => `${kind} ${key[0]}`).toSorted()).toEqual([
        'changed 299999',
        'extra -7000000000',
        'extra 200000',
        'extra 7000000000',
        'missing -101',
        'missing 518999',
      ]);
      // A second pass over the whole table would have been told.
      expect([...passes]).toEqual(['sum']);
      expect(read.source).toBeLessThanOrEqual(rows);
    }, 120_000);
  });
}
