/**
 * The parts of Electron that Sluice touches, behaving as they do: to be given to `vi.mock('electron')`, one for each start of
 * the app. Utility processes are real processes of Node.
 */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type {
  BrowserWindowConstructorOptions,
  Dialog,
  Menu,
  MenuItemConstructorOptions,
  NativeImage,
  PowerSaveBlocker,
  Protocol,
  Shell,
  Tray,
} from 'electron';
import { FakeApp } from './fake-app.ts';
import { FakeIpcMain, FakeSession } from './fake-contents.ts';
import { FakeUtilityProcesses } from './fake-utility-process.ts';
import { FakeWindow } from './fake-window.ts';

type FakeImage = Pick<NativeImage, 'isEmpty' | 'setTemplateImage'> & { readonly path: string };
interface FakeMenu {
  readonly items: readonly MenuItemConstructorOptions[];
}

/** The page's side of the newest window, as its preload script sees it. */
export interface PageSide {
  readonly contextBridge: { exposeInMainWorld(name: string, api: unknown): void };
  readonly ipcRenderer: {
    invoke(channel: string, ...values: unknown[]): Promise<unknown>;
    on(channel: string, listener: (...values: unknown[]) => void): void;
    removeListener(channel: string, listener: (...values: unknown[]) => void): void;
  };
}

/** `appPath`: the folder of the app's package.json. */
export function fakeElectron(appPath: string) {
  const windows: FakeWindow[] = [];
  const app = new FakeApp(appPath, { list: () => [...windows] });
  const session = new FakeSession();
  const ipcMain = new FakeIpcMain();
  const schemes = new Map<string, Parameters<Protocol['handle']>[1]>();
  const privileged: string[] = [];
  const opened: string[] = [];
  const errorBoxes: { readonly title: string; readonly content: string }[] = [];
  const trays: FakeTray[] = [];
  const awake = new Set<number>();
  /** What the preload script has given the page. */
  const exposed = new Map<string, unknown>();

  const send = async (request: Request): Promise<Response> => {
    const handler = schemes.get(new URL(request.url).protocol.slice(0, -1));
    return handler ? await handler(request) : new Response(`From the network: ${request.url}`);
  };
  const load = (url: string) => send(new Request(url));

  const protocol: Pick<Protocol, 'handle' | 'registerSchemesAsPrivileged'> = {
    registerSchemesAsPrivileged(all) {
      if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
      privileged.push(...all.map(({ scheme }) => scheme));
    },
    handle(scheme, handler) {
      if (!app.isReady()) throw new Error('Session can only be received when app is ready');
      if (schemes.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
      schemes.set(scheme, handler);
    },
  };

  class FakeTray extends EventEmitter implements Pick<Tray, 'destroy' | 'isDestroyed' | 'setToolTip'> {
    readonly image: FakeImage;
    toolTip = '';
    menu: FakeMenu = { items: [] };
    #isDestroyed = false;

    constructor(image: FakeImage) {
      super();
      if (!app.isReady()) throw new Error('Cannot create Tray before app is ready');
      this.image = image;
      trays.push(this);
    }

    setToolTip(text: string): void {
      this.toolTip = text;
    }

    setContextMenu(menu: FakeMenu): void {
      if (this.#isDestroyed) throw new Error('Tray is destroyed');
      this.menu = menu;
    }

    destroy(): void {
      this.#isDestroyed = true;
    }

    isDestroyed(): boolean {
      return this.#isDestroyed;
    }

    /** A click on the item of the menu that has this label. */
    choose(label: string): void {
      const item = this.menu.items.find((each) => each.label === label);
      if (!item) throw new Error(`The menu has no "${label}".`);
      // Nothing here looks at what Electron passes to it.
      (item.click as (() => void) | undefined)?.();
    }
  }

  const menus = { application: null as FakeMenu | null };
  const shell: Pick<Shell, 'openExternal'> = { openExternal: async (url) => void opened.push(url) };
  const dialog: Pick<Dialog, 'showErrorBox'> = {
    showErrorBox: (title, content) => void errorBoxes.push({ title, content }),
  };
  let nextBlocker = 1;
  const powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'> = {
    start() {
      awake.add(nextBlocker);
      return nextBlocker++;
    },
    stop: (id) => awake.delete(id),
  };

  const page: PageSide = {
    contextBridge: { exposeInMainWorld: (name, api) => void exposed.set(name, api) },
    ipcRenderer: {
      invoke(channel, ...values) {
        const contents = windows.at(-1)!.webContents;
        return ipcMain.invoke(contents, contents.mainFrame, channel, ...values);
      },
      on: (channel, listener) => void windows.at(-1)!.webContents.ipcRenderer.on(channel, listener),
      removeListener: (channel, listener) => void windows.at(-1)!.webContents.ipcRenderer.off(channel, listener),
    },
  };

  const utilityProcess = new FakeUtilityProcesses(() => app.isReady());
  const module = {
    app,
    ipcMain,
    protocol,
    shell,
    dialog,
    powerSaveBlocker,
    powerMonitor: new EventEmitter(),
    utilityProcess,
    nativeImage: {
      createFromPath: (path: string): FakeImage => ({
        path,
        isEmpty: () => !existsSync(path),
        setTemplateImage: () => undefined,
      }),
    },
    Menu: {
      buildFromTemplate: (items: readonly MenuItemConstructorOptions[]): FakeMenu => ({ items }),
      setApplicationMenu: (menu: FakeMenu | null) => void (menus.application = menu),
    } satisfies Record<keyof Pick<typeof Menu, 'buildFromTemplate' | 'setApplicationMenu'>, unknown>,
    Tray: FakeTray,
    BrowserWindow: class extends FakeWindow {
      constructor(options: BrowserWindowConstructorOptions = {}) {
        super({ app, session, load, windows }, options);
      }
    },
    ...page,
  };

  return {
    /** For `vi.mock('electron')`. */
    module,
    app,
    ipcMain,
    session,
    windows,
    trays,
    menus,
    /** Addresses that were given to the person's browser. */
    opened,
    errorBoxes,
    privileged,
    /** Answers as the network of the page does. */
    load,
    send,
    exposed,
    /** Whether the computer is kept from sleeping. */
    isKeptAwake: () => awake.size > 0,
    /** Icons beside the clock. */
    visibleTrays: () => trays.filter((tray) => !tray.isDestroyed()),
    /** Ends the utility processes, as Electron does when it ends. */
    close: () => utilityProcess.killAll(),
  };
}

export type FakeElectron = ReturnType<typeof fakeElectron>;
