import type { Event, WebContents } from 'electron';
import { openOutside } from './open-outside.ts';
import { isSamePage } from './is-same-page.ts';

/** A page of ours stays the page that it is: no other page, no window, no webview, no permission. Links open outside. */
export function restrictContents(contents: WebContents, pageUrl: string): void {
  const stay = (event: Event<{ readonly url: string; readonly isMainFrame: boolean }>) => {
    // A reload.
    if (event.isMainFrame && isSamePage(event.url, pageUrl)) return;
    event.preventDefault();
    if (event.isMainFrame) openOutside(event.url);
  };
  // Of the main frame and of those within it.
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  const { session } = contents;
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}
