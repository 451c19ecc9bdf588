/**
 * The Electron entry with everything behind it: the real application, its hosts as real processes, the real preload script,
 * on a fake of the parts of Electron that they touch.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lockDataDirectory } from '../src/main/stores/data-directory-lock.ts';
import { makeDataDirectory } from '../src/main/stores/data-directory.ts';
import { Journal } from '../src/main/stores/journal.ts';
import type { AppEvent } from '../src/shared/contract/events.ts';
import type { OperationInput, OperationName, OperationOutput } from '../src/shared/contract/contract.ts';
import type { WindowApi } from '../src/shared/contract/window-api.ts';
import { isAlive } from './hosts/support/processes.ts';
import { createFolder } from './support/databases.ts';
import { fakeElectron, type FakeElectron } from './support/electron/fake-electron.ts';

/** On a computer that has much else to do. */
const patient = { timeout: 20_000 };
const project = fileURLToPath(new URL('..', import.meta.url));

let folder: Awaited<ReturnType<typeof createFolder>>;
let dataDirectory: string;
const started: FakeElectron[] = [];
beforeEach(async () => {
  folder = await createFolder();
  dataDirectory = join(folder.path, 'data');
  // No keychain of this computer, and no key of the environment.
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY', 'SLUICE_API_KEY']) vi.stubEnv(name, '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const electron of started.splice(0)) {
    electron.app.quit();
    await electron.app.exited;
    electron.close();
  }
  await expect.poll(isFree, patient).toBe(true);
  await folder[Symbol.asyncDispose]();
});

/** Starts the app as Electron does: the entry is evaluated, then Chromium is ready. */
async function launch(change: (electron: FakeElectron) => void = () => undefined, args: readonly string[] = []) {
  const electron = fakeElectron(project);
  change(electron);
  started.push(electron);
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['sluice', `--data-dir=${dataDirectory}`, '--port=0', ...args]);
  await import('../src/main/index.ts');
  electron.app.becomeReady();
  return electron;
}

/** The window is there, and its page has what the preload script gives it. */
async function openPage(electron: FakeElectron): Promise<WindowApi> {
  await expect.poll(() => electron.windows[0]?.isVisible(), patient).toBe(true);
  await import('../src/preload/index.ts');
  return electron.exposed.get('sluice') as WindowApi;
}

/** The answer of a call that goes well. */
async function ask<Name extends OperationName>(page: WindowApi, name: Name, input: OperationInput<Name>) {
  const reply = await page.call(name, input);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.value as OperationOutput<Name>;
}

/** A stream that reads rows until it is told to end. */
async function startEndless(page: WindowApi): Promise<string> {
  const source = join(folder.path, 'source.sqlite');
  using database = new DatabaseSync(source);
  database.exec('CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY)');
  const { id: from } = await ask(page, 'connections.create', { body: { name: 'from', type: 'sqlite', path: source } });
  const path = join(folder.path, 'target.sqlite');
  const { id: to } = await ask(page, 'connections.create', { body: { name: 'to', type: 'sqlite', path } });
  const query = 'WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n';
  const { id } = await ask(page, 'streamConfigs.create', {
    body: { name: 'endless', source: from, target: to, mode: 'convert', tables: [{ name: 'n', query }] },
  });
  return (await ask(page, 'streams.start', { id })).id;
}

/** Nobody has the lock on the data directory. */
function isFree(): boolean {
  if (!existsSync(dataDirectory)) return true;
  try {
    lockDataDirectory(dataDirectory).release();
    return true;
  } catch {
    return false;
  }
}

/**
 * The exit code, once everything is closed: this process outlives the app, which does not wait for its last steps beyond ten
 * seconds.
 */
async function endOf(electron: FakeElectron): Promise<number> {
  const code = await electron.app.exited;
  await expect.poll(isFree, patient).toBe(true);
  return code;
}

/** What the journal has of a stream when the app has ended. */
function journaled(id: string) {
  const journal = new Journal(join(dataDirectory, 'journal.sqlite'), () => undefined);
  try {
    return journal.stream(id)!.stream;
  } finally {
    journal.close();
  }
}

describe('starting', () => {
  test('opens a sandboxed window on the page of our own scheme', async () => {
    const electron = await launch();
    await openPage(electron);
    expect(electron.app.isSandboxed).toBe(true);
    expect(electron.privileged).toEqual(['app']);
    const { mainFrame, response } = electron.windows[0]!.webContents;
    expect(mainFrame?.url).toBe('app://sluice/index.html');
    expect([response!.status, response!.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("script-src 'self'"),
    ]);
    expect(electron.menus.application).not.toBe(null);
    expect(await electron.windows[0]!.webContents.navigate('https://example.org/')).toBe(false);
  });

  test('keeps what is ours and what is Chromium’s apart, for the owner only', async () => {
    const electron = await launch();
    await openPage(electron);
    expect(electron.app.paths.get('userData')).toBe(join(dataDirectory, 'chromium'));
    for (const path of [dataDirectory, join(dataDirectory, 'chromium')])
      expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDirectory, 'sluice.log')).mode & 0o777).toBe(0o600);
  });

  test('a second start brings the window of the first to the front, and touches nothing', async () => {
    const electron = await launch();
    await openPage(electron);
    electron.windows[0]!.minimize();
    electron.app.startSecond();
    expect([electron.windows.length, electron.windows[0]!.isVisible()]).toEqual([1, true]);

    const second = await launch(({ app }) => (app.isFirst = false));
    expect(await second.app.exited).toBe(0);
    expect([second.windows, second.errorBoxes, second.privileged]).toEqual([[], [], []]);
  });

  test('does not wait for a keychain: the window is there, and what its page asks is answered when it can be', async () => {
    // A desktop session, where a keychain is to be expected.
    vi.stubEnv('DISPLAY', ':4711');
    let wasWaiting: boolean | null = null;
    const kill = vi.spyOn(process, 'kill');
    const electron = await launch(({ app, module: { utilityProcess } }) => {
      utilityProcess.deaf = 'Sluice keychain';
      // Its process is given up, and ended, before the application does without it.
      const hasGivenUp = () => kill.mock.calls.some(([, signal]) => signal === 'SIGKILL');
      app.once('web-contents-created', () => (wasWaiting = !hasGivenUp()));
    });
    const page = await openPage(electron);
    const { findings } = await ask(page, 'server.info', {});
    expect(findings).toContainEqual(expect.objectContaining({ code: 'api_key_not_kept' }));
    expect(wasWaiting).toBe(true);
  });

  test('can be ended before it has started', async () => {
    vi.stubEnv('DISPLAY', ':4711');
    const electron = await launch(({ module }) => (module.utilityProcess.deaf = 'Sluice keychain'));
    await openPage(electron);
    electron.windows[0]!.close();
    expect(await endOf(electron)).toBe(0);
  });

  test('says why it cannot, and ends', async () => {
    makeDataDirectory(dataDirectory);
    using lock = lockDataDirectory(dataDirectory);
    const electron = await launch();
    expect(await electron.app.exited).toBe(2);
    expect(electron.errorBoxes).toEqual([
      {
        title: 'Sluice cannot start',
        content: `Sluice is already running on ${dataDirectory} (process ${process.pid}). Close it first, or choose another directory with --data-dir.`,
      },
    ]);
    expect(electron.windows).toEqual([]);
    lock.release();
  });

  test('the same for what is wrong before Electron is ready', async () => {
    const electron = await launch(undefined, ['--port=none']);
    expect(await electron.app.exited).toBe(2);
    expect(electron.errorBoxes).toMatchObject([{ content: expect.stringContaining('--port') }]);
    expect(existsSync(dataDirectory)).toBe(false);
  });

  test('a package loads no page of a development server, a development start does', async () => {
    vi.stubEnv('ELECTRON_RENDERER_URL', 'http://localhost:5173');
    const packaged = await launch();
    await openPage(packaged);
    expect(packaged.windows[0]!.webContents.mainFrame?.url).toBe('app://sluice/index.html');
    packaged.app.quit();
    await endOf(packaged);
    const development = await launch(({ app }) => (app.isPackaged = false));
    const page = await openPage(development);
    expect(development.windows[0]!.webContents.mainFrame?.url).toBe('http://localhost:5173');
    expect(await ask(page, 'connections.list', {})).toEqual([]);
  });

  test('goes on without the REST API where its port is taken', async () => {
    const first = await launch();
    const info = await ask(await openPage(first), 'server.info', {});
    expect(info.findings.map(({ code }) => code)).not.toContain('rest_missing');
    const url = readFileSync(join(dataDirectory, 'sluice.log'), 'utf8').match(/http:\/\/127\.0\.0\.1:\d+/)![0];
    dataDirectory = join(folder.path, 'other');
    const second = await launch(undefined, [`--port=${new URL(url).port}`]);
    const { findings } = await ask(await openPage(second), 'server.info', {});
    expect(findings.find(({ code }) => code === 'rest_missing')?.message).toContain('in use by another program');
  });
});

describe('the page', () => {
  test('calls the application, and hears what it announces', async () => {
    const electron = await launch();
    const page = await openPage(electron);
    const events: AppEvent[] = [];
    const end = page.on((event) => events.push(event));
    const body = { name: 'shop', type: 'sqlite', path: join(folder.path, 'shop.sqlite') } as const;
    const { id } = await ask(page, 'connections.create', { body });
    expect(await ask(page, 'connections.list', {})).toMatchObject([{ id, name: 'shop' }]);
    await expect.poll(() => events, patient).toMatchObject([{ type: 'changed', what: 'connections' }]);
    end();
    await ask(page, 'connections.delete', { id });
    expect(events).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(dataDirectory, 'sluice.json'), 'utf8'))).toMatchObject({ connections: [] });
  });

  test('reaches databases through processes of their own', async () => {
    const electron = await launch();
    const page = await openPage(electron);
    const path = join(folder.path, 'shop.sqlite');
    using database = new DatabaseSync(path);
    database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    const { id } = await ask(page, 'connections.create', { body: { name: 'shop', type: 'sqlite', path } });
    expect(await ask(page, 'connections.tables', { id })).toEqual(['item']);
    expect(electron.module.utilityProcess.options.map(({ serviceName }) => serviceName)).toEqual(['Sluice inspector']);
  });
});

describe('with a stream at work', { timeout: 60_000 }, () => {
  test('an error that nobody caught pauses it, is in the log, and ends the app with 1', async () => {
    const before = process.listeners('uncaughtException');
    const electron = await launch();
    const id = await startEndless(await openPage(electron));
    // Thrown for real it would end this test run too: only what the app listens with gets it.
    const own = process.listeners('uncaughtException').filter((listener) => !before.includes(listener));
    expect(own).toHaveLength(1);
    own[0]!(new Error('a fault of the test'), 'uncaughtException');
    expect(await endOf(electron)).toBe(1);
    expect(journaled(id)).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
    expect(readFileSync(join(dataDirectory, 'sluice.log'), 'utf8')).toContain('a fault of the test');
    expect(process.listeners('uncaughtException')).toEqual(before);
  });

  test('quitting pauses it durably, and nothing of it is left running', async () => {
    const electron = await launch();
    const page = await openPage(electron);
    const id = await startEndless(page);
    expect(electron.isKeptAwake()).toBe(true);
    const pids = electron.module.utilityProcess.children.map(({ pid }) => pid!);
    electron.app.quit();
    // Pages that ask meanwhile hear why nothing is done.
    expect(await page.call('streams.list', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await endOf(electron)).toBe(0);
    expect(journaled(id)).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
    await expect.poll(() => pids.filter(isAlive), patient).toEqual([]);

    const next = await launch();
    expect(await ask(await openPage(next), 'streams.list', {})).toMatchObject([{ id, status: 'PAUSED' }]);
  });

  test('closing the window leaves it at work, and the tray leads back to it', async () => {
    const electron = await launch();
    const id = await startEndless(await openPage(electron));
    const [window] = electron.windows;
    const closed = new Promise((resolve) => window!.once('closed', resolve));
    window!.close();
    await closed;
    const [tray] = electron.visibleTrays();
    expect(tray!.menu.items[0]!.label).toBe('endless is running');
    tray!.choose('Open Sluice');
    const page = await openPage(electron);
    expect(await ask(page, 'streams.get', { id })).toMatchObject({ status: 'RUNNING' });
    await ask(page, 'streams.stop', { id });
    await expect.poll(() => electron.visibleTrays(), patient).toEqual([]);
    expect(electron.isKeptAwake()).toBe(false);
  });

  test('the setting lets the last window end it', async () => {
    const electron = await launch();
    const page = await openPage(electron);
    await ask(page, 'settings.update', { body: { keepRunningInTray: false } });
    const id = await startEndless(page);
    electron.windows[0]!.close();
    expect(await endOf(electron)).toBe(0);
    expect(journaled(id)).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
  });
});
