/** An error that nobody caught ends `sluice serve` in good order: told in the log, streams paused, and an exit code that says so. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { saveConnection, startStream, untilStatus } from '../e2e/support/item-stream.ts';
import { createFolder } from '../support/databases.ts';
import { logLines, startServe } from '../support/serve-process.ts';

vi.setConfig({ testTimeout: 90_000 });

const program = ['--import', './support/fault-on-signal.ts', '../../src/main/sluice.js'].map((part) =>
  part.startsWith('.') ? fileURLToPath(new URL(part, import.meta.url)) : part,
);

/** Reads rows until it is told to end. */
const endless = 'WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n';

test.each(['exception', 'rejection'])('%s', async (fault) => {
  await using folder = await createFolder();
  const dataDirectory = join(folder.path, 'data');
  const [from, to] = [join(folder.path, 'from.db'), join(folder.path, 'to.db')];
  using source = new DatabaseSync(from);
  source.exec('CREATE TABLE a (id INTEGER)');
  await using first = await startServe({ dataDirectory, program, environment: { FAULT: fault } });
  const body = {
    name: 'copy',
    source: await saveConnection(first, { kind: 'sqlite', path: from }),
    target: await saveConnection(first, { kind: 'sqlite', path: to }),
    mode: 'convert',
    tables: [{ name: 'a', query: endless }],
  };
  const id = await startStream(first, (await first.send('POST', '/stream-configs', body)).body.id);
  const ended = await first.end('SIGUSR2');
  expect(ended.exitCode).toBe(1);
  expect(logLines(ended)).toContainEqual(
    expect.objectContaining({
      level: 'error',
      msg: 'An error that nobody caught: Sluice ends.',
      err: { code: 'internal', stack: expect.stringContaining('a fault of the test') },
    }),
  );
  expect(logLines(ended).at(-1)!.msg).toBe('Ended.');
  await using second = await startServe({ dataDirectory });
  expect(await untilStatus(second, id, 'PAUSED')).toMatchObject({ pausedBy: 'quit' });
});
