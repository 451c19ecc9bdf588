import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFolder } from './support/databases.ts';

const sluice = fileURLToPath(new URL('../src/main/sluice.js', import.meta.url));

const version = (cache: string) =>
  spawnSync(process.execPath, [sluice, '--version'], { env: { XDG_CACHE_HOME: cache }, encoding: 'utf8' });

test.runIf(process.platform === 'linux')('compiled code is kept where only its user can write', async () => {
  await using folder = await createFolder();
  expect(version(folder.path)).toMatchObject({ status: 0, stderr: '' });
  const kept = join(folder.path, 'sluice', 'compiled');
  expect(statSync(kept).mode & 0o777).toBe(0o700);
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(5);
});

test('a cache that cannot be written to keeps nobody from working', () => {
  expect(version('/dev/null/no-folder')).toMatchObject({ status: 0, stderr: '' });
});
