import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import { restrictContents } from '../security/restrict-contents.ts';

/**
 * Opens the window. `output` is the folder that holds the built preload script and renderer; `developmentUrl` is where
 * the development server has the page, undefined in a built app.
 */
export async function openMainWindow(output: string, developmentUrl: string | undefined): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1200,
    height: 800,
    minWidth: 720,
    minHeight: 480,
    title: 'Sluice',
    // Shown when there is something to see.
    show: false,
    webPreferences: {
      preload: join(output, 'preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    },
  });
  restrictContents(window.webContents);
  window.once('ready-to-show', () => window.show());
  if (developmentUrl === undefined) await window.loadFile(join(output, 'renderer/index.html'));
  else await window.loadURL(developmentUrl);
  return window;
}
