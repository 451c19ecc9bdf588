import { expect, test, vi } from 'vitest';
import { openMainWindow } from '../../src/main/windows/main-window.ts';

/** The few parts of Electron that the window touches. */
const electron = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events');
  class Contents extends EventEmitter {
    openHandler: (() => { action: string }) | undefined;
    readonly permissions: ((contents: unknown, name: string, answer: (granted: boolean) => void) => void)[] = [];
    readonly checks: (() => boolean)[] = [];
    readonly session = {
      setPermissionRequestHandler: (handler: (typeof this.permissions)[number]) => this.permissions.push(handler),
      setPermissionCheckHandler: (handler: () => boolean) => this.checks.push(handler),
    };
    setWindowOpenHandler(handler: () => { action: string }) {
      this.openHandler = handler;
    }
  }
  class BrowserWindow extends EventEmitter {
    static readonly opened: BrowserWindow[] = [];
    readonly webContents = new Contents();
    readonly loaded: string[] = [];
    isShown = false;
    readonly options: Electron.BrowserWindowConstructorOptions;
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      super();
      this.options = options;
      BrowserWindow.opened.push(this);
    }
    show() {
      this.isShown = true;
    }
    async loadFile(path: string) {
      this.loaded.push(path);
    }
    async loadURL(url: string) {
      this.loaded.push(url);
    }
  }
  return { BrowserWindow };
});
vi.mock('electron', () => electron);

async function open(developmentUrl?: string) {
  await openMainWindow('/app/out', developmentUrl);
  return electron.BrowserWindow.opened.at(-1)!;
}

test('the page runs in a sandbox of its own', async () => {
  const { options } = await open();
  expect(options.webPreferences).toEqual({
    preload: '/app/out/preload/index.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
  });
});

test('loads the built page, or the one of the development server', async () => {
  expect((await open()).loaded).toEqual(['/app/out/renderer/index.html']);
  expect((await open('http://localhost:5173')).loaded).toEqual(['http://localhost:5173']);
});

test('shows itself when there is something to see', async () => {
  const window = await open();
  expect(window.isShown).toBe(false);
  window.emit('ready-to-show');
  expect(window.isShown).toBe(true);
});

test('refuses other pages, windows, webviews and permissions', async () => {
  const { webContents } = await open();
  for (const name of ['will-navigate', 'will-attach-webview']) {
    const preventDefault = vi.fn();
    webContents.emit(name, { preventDefault });
    expect(preventDefault, name).toHaveBeenCalledOnce();
  }
  expect(webContents.openHandler?.()).toEqual({ action: 'deny' });
  const answer = vi.fn();
  webContents.permissions[0]?.(webContents, 'media', answer);
  expect(answer).toHaveBeenCalledExactlyOnceWith(false);
  expect(webContents.checks[0]?.()).toBe(false);
});
