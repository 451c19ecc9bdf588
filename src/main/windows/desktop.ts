/** The app among others on a desktop: its window, its icon in the tray, the computer's sleep, and when it ends. */
import { join } from 'node:path';
import { app, powerMonitor, powerSaveBlocker, type Event } from 'electron';
import { finishBeforeQuit, type Quitting } from './finish-before-quit.ts';
import { MainWindow, type MainWindowParts } from './main-window.ts';
import { TrayIcon } from './tray-icon.ts';

/** What the desktop asks of the application behind it. */
export interface StreamWork {
  /** Names of the streams that are running. */
  running(): readonly string[];
  /** `listener` hears when that may have changed. */
  onChange(listener: () => void): void;
  /** What waits for a server tries again at once. */
  retryWaiting(): void;
  /** The setting: without its window the app goes on while streams run. */
  keepsRunning(): boolean;
  /** Pauses what runs and closes everything. */
  finish(): Promise<void>;
}

export interface DesktopParts extends Pick<MainWindowParts, 'preload' | 'pageUrl' | 'onContents' | 'onDefect'> {
  /** Where the icons are: absolute. */
  readonly icons: string;
  readonly work: StreamWork;
}

/** More than a stream that hangs is given, two times three seconds. */
const quitWithinMs = 10_000;

export class Desktop {
  readonly #work: StreamWork;
  readonly #window: MainWindow;
  readonly #tray: TrayIcon;
  readonly #quitting: Quitting;
  /** The window is closed, and the app went on without it: then the icon is the only way back. */
  #isInBackground = false;
  /** Of the powerSaveBlocker; null while the computer may sleep. */
  #awake: number | null = null;
  #exitCode = 0;

  constructor({ icons, work, ...parts }: DesktopParts) {
    this.#work = work;
    this.#window = new MainWindow({
      ...parts,
      icon: join(icons, 'icon.png'),
      onClosed: () => this.#update(),
      onSessionEnd: () => app.quit(),
    });
    this.#tray = new TrayIcon(icons, { open: () => this.show(), quit: () => app.quit() });
    this.#quitting = finishBeforeQuit(
      () => work.finish(),
      quitWithinMs,
      parts.onDefect,
      () => this.#exitCode,
    );
    app.on('window-all-closed', () => this.#leaveWindow());
    app.on('activate', () => this.show());
    work.onChange(() => this.#update());
    powerMonitor.on('resume', () => work.retryWaiting());
    const delayShutdown = (event: Event) => {
      event.preventDefault();
      app.quit();
    };
    // Electron's types leave out the event that its documentation describes.
    powerMonitor.on('shutdown', delayShutdown as () => void);
  }

  /** Opens the window, or brings it to the front. Not while the app ends. */
  show(): void {
    if (this.#quitting.isUnderWay) return;
    this.#isInBackground = false;
    this.#window.show();
    this.#update();
  }

  /** Ends the app as if it were quit, but with 1. */
  fail(): void {
    this.#exitCode = 1;
    app.quit();
  }

  #leaveWindow(): void {
    if (this.#quitting.isUnderWay) return;
    // On macOS an app lives on without a window, and opens one when its icon is clicked.
    if (process.platform === 'darwin') return;
    if (this.#work.running().length === 0 || !this.#work.keepsRunning()) return app.quit();
    this.#isInBackground = true;
    this.#update();
  }

  #update(): void {
    const streams = this.#work.running();
    if (streams.length > 0 || this.#isInBackground) this.#tray.show(streams);
    else this.#tray.hide();
    if (streams.length > 0) this.#awake ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#awake !== null) {
      powerSaveBlocker.stop(this.#awake);
      this.#awake = null;
    }
  }
}
