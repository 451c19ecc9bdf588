import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { FakeApp } from './fake-app.ts';
import { FakeContents, type FakeSession, type Load } from './fake-contents.ts';
import { PreventableEvent } from './preventable-event.ts';

type Faked =
  | 'close'
  | 'destroy'
  | 'focus'
  | 'isDestroyed'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'reload'
  | 'restore'
  | 'show';

/** What a window finds around it. */
export interface WindowSurroundings {
  readonly app: FakeApp;
  readonly session: FakeSession;
  readonly load: Load;
  /** Windows that exist, oldest first. */
  readonly windows: FakeWindow[];
}

/** Electron's `BrowserWindow`. Closing asks the page first, which takes a moment; a page that hangs never answers. */
export class FakeWindow extends EventEmitter implements Pick<BrowserWindow, Faked> {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: FakeContents;
  hangs = false;
  focused = 0;
  #isVisible: boolean;
  #isMinimized = false;
  #isDestroyed = false;
  readonly #surroundings: WindowSurroundings;

  constructor(surroundings: WindowSurroundings, options: BrowserWindowConstructorOptions) {
    super();
    const { app, session, load, windows } = surroundings;
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    this.#surroundings = surroundings;
    this.options = options;
    this.#isVisible = options.show !== false;
    this.webContents = new FakeContents(session, load);
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    windows.push(this);
    app.emit('web-contents-created', new PreventableEvent(), this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
  }

  reload(): void {
    void this.webContents.reload();
  }

  show(): void {
    this.#isVisible = true;
  }

  focus(): void {
    this.focused++;
  }

  minimize(): void {
    this.#isMinimized = true;
  }

  restore(): void {
    this.#isMinimized = false;
  }

  isVisible(): boolean {
    return this.#isVisible && !this.#isMinimized;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  close(): void {
    if (this.hangs) return;
    setImmediate(() => {
      if (this.#isDestroyed) return;
      const event = new PreventableEvent();
      this.emit('close', event);
      if (event.defaultPrevented) this.#surroundings.app.windowCloseCancelled();
      else this.destroy();
    });
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    const { app, windows } = this.#surroundings;
    windows.splice(windows.indexOf(this), 1);
    this.webContents.destroy();
    this.emit('closed');
    if (windows.length === 0) app.windowsAllClosed();
  }
}
