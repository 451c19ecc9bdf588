/** Streams side by side that write to one database, and share the tables of the ledger there. */
import { expect, test } from 'vitest';
import { Ledger, type Claim } from '../../../src/main/engine/copy/ledger.ts';
import { loadDriver } from '../../../src/main/engine/driver/registry.ts';
import { databaseKinds, databaseTitles } from '../../../src/shared/model/database-kind.ts';
import { describeServers } from '../../support/needs.ts';
import { createScratchDatabase, serversOf } from '../../support/scratch-database.ts';

const rounds = 6;

for (const kind of databaseKinds) {
  describeServers(`the ledger in ${databaseTitles[kind]}`, serversOf(kind), () => {
    test('stays for streams that begin while others end, and goes with the last one', async () => {
      await using database = await createScratchDatabase(kind);
      const driver = await loadDriver(kind);
      const { signal } = new AbortController();
      const connect = (streamId: string) =>
        driver.connect(database.settings, { role: 'target', streamId, signal, createDatabase: true });
      await using first = await connect('first');
      await using second = await connect('second');
      await using third = await connect('third');
      const ledgers = [first, second, third].map(
        (session, index) => new Ledger(session, driver.dialect, `stream_${index}`),
      ) as [Ledger, Ledger, Ledger];
      const claims: Claim[] = [{ target: { schema: null, name: 't' }, ownership: 'created' }];
      const begin = async (ledger: Ledger) => {
        await ledger.open(claims);
        await ledger.recordPosition({ position: 'here', mixedSince: null });
      };
      for (let round = 0; round < rounds; round++) {
        const [ending, ...beginning] = ledgers;
        await begin(ending);
        await Promise.all([ending.close(), ...beginning.map(begin)]);
        expect(await ending.load()).toBeNull();
        for (const ledger of beginning) {
          const left = await ledger.load();
          expect(left).toMatchObject({ position: 'here', tables: { size: 1 } });
        }
        await Promise.all(beginning.map((ledger) => ledger.close()));
      }
      for (const table of ['_sluice_chunks', '_sluice_positions'])
        await expect(first.query(`SELECT 1 FROM ${table}`)).rejects.toMatchObject({ code: 'table_missing' });
    });
  });
}
