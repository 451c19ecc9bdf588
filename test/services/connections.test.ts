/** Connections over REST: what is stored, what is answered, and where secrets are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import { identifierTime } from '../../src/shared/model/identifier.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { makeConfig, postgresBody, startControlPlane, type ControlPlane } from '../support/control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ environment: { PGPASSWORD_TEST: 'from-the-environment' } });
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});

let counter = 0;
const fresh = () => `connection ${counter++}`;
const create = async (body: Record<string, unknown>) => (await plane.send('POST', '/connections', body)).body.id;
const get = async (id: string) => (await plane.send('GET', `/connections/${id}`)).body;
const vaultOf = (id: string) => [...plane.vault.secrets].filter(([account]) => account.startsWith(id));
const key = Buffer.from('-----BEGIN PRIVATE KEY-----').toString('base64');

describe('creating', () => {
  test('answers id and created; the connection is stored complete, its type in our spelling', async () => {
    const body = postgresBody(fresh(), { port: undefined, schema: 'sales' });
    const { status, body: answer } = await plane.send('POST', '/connections', body);
    const { id, created } = answer;
    expect([status, Object.keys(answer)]).toEqual([201, ['id', 'created']]);
    expect(identifierTime(id)).toBe(created);
    expect(await get(id)).toEqual({
      id,
      created,
      name: body.name,
      type: 'postgresql',
      host: 'db.example.org',
      port: 5432,
      username: 'sluice',
      database: body.database,
      schema: 'sales',
      hasPassword: true,
      hasClientKey: false,
    });
    expect(vaultOf(id)).toEqual([[`${id}/password`, 'p4ss-word-marked']]);
  });

  test('from a URL, fields beside it going before', async () => {
    const id = await create({ name: fresh(), url: 'mysql://ann:s%40crt-marked@h:3307/shop', database: 'other' });
    expect(await get(id)).toMatchObject({ type: 'mysql', host: 'h', port: 3307, username: 'ann', database: 'other' });
    expect(vaultOf(id)).toEqual([[`${id}/password`, 's@crt-marked']]);
  });

  test('of an SQLite file, with an absolute path', async () => {
    const id = await create({ name: fresh(), type: 'SQLite', path: 'shop.db' });
    expect(await get(id)).toMatchObject({ type: 'sqlite', path: resolve('shop.db'), hasPassword: false });
  });

  test('a TLS client key is a secret', async () => {
    const ssl = { mode: 'verify-full', ca: key, client_cert: key, client_key: key };
    const id = await create(postgresBody(fresh(), { ssl }));
    expect(await get(id)).toMatchObject({
      ssl: { mode: 'verify-full', ca: key, client_cert: key },
      hasClientKey: true,
    });
    expect((await get(id))['ssl']).not.toHaveProperty('client_key');
    await plane.send('POST', `/connections/${id}/ping`);
    expect(plane.inspector.calls.at(-1)!.subject).toMatchObject({ ssl });
  });

  test.each([
    [{ type: undefined }, 'type: is missing'],
    [{ type: 'oracle' }, 'type: '],
    [{ name: undefined }, 'name: is missing'],
    [{ host: undefined }, 'host: is missing'],
    [{ username: undefined }, 'username: is missing'],
    [{ port: 0 }, 'port: '],
    [{ port: '5432' }, 'port: expected number, received string'],
    [{ path: '/x.db' }, 'path: does not belong to a connection of PostgreSQL'],
    [{ type: 'mysql', schema: 'x' }, 'schema: does not belong to a connection of MySQL'],
    [{ type: 'sqlite' }, 'host: does not belong to a connection of SQLite'],
    [{ ssl: { mode: 'maybe' } }, 'ssl.mode: '],
    [{ ssl: { ca: '-----BEGIN' } }, 'ssl.ca: is not base64'],
    [{ hsot: 'x' }, 'hsot: unknown field'],
    [{ url: 'mysql://h/d' }, 'type: is not the kind of database that the url names'],
    [{ url: 'ftp://h/d' }, 'url: '],
    [{ id: 'conn_x' }, 'id: is set by the server'],
  ])('%o is refused', async (change, error) => {
    const { status, body } = await plane.send('POST', '/connections', postgresBody(fresh(), change));
    expect([status, body.error]).toEqual([400, expect.stringContaining(error)]);
    expect(body.error).not.toContain('marked');
  });

  test('a name is unique, also among 20 that come at once, and no secret stays behind', async () => {
    const before = plane.vault.secrets.size;
    const name = fresh();
    const { signal } = new AbortController();
    const replies = await Promise.all(
      Array.from({ length: 20 }, () =>
        plane.app.dispatcher.reply('connections.create', { body: postgresBody(name) }, signal),
      ),
    );
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    expect(plane.vault.secrets.size).toBe(before + 1);
  });

  test('a keychain that refuses leaves no connection', async () => {
    plane.vault.refusal = new SluiceError('keychain_failed', 'The keychain is locked.');
    const name = fresh();
    expect((await plane.send('POST', '/connections', postgresBody(name))).status).toBe(503);
    plane.vault.refusal = null;
    expect((await plane.send('GET', '/connections')).text).not.toContain(name);
  });
});

describe('changing', () => {
  test('an absent password is kept, a new one replaces it, an empty one removes it', async () => {
    const name = fresh();
    const id = await create(postgresBody(name));
    const put = async (change: object) =>
      (await plane.send('PUT', `/connections/${id}`, { ...postgresBody(name), ...change })).body;
    expect(await put({ password: undefined, host: 'h2' })).toEqual({
      ...(await get(id)),
      host: 'h2',
      hasPassword: true,
    });
    expect(vaultOf(id)).toEqual([[`${id}/password`, 'p4ss-word-marked']]);
    await put({ password: 'new-marked' });
    expect(vaultOf(id)).toEqual([[`${id}/password`, 'new-marked']]);
    expect(await put({ password: '' })).toMatchObject({ hasPassword: false });
    expect(vaultOf(id)).toEqual([]);
  });

  test('an answer can be sent back', async () => {
    const id = await create(postgresBody(fresh()));
    const answer = await get(id);
    expect((await plane.send('PUT', `/connections/${id}`, answer)).body).toEqual(answer);
    const { status, body } = await plane.send('PUT', `/connections/${id}`, { ...answer, created: 1 });
    expect([status, body.error]).toEqual([400, 'created: cannot be changed']);
  });

  test('where it leads cannot change while a stream uses it; the rest can', async () => {
    const { source, config } = await makeConfig(plane);
    const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
    const answer = await get(source);
    const put = async (change: object) =>
      (await plane.send('PUT', `/connections/${source}`, { ...answer, ...change })).status;
    for (const change of [{ host: 'other' }, { port: 1 }, { database: 'other' }]) expect(await put(change)).toBe(409);
    expect(await put({ username: 'other', password: 'other-marked' })).toBe(200);
    expect((await plane.send('DELETE', `/connections/${source}`)).status).toBe(409);
    await plane.send('POST', `/streams/${id}/pause`);
    expect(await put({ host: 'other' })).toBe(409);
    await plane.send('POST', `/streams/${id}/stop`);
    expect(await put({ host: 'other' })).toBe(200);
    expect((await plane.send('DELETE', `/connections/${source}`)).status).toBe(204);
  });
});

test('a clone has secrets of its own', async () => {
  const name = fresh();
  const id = await create(postgresBody(name));
  const { status, body } = await plane.send('PUT', `/connections/${id}/clone`);
  expect([status, body]).toEqual([
    200,
    { ...(await get(id)), id: body.id, created: body.created, name: `${name}_clone` },
  ]);
  expect((await plane.send('DELETE', `/connections/${id}`)).status).toBe(204);
  expect(vaultOf(id)).toEqual([]);
  expect(vaultOf(body.id)).toEqual([[`${body.id}/password`, 'p4ss-word-marked']]);
});

describe('references to the environment', () => {
  test('are stored as they are and resolved at each connect', async () => {
    const id = await create(postgresBody(fresh(), { password: '${PGPASSWORD_TEST}' }));
    expect(await get(id)).toMatchObject({ hasPassword: false, passwordFrom: '${PGPASSWORD_TEST}' });
    expect(vaultOf(id)).toEqual([]);
    await plane.send('POST', `/connections/${id}/ping`);
    expect(plane.inspector.calls.at(-1)!.subject).toMatchObject({ password: 'from-the-environment' });
  });

  test('that are not set say which', async () => {
    const id = await create(postgresBody(fresh(), { password: '${NOT_SET}' }));
    const { status, body } = await plane.send('GET', `/connections/${id}/tables`);
    expect([status, body['code'], body.error]).toEqual([409, 'secret_missing', expect.stringContaining('NOT_SET')]);
    expect((await plane.send('POST', `/connections/${id}/ping`)).status).toBe(503);
  });
});

describe('asking the database', () => {
  test('ping', async () => {
    const id = await create(postgresBody(fresh()));
    const path = `/connections/${id}/ping`;
    expect((await plane.send('POST', path)).body).toEqual({ ping: 'ok', version: '15.4 (fake)', latencyMs: 1.5 });
    const told = 'db.example.org refused p4ss-word-marked';
    plane.inspector.refuse.set('ping', new SluiceError('unsupported_server', told, { tried: 'p4ss-word-marked' }));
    const { status, body } = await plane.send('POST', path);
    expect([status, body]).toEqual([
      503,
      { ping: 'failed', error: 'db.example.org refused ***', code: 'unsupported_server', details: { tried: '***' } },
    ]);
    const test = await plane.send('POST', '/connections/test', postgresBody('unsaved'));
    expect([test.status, test.body['ping']]).toEqual([503, 'failed']);
    plane.inspector.refuse.clear();
    expect((await plane.send('POST', '/connections/conn_x/ping')).status).toBe(404);
  });

  test('testing a changed connection takes the stored password', async () => {
    const name = fresh();
    const id = await create(postgresBody(name));
    const body = { ...(await get(id)), host: 'changed' };
    expect((await plane.send('POST', '/connections/test', body)).status).toBe(200);
    expect(plane.inspector.calls.at(-1)!.subject).toMatchObject({ host: 'changed', password: 'p4ss-word-marked' });
    expect((await get(id))['host']).toBe('db.example.org');
  });

  test('a database is created from JSON or text', async () => {
    const id = await create(postgresBody(fresh()));
    const path = `/connections/${id}/databases`;
    expect((await plane.send('POST', path, { name: 'one' })).body).toEqual({ status: 'success' });
    expect((await plane.send('POST', path, 'two', { 'content-type': 'text/plain' })).body).toEqual({
      status: 'success',
    });
    const schema = await plane.send('POST', `/connections/${id}/schemas?database=two`, 'sales', {
      'content-type': 'text/plain',
    });
    expect(schema.body).toEqual({ status: 'success' });
    const made = plane.inspector.calls.filter(({ method }) => method.startsWith('create'));
    expect(made.map(({ rest }) => rest[0])).toEqual(['one', 'two', 'sales']);
    expect((made[2]!.subject as ConnectionSettings & { database: string }).database).toBe('two');
    expect((await plane.send('POST', path, '')).status).toBe(400);
  });

  test('structure is read once, and again on request or when the connection changes', async () => {
    const id = await create(postgresBody(fresh()));
    const reads = () => plane.inspector.calls.filter(({ method }) => method === 'structure').length;
    const before = reads();
    for (let count = 0; count < 3; count++) await plane.send('GET', `/connections/${id}/meta`);
    expect(reads() - before).toBe(1);
    await plane.send('GET', `/connections/${id}/meta?refresh=true`);
    expect(reads() - before).toBe(2);
    await plane.send('PUT', `/connections/${id}`, await get(id));
    await plane.send('GET', `/connections/${id}/meta`);
    expect(reads() - before).toBe(3);
  });

  test('a caller who hangs up cancels what the database does for him', async () => {
    const id = await create(postgresBody(fresh()));
    plane.inspector.hold.add('tables');
    const controller = new AbortController();
    const url = `${plane.app.url}/api/v1/connections/${id}/tables`;
    const asked = fetch(url, { headers: { 'x-api-key': plane.key }, signal: controller.signal });
    const called = () => plane.inspector.calls.findLast(({ method }) => method === 'tables');
    await expect.poll(called).toBeDefined();
    const { signal } = called()!.rest.at(-1) as { signal: AbortSignal };
    controller.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => signal.aborted).toBe(true);
    plane.inspector.hold.clear();
  });
});

test('no secret is in any file or answer', async () => {
  const { config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const host = plane.hosts.of(id);
  host.emit({ type: 'log', level: 'error', message: 'server says: p4ss-word-marked is wrong' });
  const message = 'connect p4ss-word-marked failed';
  host.end('FAILED', null, { code: 'server_lost', message, details: { url: 'x://u:p4ss-word-marked@h' } });
  const answers = ['/connections', '/stream-configs', '/streams', `/streams/${id}`, `/streams/${id}/logs`, '/info'];
  for (const path of answers) expect((await plane.send('GET', path)).text).not.toMatch(/marked/);
  for (const name of readdirSync(plane.directory))
    expect([name, readFileSync(join(plane.directory, name), 'latin1').includes('marked')]).toEqual([name, false]);
});
