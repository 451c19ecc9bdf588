/** The built app in the real Electron, driven by Playwright: what only Chromium and the desktop can show. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Journal } from '../../src/main/stores/journal.ts';
import type { OperationInput, OperationName } from '../../src/shared/contract/contract.ts';
import { createFolder } from '../support/databases.ts';
import { describeElectron } from '../support/needs.ts';
import { buildApp, type BuiltApp } from './support/build-app.ts';

const patient = { timeout: 20_000 };

describeElectron('the window in Electron', (program) => {
  let built: BuiltApp;
  let folder: Awaited<ReturnType<typeof createFolder>>;
  beforeAll(async () => {
    built = await buildApp();
  }, 120_000);
  afterAll(() => built?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await createFolder();
    return () => folder[Symbol.asyncDispose]();
  });

  interface Launched extends AsyncDisposable {
    readonly app: ElectronApplication;
    readonly page: Page;
    readonly complaints: readonly string[];
  }

  async function launch(): Promise<Launched> {
    const isRoot = process.getuid?.() === 0;
    const app = await _electron.launch({
      executablePath: program,
      args: [
        join(built.output, '..'),
        `--data-dir=${join(folder.path, 'data')}`,
        '--port=0',
        ...(isRoot ? ['--no-sandbox'] : []),
      ],
      // No keychain of this computer.
      env: { ...(process.env as Record<string, string>), DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '' },
    });
    const page = await app.firstWindow();
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    return { app, page, complaints, [Symbol.asyncDispose]: () => app.close() };
  }

  async function ask<Name extends OperationName>(page: Page, name: Name, input: OperationInput<Name>) {
    const reply = await page.evaluate(`window.sluice.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`);
    return reply as { readonly ok: boolean; readonly value: { readonly id: string } };
  }

  async function startEndless(page: Page): Promise<string> {
    const source = join(folder.path, 'source.sqlite');
    using database = new DatabaseSync(source);
    database.exec('CREATE TABLE a (id INTEGER PRIMARY KEY)');
    const target = join(folder.path, 'target.sqlite');
    const from = await ask(page, 'connections.create', { body: { name: 'from', type: 'sqlite', path: source } });
    const to = await ask(page, 'connections.create', { body: { name: 'to', type: 'sqlite', path: target } });
    const query = 'WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n';
    const ends = { source: from.value.id, target: to.value.id };
    const config = await ask(page, 'streamConfigs.create', {
      body: { name: 'endless', ...ends, mode: 'convert', tables: [{ name: 'n', query }] },
    });
    return (await ask(page, 'streams.start', { id: config.value.id })).value.id;
  }

  test('the page has two functions of ours and nothing of Node', async () => {
    await using launched = await launch();
    const { page, complaints } = launched;
    expect(page.url()).toBe('app://sluice/index.html');
    expect(await page.evaluate('Object.keys(window.sluice).sort()')).toEqual(['call', 'on']);
    expect(await page.evaluate('[typeof require, typeof process, typeof module]')).toEqual(Array(3).fill('undefined'));
    expect(complaints).toEqual([]);
  });

  test('no script that is written into it runs, no other page loads, no window opens, nothing is permitted', async () => {
    await using launched = await launch();
    const { app, page } = launched;
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
    }`);
    expect(await page.evaluate('window.wasRun')).toBe(undefined);
    await page.evaluate(`void (location.href = 'http://127.0.0.1/')`);
    await page.evaluate(`void window.open('http://127.0.0.1/')`);
    expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
    expect(await page.evaluate(`fetch('http://127.0.0.1/').catch(() => 'refused')`)).toBe('refused');
    expect(await page.evaluate(`fetch('file:///etc/hostname').catch(() => 'refused')`)).toBe('refused');
    expect([app.windows().length, page.url()]).toEqual([1, 'app://sluice/index.html']);
  });

  test('a database is reached through a utility process', async () => {
    await using launched = await launch();
    const path = join(folder.path, 'shop.sqlite');
    using database = new DatabaseSync(path);
    database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    const { value } = await ask(launched.page, 'connections.create', { body: { name: 'shop', type: 'sqlite', path } });
    expect(await ask(launched.page, 'connections.tables', { id: value.id })).toEqual({ ok: true, value: ['item'] });
    await launched.page.getByText('shop').first().waitFor();
  });

  test('quitting pauses a stream durably; the next start finds it, and the window where it was', async () => {
    const size = { width: 900, height: 640 };
    let id: string;
    {
      await using launched = await launch();
      id = await startEndless(launched.page);
      await launched.app.evaluate(
        ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds),
        size,
      );
    }
    const journal = new Journal(join(folder.path, 'data/journal.sqlite'), () => undefined);
    expect(journal.stream(id)!.stream).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
    journal.close();
    await using next = await launch();
    expect(await ask(next.page, 'streams.get', { id })).toMatchObject({ ok: true, value: { status: 'PAUSED' } });
    const bounds = () => next.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds());
    await expect.poll(bounds, patient).toMatchObject(size);
  });

  test('a closed window leaves a stream at work; a second start opens the window again', async () => {
    await using launched = await launch();
    const { app, page } = launched;
    const id = await startEndless(page);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
    await expect.poll(() => app.windows().length, patient).toBe(0);
    const opened = app.waitForEvent('window');
    await app.evaluate(({ app: electron }) => void electron.emit('second-instance'));
    const again = await opened;
    await again.getByRole('heading', { name: 'Connections' }).waitFor();
    expect(await ask(again, 'streams.get', { id })).toMatchObject({ value: { status: 'RUNNING' } });
  });
});
