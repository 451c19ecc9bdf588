/** The UI's pages, which every browser and anybody else gets; the session for the API key. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { createFolder } from '../../support/databases.ts';
import { rawRequest } from '../../support/raw-http.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let plane: ControlPlane;
beforeAll(async () => {
  folder = await createFolder();
  const ui = join(folder.path, 'ui');
  mkdirSync(join(ui, 'assets', 'fonts'), { recursive: true });
  writeFileSync(join(folder.path, 'secret.txt'), 'not for you');
  writeFileSync(join(ui, 'assets', 'index-abc.js'), 'export {};');
  writeFileSync(join(ui, 'assets', '.hidden'), 'not for you');
  plane = await startControlPlane({}, { rest: { host: '127.0.0.1', port: 0, uiFolder: ui } });
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const host = () => new URL(plane.app.url!).host;
const get = (path: string, headers: Record<string, string> = {}) =>
  rawRequest(plane.app.url!, 'GET', path, { host: host(), ...headers });

describe('pages', () => {
  test('that are not built yet are answered with what to do, until they are there', async () => {
    const missing = await get('/');
    expect(missing.status).toBe(404);
    expect(JSON.parse(missing.text)).toEqual({
      error: 'The user interface is not built yet. Run `npm run build` in the folder of Sluice, then reload.',
      code: 'not_found',
    });
    writeFileSync(join(folder.path, 'ui', 'index.html'), '<!doctype html><title>Sluice</title>');
    const { status, headers, text } = await get('/');
    expect([status, text]).toEqual([200, '<!doctype html><title>Sluice</title>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
      ),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('bring their scripts', async () => {
    const { status, headers, text } = await get('/assets/index-abc.js');
    expect([status, text]).toEqual([200, 'export {};']);
    expect(headers['content-type']).toMatch(/javascript; charset=utf-8$/);
  });

  test.each([
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/..%252f..%252fsecret.txt',
    '/assets/%00',
    '/assets/index-abc.js%00.txt',
    '/assets//etc/passwd',
    '/assets/%2fetc%2fpasswd',
    '/assets/.hidden',
    '/assets/fonts',
    '/assets/fonts/',
    '/assets/',
    '/assets/%zz',
    '/assets/nothing.js',
    '/secret.txt',
    '/index.html',
    '/../secret.txt',
  ])('%s is not there', async (path) => {
    const { status, text } = await get(path, { 'x-api-key': plane.key });
    expect([400, 403, 404]).toContain(status);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['error', 'code']);
    expect(text).not.toContain('not for you');
    expect(text).not.toContain(folder.path);
    expect(plane.defects).toEqual([]);
  });

  test('are refused under a foreign name as everything else', async () => {
    for (const path of ['/', '/assets/index-abc.js'])
      expect((await get(path, { host: 'evil.example' })).status).toBe(403);
  });
});

describe('a session for the API key', () => {
  const open = (headers: Record<string, string>) =>
    rawRequest(plane.app.url!, 'POST', '/session', { host: host(), ...headers });
  const own = () => ({ origin: plane.app.url! });

  test('is opened for the right key on a page of our own', async () => {
    const { status, headers } = await open({ ...own(), 'x-api-key': plane.key });
    expect(status).toBe(204);
    const cookie = headers['set-cookie']![0]!.split(';')[0]!;
    expect((await get('/api/v1/settings', { cookie, ...own() })).status).toBe(200);
  });

  test('is refused otherwise', async () => {
    for (const headers of [
      { ...own(), 'x-api-key': 'wrong' },
      { 'x-api-key': plane.key },
      { origin: 'https://evil.example', 'x-api-key': plane.key },
    ] as Record<string, string>[]) {
      const { status, headers: answered } = await open(headers);
      expect([status, answered['set-cookie']]).toEqual([401, undefined]);
    }
  });

  test('counts for reads that name no origin if they come from a page of our own', async () => {
    const { headers } = await open({ ...own(), 'x-api-key': plane.key });
    const cookie = headers['set-cookie']![0]!.split(';')[0]!;
    const status = async (more: Record<string, string>) => (await get('/api/v1/settings', { cookie, ...more })).status;
    expect(await status({ referer: `${plane.app.url}/` })).toBe(200);
    expect(await status({ referer: `${plane.app.url}/`, 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(await status({ referer: `${plane.app.url}.evil.example/` })).toBe(401);
    expect(await status({ referer: 'nonsense' })).toBe(401);
  });
});
