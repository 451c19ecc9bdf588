/** `sluice finish`: what it needs, and what a server answers. */
import { expect, test } from 'vitest';
import { makeConfig, startControlPlane } from '../support/control-plane.ts';
import { runSluice } from './support/sluice-process.ts';

test('needs a key, an address, and somebody who answers', async () => {
  const withKey = { environment: { SLUICE_API_KEY: 'a-key-of-some-length' } };
  const noKey = await runSluice(['finish', 'stream_x'], { environment: { SLUICE_API_KEY: '' } });
  expect(noKey.exitCode).toBe(2);
  expect(noKey.stderr).toContain('set SLUICE_API_KEY, or use --api-key-file');
  const noFile = await runSluice(['finish', 'stream_x', '--api-key-file', 'nowhere'], withKey);
  expect(noFile.exitCode).toBe(2);
  expect(noFile.stderr).toContain('The key file nowhere cannot be read');
  const noUrl = await runSluice(['finish', 'stream_x', '--server', 'nonsense'], withKey);
  expect(noUrl.exitCode).toBe(2);
  const nobody = await runSluice(['finish', 'stream_x', '--server', 'http://127.0.0.1:1'], withKey);
  expect(nobody.exitCode).toBe(1);
  expect(nobody.stderr).toContain('Nothing answers at http://127.0.0.1:1');
});

test('passes on why a server does not finish a stream', async () => {
  await using plane = await startControlPlane();
  const { config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const server = ['--server', plane.app.url!];
  const environment = { SLUICE_API_KEY: plane.app.apiKey.value };
  const convert = await runSluice(['finish', id, ...server], { environment });
  expect(convert.exitCode).toBe(1);
  expect(convert.stderr).toContain(id);
  const unknown = await runSluice(['finish', 'stream_0000000000000000000000000000', ...server], { environment });
  expect(unknown.exitCode).toBe(2);
  const wrongKey = await runSluice(['finish', id, ...server], {
    environment: { SLUICE_API_KEY: 'not-the-key-at-all' },
  });
  expect(wrongKey.exitCode).toBe(2);
  expect(wrongKey.stdout + wrongKey.stderr).not.toContain('not-the-key-at-all');
});
