/** `sluice serve` on a data directory whose disk is full: it says so, and what to do, and leaves nothing half-made that is in the way. */
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startServe } from '../support/serve-process.ts';
import { createSmallDisk, describeSmallDisks } from '../support/small-disk.ts';
import { runSluice } from './support/sluice-process.ts';

vi.setConfig({ testTimeout: 90_000 });

const diskBytes = 1024 ** 2;

describeSmallDisks('a full disk at start', () => {
  test.each([
    ['without any room', 0],
    // The lock fits, the journal does not.
    ['with room for a little', 64 * 1024],
  ])('%s', async (_, roomBytes) => {
    await using disk = await createSmallDisk(1);
    const [filler, dataDirectory] = [join(disk.path, 'filler'), join(disk.path, 'data')];
    writeFileSync(filler, Buffer.alloc(diskBytes));
    truncateSync(filler, diskBytes - roomBytes);
    const { exitCode, stdout, stderr } = await runSluice(['serve', '--port', '0', '--data-dir', dataDirectory]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^Error: .*data.* cannot be (used|opened): there is no room left on its disk\.\nCheck its path and permissions, and the free room of its disk\.\n$/,
    );
    rmSync(filler);
    await using serve = await startServe({ dataDirectory });
    expect((await serve.send('GET', '/info')).body['findings']).toEqual([
      // Nothing of files.
      expect.objectContaining({ code: 'no_keychain' }),
    ]);
  });
});
