/** The files that the window's page can get. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createFolder } from '../support/databases.ts';
import { fakeElectron } from '../support/electron/fake-electron.ts';

async function serve() {
  const folder = await createFolder();
  const pages = join(folder.path, 'renderer');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<p>ä</p>');
  writeFileSync(join(pages, 'assets/a b.js'), 'export {};');
  writeFileSync(join(pages, 'assets/secret.sqlite'), 'no');
  writeFileSync(join(folder.path, 'secret.js'), 'outside');
  mkdirSync(join(folder.path, 'renderer-old'));
  writeFileSync(join(folder.path, 'renderer-old/index.html'), 'a sibling');
  const electron = fakeElectron('/app');
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  const { registerPageScheme, servePage } = await import('../../src/main/security/page-protocol.ts');
  registerPageScheme();
  electron.app.becomeReady();
  servePage(pages);
  return { electron, load: electron.load, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('the page with the headers that protect it', async () => {
  await using served = await serve();
  expect(served.electron.privileged).toEqual(['app']);
  const answer = await served.load('app://sluice/index.html?x=1#y');
  expect([answer.status, await answer.text()]).toEqual([200, '<p>ä</p>']);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

test('files below it, by their type', async () => {
  await using served = await serve();
  const answer = await served.load('app://sluice/assets/a%20b.js');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
});

test.each([
  'app://sluice/missing.html',
  'app://sluice/',
  'app://sluice/assets',
  'app://sluice/assets/secret.sqlite',
  'app://sluice/../secret.js',
  'app://sluice/%2e%2e/secret.js',
  'app://sluice/..%2fsecret.js',
  'app://sluice/assets/..%2f..%2fsecret.js',
  'app://sluice/..%5csecret.js',
  'app://sluice/..%2frenderer-old/index.html',
  'app://sluice/index.html%00.js',
  'app://sluice/%',
  'app://other/index.html',
])('nothing for %s', async (url) => {
  await using served = await serve();
  const answer = await served.load(url);
  expect([answer.status, await answer.text()]).toEqual([404, 'There is nothing here.']);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('nothing but GET', async () => {
  await using served = await serve();
  const post = new Request('app://sluice/index.html', { method: 'POST', body: 'x' });
  expect((await served.electron.send(post)).status).toBe(404);
});
