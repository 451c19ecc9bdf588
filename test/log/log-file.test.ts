import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLogFile } from '../../src/main/log/log-file.ts';
import { createFolder } from '../support/databases.ts';

test('lines of JSON, after those of earlier starts, for the owner only', async () => {
  await using folder = await createFolder();
  for (const message of ['first', 'second']) {
    const log = openLogFile(folder.path);
    log.info(message, { port: 1 });
    await log.close();
  }
  const path = join(folder.path, 'sluice.log');
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', msg: 'first', port: 1 },
    { level: 'info', msg: 'second' },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('one that has grown long is set aside, in place of the one before', async () => {
  await using folder = await createFolder();
  const [path, old] = [join(folder.path, 'sluice.log'), join(folder.path, 'sluice.old.log')];
  writeFileSync(old, 'older');
  writeFileSync(path, 'x'.repeat(5_000_001));
  const log = openLogFile(folder.path);
  log.info('new');
  await log.close();
  expect(readFileSync(old).length).toBe(5_000_001);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ msg: 'new' });
});
