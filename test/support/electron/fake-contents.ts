/** Electron's `webContents` and `ipcMain`: what crosses between the page's process and this one is a copy, and comes later. */
import { EventEmitter } from 'node:events';
import type { IpcMain, Session, WebContents, WebFrameMain } from 'electron';
import { PreventableEvent } from './preventable-event.ts';

export type Load = (url: string) => Promise<Response>;
type Handler = Parameters<IpcMain['handle']>[1];
type Frame = Pick<WebFrameMain, 'url' | 'parent'>;

export class FakeIpcMain extends EventEmitter implements Pick<IpcMain, 'handle'> {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  /** What `ipcRenderer.invoke` does in a frame: of an error that the handler throws, the text arrives. */
  async invoke(
    sender: FakeContents,
    senderFrame: Frame | null,
    channel: string,
    ...values: unknown[]
  ): Promise<unknown> {
    const sent = values.map((value) => structuredClone(value));
    await new Promise(setImmediate);
    const handler = this.#handlers.get(channel);
    try {
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      // The real event has more, which nothing here may use.
      const event = { sender, senderFrame } as unknown as Parameters<Handler>[0];
      return structuredClone(await handler(event, ...sent));
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`);
    }
  }
}

/** The part of a session that keeps permissions. */
export class FakeSession implements Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
> {
  request: Parameters<Session['setPermissionRequestHandler']>[0] = null;
  check: Parameters<Session['setPermissionCheckHandler']>[0] = null;
  device: Parameters<Session['setDevicePermissionHandler']>[0] = null;

  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler;
  }
}

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];
type FakedContents = 'isCrashed' | 'isDestroyed' | 'send' | 'setWindowOpenHandler';

export class FakeContents extends EventEmitter implements Pick<WebContents, FakedContents> {
  /** The page's frame; null before there is one. A page that is loaded has a new one. */
  mainFrame: Frame | null = null;
  /** The page's own end of IPC. */
  readonly ipcRenderer = new EventEmitter();
  readonly session: FakeSession;
  /** Status and headers of the page that is shown. */
  response: Response | null = null;
  openHandler: OpenHandler | null = null;
  readonly #load: Load;
  #url = '';
  #isDestroyed = false;
  #isCrashed = false;

  constructor(session: FakeSession, load: Load) {
    super();
    this.session = session;
    this.#load = load;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  /** What loadURL, reload and a page's own navigation have in common. */
  async load(url: string): Promise<void> {
    this.emit('did-start-navigation', PreventableEvent.with({ url, isMainFrame: true, isSameDocument: false }));
    this.#isCrashed = false;
    this.#url = url;
    this.response = await this.#load(url);
    if (this.#isDestroyed) return;
    this.mainFrame = { url, parent: null };
    this.emit('did-finish-load');
  }

  async reload(): Promise<void> {
    await this.load(this.#url);
  }

  /** A script or link of the page (or of a frame in it) goes elsewhere. Resolves with whether that happened. */
  async navigate(url: string, isMainFrame = true): Promise<boolean> {
    const event = PreventableEvent.with({ url, isMainFrame, isSameDocument: false });
    this.emit('will-frame-navigate', event);
    if (!event.defaultPrevented && isMainFrame) await this.load(url);
    return !event.defaultPrevented;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isCrashed(): boolean {
    return this.#isCrashed;
  }

  send(channel: string, ...values: unknown[]): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed');
    const sent = values.map((value) => structuredClone(value));
    setImmediate(() => {
      if (!this.#isDestroyed && !this.#isCrashed) this.ipcRenderer.emit(channel, {}, ...sent);
    });
  }

  /** Its process ends. */
  crash(reason = 'crashed'): void {
    this.#isCrashed = true;
    this.mainFrame = null;
    this.emit('render-process-gone', new PreventableEvent(), { reason, exitCode: 139 });
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.mainFrame = null;
    this.emit('destroyed');
  }
}
