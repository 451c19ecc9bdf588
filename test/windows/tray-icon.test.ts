import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { fakeElectron } from '../support/electron/fake-electron.ts';

const folder = fileURLToPath(new URL('../../resources', import.meta.url));
afterEach(() => vi.restoreAllMocks());

async function makeTray() {
  const electron = fakeElectron('/app');
  electron.app.becomeReady();
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  const { TrayIcon, trayText } = await import('../../src/main/windows/tray-icon.ts');
  const actions = { open: vi.fn(), quit: vi.fn() };
  return { electron, actions, trayText, tray: new TrayIcon(folder, actions) };
}

test('what it says', async () => {
  const { trayText } = await makeTray();
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']].map(trayText)).toEqual([
    'No stream is running',
    'a is running',
    '2 streams are running: a, b',
    '4 streams are running',
  ]);
});

test('it is there while it is shown, once, and does what its menu says', async () => {
  const { electron, actions, tray } = await makeTray();
  tray.show(['a']);
  tray.show(['a', 'b']);
  const [icon] = electron.visibleTrays();
  expect(electron.trays).toHaveLength(1);
  expect(icon!.image.isEmpty()).toBe(false);
  expect(icon!.toolTip).toBe('Sluice: 2 streams are running: a, b');
  expect(icon!.menu.items.map(({ label }) => label)).toEqual([
    '2 streams are running: a, b',
    undefined,
    'Open Sluice',
    'Pause Streams and Quit',
  ]);
  icon!.choose('Open Sluice');
  icon!.emit('click');
  icon!.choose('Pause Streams and Quit');
  expect([actions.open.mock.calls.length, actions.quit.mock.calls.length]).toEqual([2, 1]);
  tray.show([]);
  icon!.choose('Quit');
  tray.hide();
  tray.hide();
  expect(electron.visibleTrays()).toEqual([]);
  tray.show([]);
  expect(electron.visibleTrays()).toHaveLength(1);
});

test('on macOS the icon takes the color of the bar, and a click opens its menu', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  const { electron, actions, tray } = await makeTray();
  tray.show([]);
  const [icon] = electron.visibleTrays();
  expect(icon!.image.path).toBe(join(folder, 'trayTemplate.png'));
  expect(icon!.image.isEmpty()).toBe(false);
  icon!.emit('click');
  expect(actions.open).not.toHaveBeenCalled();
});

test('every icon has one for screens of double density', () => {
  for (const name of ['tray@2x.png', 'trayTemplate@2x.png']) expect(existsSync(join(folder, name)), name).toBe(true);
});
