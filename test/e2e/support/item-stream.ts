/** Streams between real databases over REST, as small as they can be and still be caught half-way. */
import { expect } from 'vitest';
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { StreamDetail, StreamStatistics } from '../../../src/shared/model/stream.ts';
import type { TestDatabase } from '../../support/databases.ts';
import type { ServeProcess } from '../../support/serve-process.ts';

/** What of a Sluice is used here. */
export type Door = Pick<ServeProcess, 'send'>;

export const itemRows = 20_000;

/** Makes a table of 20,000 rows, 2 MB of row text. */
export async function fillItems(database: TestDatabase): Promise<void> {
  await database.execute('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)');
  if (database.settings.kind === 'postgresql') {
    await database.execute(`INSERT INTO item SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, ${itemRows}) g`);
    return;
  }
  const values = Array.from({ length: itemRows }, (_, index) => `(${index + 1}, '${`${index + 1}`.padEnd(100, 'x')}')`);
  for (let from = 0; from < itemRows; from += 5_000)
    await database.execute(`INSERT INTO item VALUES ${values.slice(from, from + 5_000).join(',')}`);
  // What is taken for a small table is copied in one piece.
  await database.execute('ANALYZE TABLE item');
}

let number = 0;

/** `port`: where the database is reached, if not at its own. Resolves with the id. */
export async function saveConnection(serve: Door, settings: ConnectionSettings, port?: number): Promise<string> {
  const name = `connection ${++number}`;
  const body =
    settings.kind === 'sqlite'
      ? { name, type: 'sqlite', path: settings.path }
      : {
          name,
          type: settings.kind,
          host: settings.host,
          port: port ?? settings.port,
          username: settings.username,
          // Without a keychain this one is gone with the process, which a reference is not.
          password: '${ITEM_PASSWORD}',
          database: settings.database,
        };
  const answer = await serve.send('POST', '/connections', body);
  expect(answer.body).toMatchObject({ id: expect.any(String) });
  return answer.body.id;
}

/** Chunks as small as they may be, one at a time. Resolves with the id of the config. */
export async function saveConfig(serve: Door, source: string, target: string): Promise<string> {
  const answer = await serve.send('POST', '/stream-configs', {
    ...{ name: `config ${++number}`, source, target, mode: 'convert', tables: [{ name: 'item' }] },
    ...{ chunkBytes: 65_536, parallelism: 1, dataBundleSize: 100 },
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

export const startStream = async (serve: Door, config: string): Promise<string> => {
  const { status, body } = await serve.send('POST', `/streams/${config}/start`);
  expect([status, body.error]).toEqual([200, undefined]);
  return body.id;
};

export const streamDetail = async (serve: Door, id: string): Promise<StreamDetail> =>
  (await serve.send<StreamDetail>('GET', `/streams/${id}`)).body;

/** Resolves when the stream has the status; fails with its state when it does not come. */
export async function untilStatus(serve: Door, id: string, status: string): Promise<StreamDetail> {
  let detail: StreamDetail | undefined;
  const look = async () => {
    detail = await streamDetail(serve, id);
    return detail.status === status ? status : `${detail.status} ${detail.error?.code}: ${detail.error?.message}`;
  };
  await expect.poll(look, { timeout: 60_000 }).toBe(status);
  return detail!;
}

/** Resolves when rows have been committed, but not all. */
export async function untilHalfWay(serve: Door, id: string): Promise<void> {
  const look = async () => {
    const { status, phase, target } = (await serve.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body;
    return { status, phase, isHalfWay: target.counter > 0 && target.counter < itemRows };
  };
  const halfWay = { status: 'RUNNING', phase: 'copying', isHalfWay: true };
  await expect.poll(look, { timeout: 30_000 }).toEqual(halfWay);
}
