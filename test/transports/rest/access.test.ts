/** Host, then key, then everything else; sessions of a browser; no answer to another origin. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHostAllowed, isSameSecret, Sessions } from '../../../src/main/transports/rest/access.ts';
import { startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { rawBytes, rawRequest } from '../../support/raw-http.ts';

let plane: ControlPlane;
let url: string;
let host: string;
beforeAll(async () => {
  plane = await startControlPlane();
  url = plane.app.url!;
  host = new URL(url).host;
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});

const ask = async (path: string, headers: Record<string, string>, method = 'GET', body?: string) => {
  const { status, text, headers: answered } = await rawRequest(url, method, path, { host, ...headers }, body);
  return { status, body: text === '' ? undefined : (JSON.parse(text) as { error: string }), headers: answered };
};

describe('the Host header', () => {
  test.each([
    ['127.0.0.1:8020', true],
    ['127.0.0.1', true],
    ['127.8.9.10:1', true],
    ['localhost', true],
    ['LocalHost:8020', true],
    ['[::1]:8020', true],
    ['evil.example', false],
    ['evil.example:8020', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['evil-localhost', false],
    ['10.0.0.1', false],
    ['0.0.0.0', false],
    ['', false],
    [undefined, false],
    ['127.0.0.1:8020@evil.example', false],
    ['127.0.0.1 evil.example', false],
    ['[::1', false],
  ])('%s: %s', (header, allowed) => {
    expect(isHostAllowed(header, [])).toBe(allowed);
  });

  test('a name that the user allowed', () => {
    expect(isHostAllowed('sluice.lan:8020', ['Sluice.lan'])).toBe(true);
    expect(isHostAllowed('sluice.lan:8020', ['sluice.lan:8020'])).toBe(true);
    expect(isHostAllowed('sluice.lan:8021', ['sluice.lan:8020'])).toBe(false);
    expect(isHostAllowed('other.lan', ['sluice.lan'])).toBe(false);
  });

  test('a foreign one is 403 before the key is looked at, whatever is asked for', async () => {
    for (const path of ['/api/v1/streams', '/api/v1/health', '/docs', '/nowhere', '/api/v1/%zz', '/session'])
      for (const key of [plane.key, 'wrong']) {
        const { status, body } = await ask(path, { host: 'evil.example', 'x-api-key': key });
        expect([path, status]).toEqual([path, 403]);
        expect(body!.error).toContain('evil.example');
      }
  });

  test('none at all is 403', async () => {
    const { status, text } = await rawRequest(url, 'GET', '/api/v1/health', {});
    expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([403, ['error', 'code']]);
  });

  test('the setting allowedHosts counts at once', async () => {
    const headers = { host: 'sluice.lan', 'x-api-key': plane.key };
    expect((await ask('/api/v1/streams', headers)).status).toBe(403);
    await plane.send('PUT', '/settings', { allowedHosts: ['sluice.lan'] });
    expect((await ask('/api/v1/streams', headers)).status).toBe(200);
    await plane.send('PUT', '/settings', { allowedHosts: [] });
  });
});

describe('the key', () => {
  const bad: [string, Record<string, string>][] = [
    ['none', {}],
    ['an empty one', { 'x-api-key': '' }],
    ['a wrong one', { 'x-api-key': 'wrong' }],
    ['a beginning of it', { 'x-api-key': 'sluice_' }],
    ['in another header', { authorization: 'Bearer x' }],
  ];
  test.each(bad)('%s is 401 before anything else is looked at', async (_, headers) => {
    for (const [method, path, body] of [
      ['GET', '/api/v1/streams'],
      ['GET', '/api/v1/streams/stream_unknown'],
      ['POST', '/api/v1/streams/config_unknown/start'],
      ['POST', '/api/v1/connections', '{broken'],
      ['GET', '/api/v1/nowhere'],
      ['DELETE', '/api/v1/streams'],
      ['OPTIONS', '/api/v1/streams'],
      ['GET', '/api/v1/events'],
      ['GET', '/api/v1/metrics'],
      ['GET', '/api/v1/openapi.json'],
      ['GET', '/api/v1/%zz'],
      ['GET', '/nowhere'],
    ] as const) {
      const answer = await ask(path, { 'content-type': 'application/json', ...headers }, method, body);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.body!.error).toContain('X-API-Key');
    }
  });

  test('twice, once wrong, is 401', async () => {
    const headers = { host, 'x-api-key': ['wrong', plane.key] };
    expect((await rawRequest(url, 'GET', '/api/v1/streams', headers)).status).toBe(401);
  });

  test('health and the documents need none', async () => {
    for (const path of ['/api/v1/health', '/health'])
      expect(await ask(path, {})).toMatchObject({ status: 200, body: { status: 'ok', version: '1.2.3' } });
    expect((await rawRequest(url, 'GET', '/docs', { host })).status).toBe(200);
    expect((await rawRequest(url, 'GET', '/openapi.json', { host })).status).toBe(200);
  });

  test('comparing', () => {
    expect(isSameSecret('a', 'a')).toBe(true);
    for (const other of ['b', 'aa', '', 'A']) expect(isSameSecret(other, 'a')).toBe(false);
  });
});

describe('other origins', () => {
  test('get no permission to read', async () => {
    const headers = { origin: 'https://evil.example', 'x-api-key': plane.key };
    const { headers: answered } = await ask('/api/v1/streams', headers);
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await ask('/api/v1/streams', { ...headers, 'access-control-request-method': 'GET' }, 'OPTIONS');
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a session of the browser', () => {
  const trade = (token: string, headers: Record<string, string> = { origin: `http://${host}` }) =>
    rawRequest(
      url,
      'POST',
      '/session',
      { host, 'content-type': 'application/json', ...headers },
      JSON.stringify({ token }),
    );

  test('a one-time token becomes a cookie once', async () => {
    const token = plane.app.sessions.issueToken();
    const traded = await trade(token);
    expect(traded.status).toBe(204);
    const [cookie] = traded.headers['set-cookie']!;
    expect(cookie).toMatch(/^sluice_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect((await trade(token)).status).toBe(401);

    const pair = cookie!.split(';')[0]!;
    const withCookie = (headers: Record<string, string>, method = 'GET') =>
      ask(
        '/api/v1/settings',
        { cookie: `a=b; ${pair}`, 'content-type': 'application/json', ...headers },
        method,
        method === 'PUT' ? '{}' : undefined,
      );
    expect((await withCookie({ origin: `http://${host}` })).status).toBe(200);
    expect((await withCookie({ origin: `http://${host}` }, 'PUT')).status).toBe(200);
    expect((await withCookie({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await withCookie({ 'sec-fetch-site': 'same-origin' }, 'PUT')).status).toBe(401);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ])
      expect((await withCookie(headers as Record<string, string>)).status).toBe(401);
    expect((await ask('/api/v1/settings', { cookie: 'sluice_session=x', origin: `http://${host}` })).status).toBe(401);
  });

  test('a token from another origin, or an unknown one, is refused', async () => {
    const token = plane.app.sessions.issueToken();
    expect((await trade(token, { origin: 'https://evil.example' })).status).toBe(401);
    expect((await trade(token, {})).status).toBe(401);
    expect((await trade('unknown')).status).toBe(401);
    expect((await trade(token)).status).toBe(204);
  });

  test('tokens and sessions end with time', () => {
    let now = 0;
    const sessions = new Sessions(
      () => now,
      () => 'key',
    );
    const [late, early] = [sessions.issueToken(), sessions.issueToken()];
    now = 4 * 60_000;
    expect(sessions.take(early)).toBe(true);
    const cookie = sessions.open().split(';')[0]!;
    now = 6 * 60_000;
    expect(sessions.take(late)).toBe(false);
    const headers = { cookie, host: 'h', origin: 'http://h' };
    expect(sessions.isOpen(headers, 'GET')).toBe(true);
    now = 13 * 3_600_000;
    expect(sessions.isOpen(headers, 'GET')).toBe(false);
  });
});

describe('a new API key', () => {
  test('ends the sessions and tokens of the old one', async () => {
    await using own = await startControlPlane();
    const { sessions } = own.app;
    const token = sessions.issueToken();
    const cookie = sessions.open().split(';')[0]!;
    const address = new URL(own.app.url!);
    const read = () =>
      rawRequest(own.app.url!, 'GET', '/api/v1/settings', { host: address.host, origin: address.origin, cookie });
    expect((await read()).status).toBe(200);
    expect((await own.send('POST', '/settings/api-key')).status).toBe(200);
    expect((await read()).status).toBe(401);
    expect(sessions.take(token)).toBe(false);
    expect(sessions.take(sessions.issueToken())).toBe(true);
  });
});

describe('a page of another site that has this address under its own name', () => {
  test('is refused, even with a cookie that is open', async () => {
    const cookie = plane.app.sessions.open().split(';')[0]!;
    const own = { cookie, origin: `http://${host}` };
    expect((await ask('/api/v1/settings', own)).status).toBe(200);
    const rebound = { cookie, host: 'evil.example', origin: 'http://evil.example' };
    for (const method of ['GET', 'PUT', 'POST', 'OPTIONS'])
      expect((await ask('/api/v1/settings', rebound, method)).status).toBe(403);
  });
});

describe('a caller who takes up room and time', () => {
  const head = (headers: Record<string, string>) =>
    [
      'POST /api/v1/connections HTTP/1.1',
      ...Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`),
    ].join('\r\n') + '\r\n';
  const json = { 'content-type': 'application/json' };
  const long = { ...json, 'content-length': String(9 * 1024 ** 2) };

  test('and has no key is refused before the body is read', async () => {
    expect(await rawBytes(url, `${head({ ...long, connection: 'close' })}\r\n{"name"`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('with a body too long is refused before it is read', async () => {
    const headers = { ...long, 'x-api-key': plane.key, connection: 'close' };
    expect(await rawBytes(url, `${head(headers)}\r\n{"name"`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('with a body too long that does not say how long it is', async () => {
    const headers = { ...json, 'x-api-key': plane.key, 'transfer-encoding': 'chunked', connection: 'close' };
    const chunk = 'x'.repeat(1024 ** 2);
    const chunks = Array.from({ length: 9 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
    // The server may close before it has read all, and the answer is lost then.
    const answer = await rawBytes(url, `${head(headers)}\r\n${chunks}`).catch(() => 'HTTP/1.1 413 (reset)');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect((await plane.send('GET', '/health')).status).toBe(200);
  });

  test('with a request that does not come to its end is let go', async () => {
    await using impatient = await startControlPlane({}, { requestMs: 200 });
    const own = new URL(impatient.app.url!).host;
    const headers = { ...json, host: own, 'x-api-key': impatient.key, 'content-length': '1000' };
    for (const bytes of [`${head(headers)}\r\n{"name"`, head(headers)]) {
      const answer = await rawBytes(impatient.app.url!, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(answer).toContain('{"error":"The request did not come in full');
    }
    expect((await impatient.send('GET', '/health')).status).toBe(200);
    expect(impatient.defects).toEqual([]);
  });
});
