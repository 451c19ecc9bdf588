/** What a page of ours may do beyond being shown: nothing. */
import { expect, test, vi } from 'vitest';
import { fakeElectron } from '../support/electron/fake-electron.ts';

const pageUrl = 'app://sluice/index.html';

async function openRestricted() {
  const electron = fakeElectron('/app');
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  const { restrictContents } = await import('../../src/main/security/restrict-contents.ts');
  electron.app.on('web-contents-created', (_event, contents) => restrictContents(contents, pageUrl));
  electron.app.becomeReady();
  const window = new electron.module.BrowserWindow();
  await window.loadURL(pageUrl);
  return { electron, contents: window.webContents };
}

test('it stays where it is, but may reload itself', async () => {
  const { contents } = await openRestricted();
  for (const url of ['app://sluice/other.html', 'file:///etc/passwd', 'http://127.0.0.1:8020/', 'javascript:alert(1)'])
    expect(await contents.navigate(url), url).toBe(false);
  expect(contents.mainFrame?.url).toBe(pageUrl);
  expect(await contents.navigate(`${pageUrl}#/streams`)).toBe(true);
});

test('frames within it go nowhere, not even to the page', async () => {
  const { electron, contents } = await openRestricted();
  expect(await contents.navigate(pageUrl, false)).toBe(false);
  expect(await contents.navigate('https://example.org/', false)).toBe(false);
  expect(electron.opened).toEqual([]);
});

test('a redirect is a navigation too', async () => {
  const { contents } = await openRestricted();
  const preventDefault = vi.fn();
  contents.emit('will-redirect', { url: 'https://example.org/', isMainFrame: true, preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
});

test('links to https open in the browser, nothing else opens anywhere', async () => {
  const { electron, contents } = await openRestricted();
  const open = (url: string) => contents.openHandler!({ url } as never);
  const others = ['http://example.org/', 'file:///etc/passwd', 'smb://host/share', 'ms-msdt:/id', 'javascript:1', 'x'];
  for (const url of ['https://example.org/a b', ...others]) expect(open(url), url).toEqual({ action: 'deny' });
  await contents.navigate('https://example.org/c');
  expect(electron.opened).toEqual(['https://example.org/a%20b', 'https://example.org/c']);
});

test('no webview, no permission, no device', async () => {
  const { electron, contents } = await openRestricted();
  const preventDefault = vi.fn();
  contents.emit('will-attach-webview', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  const answer = vi.fn();
  const { session } = electron;
  session.request!(contents as never, 'media', answer, {} as never);
  expect(answer).toHaveBeenCalledExactlyOnceWith(false);
  expect(session.check!(null, 'clipboard-read', '', {} as never)).toBe(false);
  expect(session.device!({ deviceType: 'usb' } as never)).toBe(false);
});
