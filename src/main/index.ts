/** The Electron entry. */
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain } from 'electron';
import type { OperationName, Reply } from '../shared/contract/contract.ts';
import { callChannel } from '../shared/contract/window-api.ts';
import { openMainWindow } from './windows/main-window.ts';

// Built, this file is out/main/index.js.
const output = join(import.meta.dirname, '..');
const open = () => openMainWindow(output, process.env['ELECTRON_RENDERER_URL']);

// The window has nothing behind it in this version, and says so.
ipcMain.handle(callChannel, (): Reply<OperationName> => ({
  ok: false,
  error: { code: 'unavailable', message: 'In this version, copying starts from the command line.' },
}));

app.on('window-all-closed', () => {
  // On macOS an app lives on without a window, and opens one when its icon is clicked.
  if (process.platform !== 'darwin') app.quit();
});
app.on('activate', () => {
  if (BrowserWindow.getAllWindows().length === 0) void open();
});

await app.whenReady();
await open();
