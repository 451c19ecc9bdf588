/** The app on a desktop whose streams come and go: what stays, what ends, and what the person sees of it. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeElectron, type FakeElectron } from '../support/electron/fake-electron.ts';

const patient = { timeout: 20_000 };
const icons = fileURLToPath(new URL('../../resources', import.meta.url));

/** Streams as the test wants them. */
class FakeWork {
  names: readonly string[] = [];
  isKept = true;
  retries = 0;
  finished = 0;
  /** What the end of the application waits for. */
  gate: Promise<void> = Promise.resolve();
  #listener: () => void = () => undefined;

  running = () => this.names;
  keepsRunning = () => this.isKept;
  retryWaiting = () => void this.retries++;
  onChange(listener: () => void): void {
    this.#listener = listener;
  }
  finish = async () => {
    this.finished++;
    await this.gate;
  };
  become(...names: string[]): void {
    this.names = names;
    this.#listener();
  }
}

let electron: FakeElectron;
let work: FakeWork;
const defects: unknown[] = [];
const admitted: unknown[] = [];

async function open() {
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  const { Desktop } = await import('../../src/main/windows/desktop.ts');
  const desktop = new Desktop({
    preload: '/app/out/preload/index.cjs',
    pageUrl: 'app://sluice/index.html',
    icons,
    onContents: (contents) => admitted.push(contents),
    onDefect: (error) => defects.push(error),
    work,
  });
  desktop.show();
  return desktop;
}

/** The person closes the window; resolves when it is gone. */
async function closeWindow(): Promise<void> {
  const window = electron.windows.at(-1)!;
  const closed = new Promise((resolve) => window.once('closed', resolve));
  window.close();
  await closed;
}

const labels = () => electron.visibleTrays().flatMap(({ menu }) => menu.items.map(({ label }) => label));

beforeEach(() => {
  electron = fakeElectron('/app');
  electron.app.becomeReady();
  work = new FakeWork();
  defects.length = 0;
  admitted.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the window', () => {
  test('its page runs in a sandbox, is admitted, and is shown when there is something to see', async () => {
    await open();
    const [window] = electron.windows;
    expect(window!.options.webPreferences).toEqual({
      preload: '/app/out/preload/index.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    });
    expect(admitted).toEqual([window!.webContents]);
    expect(window!.options.show).toBe(false);
    await expect.poll(() => window!.isVisible(), patient).toBe(true);
    expect(window!.webContents.mainFrame?.url).toBe('app://sluice/index.html');
  });

  test('Electron keeps its place', async () => {
    await open();
    expect(electron.windows[0]!.options).toMatchObject({ name: 'main', windowStatePersistence: true });
  });

  test('is brought to the front where it is asked for again', async () => {
    const desktop = await open();
    electron.windows[0]!.minimize();
    desktop.show();
    expect(electron.windows).toHaveLength(1);
    expect([electron.windows[0]!.isVisible(), electron.windows[0]!.focused]).toEqual([true, 1]);
  });

  test('a page that crashes is loaded again, once', async () => {
    await open();
    const [window] = electron.windows;
    await expect.poll(() => window!.webContents.mainFrame, patient).not.toBe(null);
    window!.webContents.crash();
    await expect.poll(() => window!.webContents.mainFrame?.url, patient).toBe('app://sluice/index.html');
    expect(defects).toMatchObject([{ message: expect.stringContaining('crashed') }]);
    work.become('a');
    window!.webContents.crash('oom');
    expect(electron.windows).toEqual([]);
    expect(electron.errorBoxes).toMatchObject([{ title: 'The window of Sluice crashed twice' }]);
    expect(labels()).toContain('Open Sluice');
  });

  test('a page whose process ends in good order is left alone', async () => {
    await open();
    electron.windows[0]!.webContents.crash('clean-exit');
    expect([defects, electron.windows.length]).toEqual([[], 1]);
  });
});

describe('closing the window', () => {
  test('ends an app that has nothing to do', async () => {
    await open();
    await closeWindow();
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });

  test('leaves streams at work, and an icon to come back by, even when they are done', async () => {
    await open();
    work.become('shop', 'club');
    await closeWindow();
    expect(labels()).toContain('2 streams are running: shop, club');
    work.become();
    expect(labels()).toEqual(['No stream is running', undefined, 'Open Sluice', 'Quit']);
    electron.visibleTrays()[0]!.choose('Open Sluice');
    expect(electron.windows).toHaveLength(1);
    expect(electron.visibleTrays()).toEqual([]);
    expect(work.finished).toBe(0);
    await closeWindow();
    expect(await electron.app.exited).toBe(0);
  });

  test('ends the app all the same where the person wants it so', async () => {
    work.isKept = false;
    await open();
    work.become('shop');
    await closeWindow();
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });

  test('on macOS the app stays, and a click on its icon opens the window', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    await open();
    await closeWindow();
    electron.app.emit('activate');
    expect(electron.windows).toHaveLength(1);
    expect(work.finished).toBe(0);
  });
});

describe('while streams run', () => {
  test('there is an icon, and the computer does not go to sleep by itself', async () => {
    await open();
    expect([electron.isKeptAwake(), labels()]).toEqual([false, []]);
    work.become('shop');
    work.become('shop', 'club');
    expect([electron.isKeptAwake(), electron.trays.length]).toEqual([true, 1]);
    work.become();
    expect([electron.isKeptAwake(), labels()]).toEqual([false, []]);
  });

  test('after a sleep those that wait try again at once', async () => {
    await open();
    electron.module.powerMonitor.emit('resume');
    expect(work.retries).toBe(1);
  });
});

describe('quitting', () => {
  test('finishes first, once, however often it is asked for', async () => {
    const gate = Promise.withResolvers<void>();
    work.gate = gate.promise;
    const desktop = await open();
    electron.app.quit();
    electron.app.quit();
    expect(work.finished).toBe(1);
    expect(electron.windows).toHaveLength(1);
    // What is asked for meanwhile does not hold it up.
    await closeWindow();
    desktop.show();
    electron.app.emit('activate');
    expect(electron.windows).toEqual([]);
    gate.resolve();
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });

  test('ends with a page that hangs', async () => {
    await open();
    electron.windows[0]!.hangs = true;
    electron.app.quit();
    expect(await electron.app.exited).toBe(0);
  });

  test('ends although finishing fails', async () => {
    work.gate = Promise.reject(new Error('The journal is gone.'));
    await open();
    electron.app.quit();
    expect(await electron.app.exited).toBe(0);
    expect(defects).toMatchObject([{ message: 'The journal is gone.' }]);
  });

  test('ends within ten seconds although finishing never does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    work.gate = new Promise(() => undefined);
    await open();
    const exited = vi.fn();
    void electron.app.exited.then(exited);
    electron.app.quit();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(exited).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(exited).toHaveBeenCalledExactlyOnceWith(0);
  });

  test('after a fault finishes too, and says so by its exit code', async () => {
    const desktop = await open();
    desktop.fail();
    expect(await electron.app.exited).toBe(1);
    expect(work.finished).toBe(1);
  });

  test('from the tray', async () => {
    await open();
    work.become('shop');
    electron.visibleTrays()[0]!.choose('Pause Streams and Quit');
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });

  test('when the computer shuts down, which waits for it', async () => {
    await open();
    const preventDefault = vi.fn();
    electron.module.powerMonitor.emit('shutdown', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });

  test('when the session ends on Windows', async () => {
    await open();
    electron.windows[0]!.emit('session-end');
    expect(await electron.app.exited).toBe(0);
    expect(work.finished).toBe(1);
  });
});
