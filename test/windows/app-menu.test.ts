import { afterEach, expect, test, vi } from 'vitest';
import { fakeElectron } from '../support/electron/fake-electron.ts';

afterEach(() => vi.restoreAllMocks());

async function rolesOf(isDevelopment: boolean) {
  const electron = fakeElectron('/app');
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  const { setAppMenu } = await import('../../src/main/windows/app-menu.ts');
  setAppMenu(isDevelopment);
  const items = electron.menus.application!.items;
  const inner = items.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  return { top: items.map(({ role, label }) => role ?? label), inner: inner.map(({ role }) => role) };
}

test('a package shows nothing of what is inside', async () => {
  const { top, inner } = await rolesOf(false);
  expect(top).toEqual(['fileMenu', 'editMenu', '&View', 'windowMenu']);
  expect(inner).not.toContain('toggleDevTools');
  expect(inner).toContain('zoomIn');
  expect((await rolesOf(true)).inner).toContain('toggleDevTools');
});

test('on macOS the first menu is that of the app', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  expect((await rolesOf(false)).top[0]).toBe('appMenu');
});
