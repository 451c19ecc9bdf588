/** The Electron entry, on a fake of the few parts of Electron that it touches. */
import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';

const electron = vi.hoisted(() => ({
  app: {} as NodeJS.EventEmitter & { quit: ReturnType<typeof vi.fn>; whenReady: () => Promise<void> },
  ipcMain: { handle: vi.fn<(channel: string, handler: () => unknown) => void>() },
  BrowserWindow: { getAllWindows: vi.fn(() => [{}]) },
}));
vi.mock('electron', () => electron);
const openMainWindow = vi.hoisted(() => vi.fn(async (output: string, url: string | undefined) => ({ output, url })));
vi.mock('../src/main/windows/main-window.ts', () => ({ openMainWindow }));

electron.app = Object.assign(new EventEmitter(), { quit: vi.fn(), whenReady: async () => undefined });
await import('../src/main/index.ts');
// Before the tests, which begin with mocks that have forgotten their calls.
const openings = openMainWindow.mock.calls.length;
const [channel, handler] = electron.ipcMain.handle.mock.calls[0]!;

test('opens one window', () => {
  expect(openings).toBe(1);
});

test('answers the window as data that nothing is behind it yet', () => {
  expect(channel).toBe('sluice:call');
  expect(handler()).toMatchObject({ ok: false, error: { code: 'unavailable' } });
});

test('ends with its last window, but not on macOS', () => {
  const platform = vi.spyOn(process, 'platform', 'get');
  platform.mockReturnValue('darwin');
  electron.app.emit('window-all-closed');
  expect(electron.app.quit).not.toHaveBeenCalled();
  platform.mockReturnValue('linux');
  electron.app.emit('window-all-closed');
  expect(electron.app.quit).toHaveBeenCalledOnce();
  platform.mockRestore();
});

test('opens a window again when there is none', () => {
  electron.app.emit('activate');
  expect(openMainWindow).not.toHaveBeenCalled();
  electron.BrowserWindow.getAllWindows.mockReturnValue([]);
  electron.app.emit('activate');
  expect(openMainWindow).toHaveBeenCalledOnce();
});
