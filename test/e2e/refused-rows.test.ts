/** A stream of the server leaves refused rows out, and keeps them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { createFolder } from '../support/databases.ts';
import { startServe } from '../support/serve-process.ts';
import { saveConnection, startStream, untilStatus } from './support/item-stream.ts';

vi.setConfig({ testTimeout: 90_000 });

test('onRowError: skip keeps them in the journal and in the file that the stream names', async () => {
  await using folder = await createFolder();
  const [from, to] = [join(folder.path, 'from.db'), join(folder.path, 'to.db')];
  using source = new DatabaseSync(from);
  source.exec("CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, NULL), (2, 'b'), (3, NULL)");
  using target = new DatabaseSync(to);
  target.exec('CREATE TABLE t (id INTEGER, v TEXT NOT NULL)');
  await using serve = await startServe({ dataDirectory: join(folder.path, 'data') });
  const ends = {
    source: await saveConnection(serve, { kind: 'sqlite', path: from }),
    target: await saveConnection(serve, { kind: 'sqlite', path: to }),
  };
  const body = { name: 'copy', ...ends, mode: 'convert', tables: [{ name: 't' }], onRowError: 'skip' };
  const id = await startStream(serve, (await serve.send('POST', '/stream-configs', body)).body.id);
  const { rejectFile, tables } = await untilStatus(serve, id, 'FINISHED');
  expect(tables).toMatchObject([{ rows: 1, failed: 2 }]);
  const lines = readFileSync(rejectFile!, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).values)).toEqual([
    ['1', null],
    ['3', null],
  ]);
  const answer = await serve.send<{ values: unknown }[]>('GET', `/streams/${id}/errors`);
  expect(answer.body.map(({ values }) => values)).toEqual([
    ['1', null],
    ['3', null],
  ]);
});
