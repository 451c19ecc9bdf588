import type { WindowApi } from '../../../shared/contract/window-api.ts';
import { useSessionStore } from '../shell/session-store.ts';
import { browserClient } from './browser-client.ts';

let inBrowser: WindowApi | undefined;

/** The one way from these pages to the app: what the preload script gives the window, or else REST. */
export function appClient(): WindowApi {
  return window.sluice ?? (inBrowser ??= browserClient(document.baseURI, () => useSessionStore().close()));
}
