import type { WindowApi } from '../../shared/contract/window-api.ts';

declare global {
  interface Window {
    /** Absent in a browser: see client/app-client.ts. */
    readonly sluice?: WindowApi;
  }
}
