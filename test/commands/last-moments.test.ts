/** A run that is killed after its ledger was dropped and before it could say that it is done. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDatabase, createFolder, openClient } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { descendantsOf } from '../support/process-tree.ts';
import { runSluice, startSluice } from './support/sluice-process.ts';

describeServers('a run that is killed in its last moments', ['postgres18'], ({ postgres18 }) => {
  test('is known to be done when it is started again', async () => {
    await using source = await createDatabase(postgres18);
    await using target = await createDatabase(postgres18);
    await using folder = await createFolder();
    await source.execute('CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1), (2), (3)');
    // The rows come when the test lets them.
    const where = 'pg_advisory_xact_lock_shared(20) IS NOT NULL';
    const body = { source: source.url, target: target.url, tables: [{ name: 'item', where }] };
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify(body));
    const command = ['run', 'run.json', '--json', '--data-dir', join(folder.path, 'data')];
    const hasLedger = async () => (await target.rows(`SELECT to_regclass('_sluice_chunks') IS NOT NULL`))[0]![0];

    await using gate = await openClient(postgres18, source.name);
    await gate.execute('SELECT pg_advisory_lock(20)');
    const run = startSluice(command, { folder: folder.path });
    await expect.poll(hasLedger, { timeout: 30_000 }).toBe('t');
    {
      // The ledger cannot be dropped while somebody reads it; the server does so afterwards, though nobody waits for it any more.
      await using reader = await openClient(postgres18, target.name);
      await reader.execute('BEGIN; SELECT count(*) FROM _sluice_chunks');
      await gate.execute('SELECT pg_advisory_unlock(20)');
      await run.untilSaid(/"status":"done"/);
      const dropping = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DROP TABLE%_sluice_chunks%'`;
      await expect.poll(async () => (await target.rows(dropping))[0]![0], { timeout: 30_000 }).toBe('1');
      for (const { pid } of descendantsOf(run.process.pid!)) process.kill(pid, 'SIGKILL');
      run.process.kill('SIGKILL');
      expect((await run.ended).stdout).not.toContain('"type":"end"');
      await reader.execute('COMMIT');
    }
    await expect.poll(hasLedger, { timeout: 30_000 }).toBe('f');

    const again = await runSluice(command, { folder: folder.path });
    expect([again.exitCode, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('An earlier run has copied everything');
    expect(await target.rows('SELECT count(*), count(DISTINCT id) FROM item')).toEqual([['3', '3']]);
    // That was said once: from now on these are tables like others.
    const notes = join(folder.path, 'data', 'complete');
    expect(existsSync(notes) ? readdirSync(notes) : []).toEqual([]);
    const third = await runSluice(command, { folder: folder.path });
    expect(third.stdout).toContain('"code":"target_not_empty"');
  }, 120_000);
});
