/**
 * Electron's `app`: how it becomes ready, and in which order it ends (shell/browser/browser.cc of Electron). It is ready only
 * when the test says so, after the entry was evaluated: an entry that waits for it at its top level never gets there.
 */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { App } from 'electron';
import { PreventableEvent } from './preventable-event.ts';

type Faked =
  | 'enableSandbox'
  | 'exit'
  | 'getAppPath'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setPath'
  | 'whenReady';

/** What the app knows of its windows. */
export interface AppWindows {
  list(): readonly { close(): void; destroy(): void }[];
}

export class FakeApp extends EventEmitter implements Pick<App, Faked> {
  isPackaged = true;
  /** False: another process has the lock. */
  isFirst = true;
  readonly paths = new Map<string, string>();
  isSandboxed = false;
  /** The exit code, when the process would have ended. */
  readonly exited: Promise<number>;
  readonly #windows: AppWindows;
  readonly #appPath: string;
  readonly #ready = Promise.withResolvers<void>();
  readonly #exit = Promise.withResolvers<number>();
  #isReady = false;
  #isQuitting = false;
  #isExiting = false;
  #isShutDown = false;
  #exitCode = 0;

  constructor(appPath: string, windows: AppWindows) {
    super();
    this.#appPath = appPath;
    this.#windows = windows;
    this.exited = this.#exit.promise;
  }

  /** Driven by the test: Electron has evaluated the entry and started Chromium. Not when the entry ended the app. */
  becomeReady(): void {
    if (this.#isShutDown) return;
    this.#isReady = true;
    this.emit('ready', new PreventableEvent(), {});
    this.#ready.resolve();
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Another process was started on the same profile. */
  startSecond(): void {
    this.emit('second-instance', new PreventableEvent(), [], '/', null);
  }

  requestSingleInstanceLock(): boolean {
    if (!this.paths.has('userData')) throw new Error('The lock belongs to the profile: set userData first.');
    return this.isFirst;
  }

  setPath(name: string, path: string): void {
    if (this.#isReady) throw new Error(`Chromium uses ${name} already.`);
    if (!existsSync(path)) throw new Error(`Path ${path} does not exist.`);
    this.paths.set(name, path);
  }

  getPath(name: string): string {
    const path = this.paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  getAppPath(): string {
    return this.#appPath;
  }

  getVersion(): string {
    return '1.2.3';
  }

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.isSandboxed = true;
  }

  quit(): void {
    if (this.#isQuitting) return;
    const event = new PreventableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#isQuitting = true;
    const windows = this.#windows.list();
    if (windows.length === 0) this.#notifyAndShutDown();
    else for (const window of windows) window.close();
  }

  exit(code = 0): void {
    this.#exitCode = code;
    this.#isExiting = true;
    this.#isQuitting = true;
    const windows = this.#windows.list();
    if (windows.length === 0) this.#shutDown();
    else for (const window of windows) window.destroy();
  }

  /** The last window is gone. */
  windowsAllClosed(): void {
    if (this.#isExiting) this.#shutDown();
    else if (this.#isQuitting) this.#notifyAndShutDown();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  /** A window would not close. */
  windowCloseCancelled(): void {
    this.#isQuitting = false;
  }

  #notifyAndShutDown(): void {
    const event = new PreventableEvent();
    this.emit('will-quit', event);
    if (event.defaultPrevented) this.#isQuitting = false;
    else this.#shutDown();
  }

  #shutDown(): void {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    this.emit('quit', new PreventableEvent(), this.#exitCode);
    this.#exit.resolve(this.#exitCode);
  }
}
