/** Whatever is sent, the answer is a status of the list and a JSON body with a sentence. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeConfig, postgresBody, startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { rawBytes, rawRequest } from '../../support/raw-http.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});
afterEach(() => expect(plane.defects).toEqual([]));

const refusal = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const answer = await plane.send(method, path, body, headers);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(typeof answer.body.error).toBe('string');
  return [answer.status, answer.body.error];
};

describe('bodies', () => {
  test.each([
    ['{"name": ', 'body: line 1, column 10: this is not valid JSON.'],
    ['{"password": "secret-marked" x}', 'body: line 1, column 30: this is not valid JSON.'],
    ['', 'body: is missing'],
    ['null', 'body: expected object, received null'],
    ['[]', 'body: expected object, received array'],
    ['"text"', 'body: expected object, received string'],
    ['{"__proto__": {"x": 1}}', 'body: has a field named __proto__'],
    ['{"a": {"__proto__": 1}}', 'body: has a field named __proto__'],
  ])('%s', async (body, error) => {
    expect(await refusal('POST', '/connections', body)).toEqual([400, error]);
  });

  test('bytes that are no UTF-8', async () => {
    const body = Buffer.from('{"name": "\xff"}', 'latin1');
    expect(await refusal('POST', '/connections', body)).toEqual([400, 'body: is not UTF-8 text']);
  });

  test.each(['application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', 'x', ''])(
    'of type "%s" are 415',
    async (type) => {
      expect(await refusal('POST', '/connections', '{}', { 'content-type': type })).toEqual([
        415,
        expect.stringContaining('application/json'),
      ]);
    },
  );

  test('JSON with a charset is JSON', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    expect((await plane.send('POST', '/connections', postgresBody('charset'), type)).status).toBe(201);
  });

  test('over-long ones are 413', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(9 * 1024 ** 2) });
    expect(await refusal('POST', '/connections', body)).toEqual([413, 'The body of the request is too long.']);
  });

  test('nested deeply', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const [status] = await refusal('POST', '/stream-configs', `{"name": ${deep}}`);
    expect(status).toBe(400);
  });

  test('where there is to be none', async () => {
    const { config } = await makeConfig(plane);
    expect(await refusal('POST', `/streams/${config}/start`, { dataBundleSize: 1 })).toEqual([
      400,
      'body: this address takes none',
    ]);
    for (const body of ['', '{}', 'null']) {
      const { status, body: started } = await plane.send('POST', `/streams/${config}/start`, body);
      expect(status).toBe(200);
      await plane.send('POST', `/streams/${started.id}/stop`, body);
    }
  });
});

describe('addresses', () => {
  test.each(['/nowhere', '/streams/x/y/z', '/stream-configs/config_a/start', '/', '//streams'])(
    '%s is 404',
    async (path) => {
      const [status, error] = await refusal('GET', path);
      expect([status, error]).toEqual([404, expect.stringContaining('/docs')]);
    },
  );

  test('a method that an address does not have is 405, with those that it has', async () => {
    const { status, body, headers } = await plane.send('PATCH', '/stream-configs/config_x');
    expect([status, body.error]).toEqual([405, 'PATCH is not possible here, only DELETE, GET, PUT.']);
    expect(headers.get('allow')).toBe('DELETE, GET, PUT');
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect((await refusal(method, '/connections'))[0]).toBe(405);
  });

  test('ids of any form that do not exist are 404', async () => {
    for (const id of [
      'x',
      '0',
      'stream_',
      'a'.repeat(1500),
      '%00',
      '%F0%9F%98%80',
      "'; DROP TABLE streams; --",
      '..%2f..',
    ])
      for (const path of [`/streams/${id}`, `/stream-configs/${id}`, `/connections/${id}`])
        expect((await refusal('GET', path))[0]).toBe(404);
  });

  test('malformed escapes are 400', async () => {
    expect((await refusal('GET', '/streams/%zz'))[0]).toBe(400);
  });
});

describe('queries', () => {
  test.each([
    ['/streams?limit=x', 'limit: expected number, received string'],
    ['/streams?limit=0', 'limit: '],
    ['/streams?limit=1.5', 'limit: '],
    ['/streams?limit=1&limit=2', 'limit: is given more than once'],
    ['/streams?status=running', 'status: '],
    ['/streams?unknown=1', 'unknown: unknown field'],
    ['/streams?__proto__=1', '__proto__: unknown field'],
    ['/streams/stream_x?id=stream_y', 'id: unknown field in the query'],
    ['/connections/conn_x/meta?refresh=maybe', 'refresh: expected boolean'],
  ])('%s', async (path, error) => {
    expect(await refusal('GET', path)).toEqual([400, expect.stringContaining(error)]);
  });

  test('good ones', async () => {
    const { source } = await makeConfig(plane);
    expect((await plane.send('GET', `/connections/${source}/meta?refresh=true`)).status).toBe(200);
    expect((await plane.send('GET', `/connections/${source}/meta?refresh`)).status).toBe(200);
    expect((await plane.send('GET', '/streams?limit=5&offset=0&status=RUNNING')).status).toBe(200);
  });
});

describe('stream configs', () => {
  test.each([
    [{ dataBundelSize: 5 }, 'dataBundelSize: unknown field'],
    [{ dataBundleSize: 0 }, 'dataBundleSize: '],
    [{ dataBundleSize: 100_001 }, 'dataBundleSize: '],
    [{ dataBundleSize: '500' }, 'dataBundleSize: expected number, received string'],
    [{ mode: 'copy' }, 'mode: '],
    [{ tables: [] }, 'tables: '],
    [{ tables: [{}] }, 'tables[0].name: is missing'],
    [{ tables: ['users'] }, 'tables[0]: expected object, received string'],
    [{ tables: [{ name: 'users', operations: ['insert'] }] }, 'tables[0].operations: belongs to cdc mode only'],
    [{ operations: ['insert'] }, 'operations: belongs to cdc mode only'],
    [{ mode: 'cdc', tables: [{ name: 'a', query: 'SELECT 1' }] }, 'tables[0].query: belongs to convert mode only'],
    [{ mode: 'cdc', tables: [{ name: 'a', operations: [] }] }, 'tables[0].operations: '],
    [{ mode: 'cdc', tables: [{ name: 'a', operations: ['upsert'] }] }, 'tables[0].operations[0]: '],
    [{ tables: [{ name: 'a' }, { name: 'a' }] }, 'tables[1]: names the same target table twice'],
    [{ reportingIntervals: { source: -1 } }, 'reportingIntervals.source: '],
    [{ reportingIntervals: { sauce: 1 } }, 'reportingIntervals.sauce: unknown field'],
    [{ limits: { numberOfEvents: -1 } }, 'limits.numberOfEvents: '],
    [{ limits: { rows: 1 } }, 'limits.rows: unknown field'],
    [{ createStructure: 'yes' }, 'createStructure: expected boolean, received string'],
    [{ rules: { zeroDate: 'ignore' } }, 'rules.zeroDate: '],
    [{ name: '' }, 'name: '],
    [{ id: 'config_2sZyDMeIbdaXnN9OL7vYzzAiZU5' }, 'id: is set by the server'],
  ])('%o', async (change, error) => {
    const { source, target } = await makeConfig(plane);
    const body = { name: 'odd', source, target, mode: 'convert', tables: [{ name: 'users' }], ...change };
    for (const path of ['/stream-configs', '/stream-configs/validate'])
      expect(await refusal('POST', path, body)).toEqual([400, expect.stringContaining(error)]);
  });

  test('a duplicate name is 400', async () => {
    const { source, target, answer } = await makeConfig(plane);
    const body = { name: answer.body.name, source, target, mode: 'convert', tables: [{ name: 'users' }] };
    expect(await refusal('POST', '/stream-configs', body)).toEqual([400, expect.stringMatching(/^name: is taken/)]);
  });
});

describe('what is hardly HTTP', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a header without a colon', 'GET /api/v1/health HTTP/1.1\r\nbroken\r\n\r\n'],
    ['an unknown method', 'FOO /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['headers without end', `GET /api/v1/health HTTP/1.1\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    const text = await rawBytes(plane.app.url!, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const { error } = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as { error: unknown };
    expect(typeof error).toBe('string');
  });

  test('a header of bytes that are no text', async () => {
    const headers = { host: 'localhost', 'x-api-key': '\xff\xfe' };
    expect((await rawRequest(plane.app.url!, 'GET', '/api/v1/streams', headers)).status).toBe(401);
  });
});
