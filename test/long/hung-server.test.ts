/** A database that keeps its connections and answers nothing any more: every command ends all the same, and nothing is lost. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { describeEachServer } from '../support/needs.ts';
import { descendantsOf } from '../support/process-tree.ts';
import { startServe, type ServeProcess } from '../support/serve-process.ts';
import { startOwnServer, type OwnServer } from '../support/servers/own-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const rowCount = 60_000;
/** Of about seven million that the rows have: by then some chunks of them are in the target, and not all. */
const bytesBeforeFreeze = 2_000_000;
const fillSql = {
  postgresql: `INSERT INTO item SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, ${rowCount}) g`,
  mysql: `INSERT INTO item SELECT a.n * 1000 + b.n + 1, RPAD(a.n * 1000 + b.n, 100, 'x') FROM
    (SELECT t.n + u.n * 10 + v.n * 100 AS n FROM digit t, digit u, digit v) b,
    (SELECT t.n + u.n * 10 AS n FROM digit t, digit u WHERE t.n + u.n * 10 < 60) a`,
};
const digitSql = 'CREATE TABLE digit (n INT); INSERT INTO digit VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)';
const sumSql = 'SELECT count(*), sum(id), sum(length(name)), min(name), max(name) FROM item';

describeEachServer('a server that hangs', ['postgres18', 'mysql', 'mariadb'], (_, name) => {
  let server: OwnServer;
  /** What the source is reached by. */
  let proxy: TcpProxy;
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: Awaited<ReturnType<typeof createFolder>>;
  let serve: ServeProcess;
  let connection: string;
  let config: string;

  beforeAll(async () => {
    server = await startOwnServer(name);
    [source, target] = [await createDatabase(server.address), await createDatabase(server.address)];
    await source.execute('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)');
    if (name !== 'postgres18') await source.execute(digitSql);
    await source.execute(fillSql[name === 'postgres18' ? 'postgresql' : 'mysql']);
    // What is taken for a small table is copied in one piece.
    await source.execute(name === 'postgres18' ? 'ANALYZE item' : 'ANALYZE TABLE item');
    proxy = await startTcpProxy(server.address.host, server.address.port);
    folder = await createFolder();
    serve = await startServe({ dataDirectory: folder.path });
    const connect = async (title: string, url: string) =>
      (await serve.send('POST', '/connections', { name: title, url })).body.id;
    connection = await connect('source', source.url.replace(`:${server.address.port}/`, `:${proxy.port}/`));
    const body = {
      ...{ name: 'copy', source: connection, target: await connect('target', target.url), mode: 'convert' },
      ...{ tables: [{ name: 'item' }], parallelism: 1, chunkBytes: 65_536 },
    };
    config = (await serve.send('POST', '/stream-configs', body)).body.id;
  }, 120_000);
  afterEach(() => server.thaw());
  afterAll(async () => {
    await serve.end();
    await proxy[Symbol.asyncDispose]();
    for (const database of [source, target]) await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const statusOf = async (id: string) => (await serve.send('GET', `/streams/${id}`)).body.status;
  const streamHosts = () => descendantsOf(serve.pid).filter(({ cmdline }) => cmdline.includes('stream-host'));

  /** Frozen at a moment when some rows are in the target, and others not. */
  async function startAndFreeze(): Promise<string> {
    const stalled = proxy.stallAfter(bytesBeforeFreeze);
    const { id } = (await serve.send('POST', `/streams/${config}/start`)).body;
    await stalled;
    await expect
      .poll(
        async () => {
          const { target: counted } = (await serve.send('GET', `/streams/${id}/stats`)).body as unknown as {
            target: { counter: number };
          };
          return counted.counter;
        },
        { timeout: 30_000, interval: 10 },
      )
      .toBeGreaterThan(0);
    server.freeze();
    proxy.flow();
    return id;
  }

  test('20 starts at once give one stream', async () => {
    const starts = await Promise.all(Array.from({ length: 20 }, () => serve.send('POST', `/streams/${config}/start`)));
    expect(starts.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(19).fill(409)]);
    const { id } = starts.find(({ status }) => status === 200)!.body;
    expect((await serve.send('POST', `/streams/${id}/stop`)).body.status).toBe('STOPPED');
    await target.execute('DROP TABLE IF EXISTS item');
  }, 60_000);

  test('pauses, answers a ping in time, and goes on later with nothing lost', async () => {
    const id = await startAndFreeze();
    const paused = await serve.send('POST', `/streams/${id}/pause`);
    expect([paused.status, paused.body.status]).toEqual([200, 'PAUSED']);
    await expect.poll(streamHosts).toEqual([]);
    expect(await serve.send('POST', `/connections/${connection}/ping`)).toMatchObject({
      status: 503,
      body: { ping: 'failed', error: expect.any(String) },
    });
    server.thaw();
    expect((await serve.send('POST', `/streams/${id}/resume`)).status).toBe(200);
    await expect.poll(() => statusOf(id), { timeout: 60_000 }).toBe('FINISHED');
    expect(await target.rows(sumSql)).toEqual(await source.rows(sumSql));
  }, 120_000);

  test('stops', async () => {
    await target.execute('DROP TABLE item');
    const id = await startAndFreeze();
    const stopped = await serve.send('POST', `/streams/${id}/stop`);
    server.thaw();
    expect([stopped.status, stopped.body.status]).toEqual([200, 'STOPPED']);
    await expect.poll(streamHosts).toEqual([]);
  }, 60_000);
});
