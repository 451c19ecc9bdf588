/** What the preload script is to the window, over REST and server-sent events: for the pages in a browser. */
import { appEventTypes, type AppEvent } from '../../../shared/contract/events.ts';
import { restClient } from '../../../shared/contract/rest-client.ts';
import type { WindowApi } from '../../../shared/contract/window-api.ts';

const reopenMs = 2_000;

/** `place`: address of the page; the API is beside it. `onLockedOut` hears of every answer that there is no session. */
export function browserClient(place: string, onLockedOut: () => void): WindowApi {
  const base = new URL('api/v1', place).href;
  const ask = restClient(base);
  const call: WindowApi['call'] = async (name, input) => {
    const reply = await ask(name, input);
    if (!reply.ok && reply.error.code === 'unauthorized') onLockedOut();
    return reply;
  };

  const listeners = new Set<(event: AppEvent) => void>();
  const tell = (event: AppEvent) => {
    for (const listener of listeners) listener(event);
  };
  /** One for all listeners: browsers open few connections to one server. */
  let source: EventSource | null = null;

  function open(hasMissed: boolean): void {
    const opened = new EventSource(`${base}/events`);
    source = opened;
    if (hasMissed) opened.onopen = () => tell({ type: 'reset', at: new Date().toISOString() });
    for (const type of appEventTypes)
      opened.addEventListener(type, ({ data }: MessageEvent<string>) => tell(JSON.parse(data) as AppEvent));
    opened.onerror = () => {
      // A lost connection the browser opens again by itself; an answer that is an error it takes for final.
      if (opened.readyState === EventSource.CLOSED && opened === source) void reopen();
    };
  }

  /** The app is just starting, or there is no session any more: then there is nothing to wait for. */
  async function reopen(): Promise<void> {
    const reply = await call('server.info', {});
    const isLockedOut = !reply.ok && reply.error.code === 'unauthorized';
    source = null;
    if (isLockedOut) return;
    setTimeout(() => {
      if (source === null && listeners.size > 0) open(true);
    }, reopenMs);
  }

  return {
    call,
    on(listener) {
      listeners.add(listener);
      if (source === null) open(false);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source?.close();
        source = null;
      };
    },
  };
}
