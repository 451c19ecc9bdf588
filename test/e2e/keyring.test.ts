/** `sluice serve` in a desktop session with a real Secret Service: secrets live there only, and one that hangs holds nothing up. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describePrograms, describeServers } from '../support/needs.ts';
import { PlantedSecrets } from '../support/planted-secrets.ts';
import { descendantsOf, isRunning } from '../support/process-tree.ts';
import { requestSender } from '../support/send-request.ts';
import { saveConfig, startStream, untilStatus } from './support/item-stream.ts';
import { stageCopy } from './support/stalled-copy.ts';

const script = fileURLToPath(new URL('../credentials/support/with-keyring.sh', import.meta.url));
const entry = fileURLToPath(new URL('../../src/main/sluice.js', import.meta.url));

async function serveInSession(state: 'unlocked' | 'locked' | 'frozen', directory: string, key: string | undefined) {
  const args = [script, state, process.execPath, entry, 'serve', '--port', '0', '--data-dir', directory];
  const child = spawn('bash', args, {
    env: { ...process.env, ...(key === undefined ? {} : { SLUICE_API_KEY: key }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ofServe = () =>
    descendantsOf(child.pid!).find(({ cmdline }) => cmdline.startsWith(`${process.execPath}\0${entry}`));
  await expect.poll(() => output, { timeout: 30_000 }).toMatch(/"url":"/);
  const url = /"url":"([^"]+)"/.exec(output)![1]!;
  return {
    url,
    send: requestSender(() => ({ url, key: key ?? '' })),
    output: () => output,
    children: () => descendantsOf(ofServe()!.pid),
    /** As a desktop does after a while. */
    lock() {
      const bus = /DBUS_SESSION_BUS_ADDRESS=([^\0]+)/.exec(ofServe()!.environ)![1]!;
      const call = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets'];
      const collection = 'array:objpath:/org/freedesktop/secrets/collection/login';
      const locking = [...call, 'org.freedesktop.Secret.Service.Lock', collection];
      const { status, stderr } = spawnSync('dbus-send', locking, { env: { DBUS_SESSION_BUS_ADDRESS: bus } });
      if (status !== 0) throw new Error(String(stderr));
    },
    async end() {
      process.kill(ofServe()!.pid, 'SIGTERM');
      return await ended;
    },
  };
}

describePrograms('serving with a keyring', ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send'], () => {
  describeServers('that is open', ['postgres18'], ({ postgres18 }) => {
    test('secrets are in it, and nowhere else', { timeout: 60_000 }, async () => {
      const planted = new PlantedSecrets();
      await using folder = await createFolder();
      await using database = await createDatabase(postgres18);
      const password = planted.plant('password');
      const user = `keyring_${database.name.slice(-8)}`;
      await database.execute(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
      const key = planted.plantWord('API key');
      const serve = await serveInSession('unlocked', folder.path, key);
      const { host, port } = postgres18;
      const body = { type: 'postgresql', host, port, username: user, database: database.name, password };
      const { id } = (await serve.send('POST', '/connections', { name: 'kept', ...body })).body;
      expect((await serve.send('GET', '/info')).body['vault']).toBe('keychain');
      expect((await serve.send('POST', `/connections/${id}/ping`)).body).toMatchObject({ ping: 'ok' });
      // The keychain's and the inspector's.
      const children = serve.children();
      expect(children.length).toBeGreaterThanOrEqual(2);
      expect(children.flatMap(({ cmdline, environ }) => planted.in(cmdline + environ))).toEqual([]);
      expect((await serve.send('DELETE', `/connections/${id}`)).status).toBe(204);
      expect(await serve.end()).toBe(0);
      expect(planted.in(serve.output())).toEqual([]);
      expect(planted.inFiles(folder.path)).toEqual([]);
      await database.execute(`DROP ROLE ${user}`);
    });
  });

  describeServers('that is locked while a stream runs', ['postgres18'], ({ postgres18 }) => {
    test('the stream goes on, and none starts until it is open again', { timeout: 120_000 }, async () => {
      await using stage = await stageCopy(postgres18);
      const { source, proxy } = stage;
      const serve = await serveInSession('unlocked', stage.folder, 'given');
      const { username, password, database } = source.settings;
      const server = { type: 'postgresql', host: '127.0.0.1', port: proxy.port, username, password, database };
      const from = (await serve.send('POST', '/connections', { name: 'from', ...server })).body.id;
      const copy = { name: 'to', type: 'sqlite', path: join(stage.folder, 'copy.db') };
      const to = (await serve.send('POST', '/connections', copy)).body.id;
      const config = await saveConfig(serve, from, to);
      const id = await startStream(serve, config);
      await stage.stall(serve, id);
      serve.lock();
      proxy.flow();
      await untilStatus(serve, id, 'FINISHED');
      expect(await serve.send('POST', `/streams/${config}/start`)).toMatchObject({
        ...{ status: 503, body: { code: 'keychain_failed', error: expect.stringContaining('keychain') } },
      });
      expect((await serve.send('GET', '/streams')).body).toHaveLength(1);
      expect(await serve.end()).toBe(0);
    });
  });

  const connection = { name: 'shop', type: 'mysql', host: 'h', username: 'u', password: 'secret-of-shop' };

  test('that is locked says so, and the app goes on and ends', { timeout: 60_000 }, async () => {
    await using folder = await createFolder();
    const serve = await serveInSession('locked', folder.path, 'given');
    const refused = await serve.send('POST', '/connections', connection);
    expect(refused).toMatchObject({ status: 503, body: { code: 'keychain_failed' } });
    expect((await serve.send('GET', '/connections')).body).toEqual([]);
    expect(await serve.end()).toBe(0);
  });

  test('that never answers keeps the app neither from starting nor from ending', { timeout: 60_000 }, async () => {
    await using folder = await createFolder();
    const serve = await serveInSession('frozen', folder.path, undefined);
    await expect.poll(serve.output).toMatch(/The keychain did not give the API key/);
    expect((await serve.send('GET', '/health')).status).toBe(200);
    expect(await serve.end()).toBe(0);

    const keyed = await serveInSession('frozen', folder.path, 'given');
    const pending = keyed.send('POST', '/connections', connection).catch(() => null);
    await expect.poll(() => keyed.children().length).toBeGreaterThan(0);
    const children = keyed.children().map(({ pid }) => pid);
    expect(await keyed.end()).toBe(0);
    expect((await pending)?.status ?? 503).toBe(503);
    await expect.poll(() => children.filter(isRunning)).toEqual([]);
  });
});
