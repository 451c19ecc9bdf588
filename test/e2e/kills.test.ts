/** The short form of test/long/serve-kills.test.ts. */
import { expect, test } from 'vitest';
import { compareDatabases } from '../support/compare-databases.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { fillItems } from './support/item-stream.ts';
import { killAndResume } from './support/kill-and-resume.ts';

describeServers('Sluice killed while it copies', ['postgres18', 'mariadb', 'psql', 'mariadb-client'], (servers) => {
  test('loses no row and doubles none', { timeout: 120_000 }, async () => {
    await using folder = await createFolder();
    await using source = await createDatabase(servers.postgres18);
    await using target = await createDatabase(servers.mariadb);
    await fillItems(source);
    await killAndResume({
      dataDirectory: folder.path,
      source,
      target: target.settings,
      killAfterBytes: [700_000, 100_000, 500_000],
    });
    // Tables of Sluice's own would be a difference.
    expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
  });
});
