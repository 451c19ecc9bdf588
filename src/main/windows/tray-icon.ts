import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';

export interface TrayActions {
  readonly open: () => void;
  readonly quit: () => void;
}

/** The icon beside the clock, while there is something that it tells. */
export class TrayIcon {
  readonly #folder: string;
  readonly #actions: TrayActions;
  #tray: Tray | null = null;
  /** What the menu says. */
  #text: string | null = null;

  /** `folder`: where the icons are, absolute. */
  constructor(folder: string, actions: TrayActions) {
    this.#folder = folder;
    this.#actions = actions;
  }

  /** `streams`: names of the running ones. */
  show(streams: readonly string[]): void {
    const text = trayText(streams);
    if (this.#tray && text === this.#text) return;
    this.#tray ??= this.#create();
    this.#text = text;
    const { open, quit } = this.#actions;
    this.#tray.setToolTip(`Sluice: ${text}`);
    // Linux takes over no change of a menu that it has: it gets a new one.
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text, enabled: false },
        { type: 'separator' },
        { label: 'Open Sluice', click: open },
        { label: streams.length === 0 ? 'Quit' : 'Pause Streams and Quit', click: quit },
      ]),
    );
  }

  hide(): void {
    this.#tray?.destroy();
    this.#tray = null;
    this.#text = null;
  }

  #create(): Tray {
    const isMac = process.platform === 'darwin';
    const image = nativeImage.createFromPath(join(this.#folder, isMac ? 'trayTemplate.png' : 'tray.png'));
    if (isMac) image.setTemplateImage(true);
    const tray = new Tray(image);
    // On macOS a click opens the menu.
    if (!isMac) tray.on('click', this.#actions.open);
    return tray;
  }
}

/** `a` and `b` running => `2 streams are running: a, b`; many of them are not all named. */
export function trayText(streams: readonly string[]): string {
  if (streams.length === 0) return 'No stream is running';
  if (streams.length === 1) return `${streams[0]} is running`;
  const named = streams.length > 3 ? '' : `: ${streams.join(', ')}`;
  return `${streams.length} streams are running${named}`;
}
