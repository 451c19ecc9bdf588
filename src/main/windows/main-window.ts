import { BrowserWindow, dialog, type WebContents } from 'electron';

export interface MainWindowParts {
  /** The preload script: absolute. */
  readonly preload: string;
  readonly pageUrl: string;
  /** Icon where the platform takes it from the window (Linux): absolute. */
  readonly icon: string;
  /** Of every new window, before its page is loaded. */
  readonly onContents: (contents: WebContents) => void;
  readonly onClosed: () => void;
  /** The person's session ends (Windows): there are a few seconds left. */
  readonly onSessionEnd: () => void;
  readonly onDefect: (error: unknown) => void;
}

/** A page that crashes again within this is not loaded once more. */
const crashLoopMs = 30_000;

/** The one window, or none. Closing it destroys it: what goes on without it needs no page. */
export class MainWindow {
  readonly #parts: MainWindowParts;
  #window: BrowserWindow | null = null;
  #crashedAt = -Infinity;

  constructor(parts: MainWindowParts) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#window !== null;
  }

  /** Brings the window to the front, or opens it. */
  show(): void {
    if (!this.#window) return this.#open();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #open(): void {
    const { preload, pageUrl, icon, onContents, onClosed, onSessionEnd, onDefect } = this.#parts;
    const window = new BrowserWindow({
      // Electron keeps place, size and state of the window of this name at every change, and moves what it restores onto a
      // screen that is there.
      name: 'main',
      windowStatePersistence: true,
      width: 1200,
      height: 800,
      minWidth: 720,
      minHeight: 480,
      title: 'Sluice',
      icon,
      // Shown when there is something to see.
      show: false,
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        // Would load dictionaries from elsewhere.
        spellcheck: false,
      },
    });
    this.#window = window;
    onContents(window.webContents);
    window.once('ready-to-show', () => window.show());
    window.once('closed', () => {
      this.#window = null;
      onClosed();
    });
    window.once('session-end', onSessionEnd);
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      onDefect(new Error(`The process of the window ended: ${reason}, exit code ${exitCode}.`));
      this.#recover(window);
    });
    window.loadURL(pageUrl).catch(onDefect);
  }

  /** The page again, with nothing lost but what was being typed: everything else is in this process. */
  #recover(window: BrowserWindow): void {
    const isLoop = performance.now() - this.#crashedAt < crashLoopMs;
    this.#crashedAt = performance.now();
    if (!isLoop) {
      // Chromium is still clearing up after the process when it tells of its end.
      setImmediate(() => window.isDestroyed() || window.reload());
      return;
    }
    window.destroy();
    dialog.showErrorBox(
      'The window of Sluice crashed twice',
      'It was closed. Streams that were running go on. Open Sluice again to see them.',
    );
  }
}
