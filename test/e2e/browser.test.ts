/** The pages in a real Chromium, served by the real command: how a browser is let in, and what it gets to see. */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeAddressBrowser, type AddressBrowser } from '../support/address-browser.ts';
import { createFolder } from '../support/databases.ts';
import { findProgram } from '../support/find-program.ts';
import { describePrograms } from '../support/needs.ts';
import { startServe, type ServeProcess } from '../support/serve-process.ts';
import { buildUi } from './support/build-ui.ts';

// Each starts processes, some of them several times.
vi.setConfig({ testTimeout: 90_000 });

const program = new URL('support/sluice-with-ui.ts', import.meta.url).pathname;
const connection = { type: 'postgresql', host: 'db.example.org', username: 'sales', database: 'shop' };

interface Visitor extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console of the page says is wrong. */
  readonly complaints: readonly string[];
}

describePrograms('the pages in a browser', ['chromium'], () => {
  let folder: Awaited<ReturnType<typeof createFolder>>;
  let browser: Browser;
  let opened: AddressBrowser;
  let serve: ServeProcess;
  const start = (...args: string[]) =>
    startServe({
      dataDirectory: join(folder.path, 'data'),
      program: [program, join(folder.path, 'ui')],
      args: ['--host', '0.0.0.0', '--open', ...args],
      environment: opened.environment,
    });
  beforeAll(async () => {
    folder = await createFolder();
    opened = writeAddressBrowser(folder.path);
    await buildUi(join(folder.path, 'ui'));
    browser = await chromium.launch({
      executablePath: findProgram('chromium')!,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
      ],
    });
    serve = await start();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await serve?.end();
    await folder[Symbol.asyncDispose]();
  });

  /** A browser of its own, without cookies. */
  async function newVisitor(): Promise<Visitor> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    return { context, page, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  async function signIn(page: Page, key: string): Promise<void> {
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** The list of connections, or that there are none: only who is let in gets to know. */
  const isIn = (page: Page) => page.locator('.n-list, .n-empty').waitFor();

  test('a visitor with the key is let in, sees connections come and go, and stays in', async () => {
    await using visitor = await newVisitor();
    const { context, page, complaints } = visitor;
    await page.goto(serve.url);
    await signIn(page, 'wrong');
    await page.getByText('The API key is wrong.').waitFor();
    expect(await context.cookies()).toEqual([]);
    await signIn(page, serve.key);
    await isIn(page);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'sluice_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await page.evaluate('document.cookie')).toBe('');

    const { id } = (await serve.send('POST', '/connections', { ...connection, name: 'Comes and goes' })).body;
    await page.getByText('Comes and goes').waitFor();
    await page.getByText('sales@db.example.org:5432/shop').waitFor();
    await serve.send('DELETE', `/connections/${id}`);
    await page.getByText('Comes and goes').waitFor({ state: 'detached' });
    await page.reload();
    await isIn(page);
    // Before the key was right; nothing of the content policy.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  test('the address that --open shows lets in once; the token leaves the address bar', async () => {
    const page = await opened.page();
    const address = await opened.address();
    expect(address).toMatch(/#token=[\w-]{43}$/);
    await using first = await newVisitor();
    await first.page.goto(pathToFileURL(page).href);
    await isIn(first.page);
    expect(first.page.url()).toBe(`${serve.url}/`);
    expect(first.complaints).toEqual([]);
    expect(existsSync(page)).toBe(false);
    await using second = await newVisitor();
    await second.page.goto(address);
    await second.page.getByText('The token is unknown, used or too old.').waitFor();
    await signIn(second.page, serve.key);
    await isIn(second.page);
  });

  test('under an address of this computer that is not loopback too', async ({ annotate }) => {
    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
    const own = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
    if (!own) return void (await annotate('this computer has loopback addresses only'));
    await using visitor = await newVisitor();
    const { page } = visitor;
    await page.goto(`http://${own.address}:${new URL(serve.url).port}`);
    await signIn(page, serve.key);
    await isIn(page);
    await serve.send('POST', '/connections', { ...connection, name: 'Seen from elsewhere' });
    await page.getByText('Seen from elsewhere').waitFor();
  });

  test('a page of another port is not let in by the cookie', async () => {
    await using other = await createFolder();
    await using stranger = await startServe({ dataDirectory: other.path });
    await using visitor = await newVisitor();
    const { page } = visitor;
    await page.goto(serve.url);
    await signIn(page, serve.key);
    await isIn(page);
    // Browsers send cookies to every port of a name.
    await page.goto(`${stranger.url}/health`);
    const target = `${serve.url}/api/v1/connections`;
    const answer = page.waitForResponse(target);
    await page.evaluate(`void fetch('${target}', { mode: 'no-cors', credentials: 'include' }).catch(() => undefined)`);
    expect((await answer).status()).toBe(401);
  });

  test('after a restart of Sluice the open page asks for the key by itself', async () => {
    await using visitor = await newVisitor();
    const { page } = visitor;
    await page.goto(serve.url);
    await signIn(page, serve.key);
    await isIn(page);
    const { port } = new URL(serve.url);
    await serve.end();
    serve = await start('--port', port);
    await signIn(page, serve.key);
    await isIn(page);
    await serve.send('POST', '/connections', { ...connection, name: 'Made after the restart' });
    await page.getByText('Made after the restart').waitFor();
  });
});
