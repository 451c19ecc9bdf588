/** The application as the desktop sees it, from before it has started on. */
import type { Application } from './application.ts';
import type { JsonLog } from './log/json-log.ts';
import { logEvent } from './log/log-event.ts';
import type { StreamWork } from './windows/desktop.ts';

/** `starting`: who made it hears of its failure. `log` is closed when the work is finished. */
export function streamWork(starting: Promise<Application>, log: JsonLog): StreamWork {
  let application: Application | null = null;
  let listener: () => void = () => undefined;
  void starting.then(
    (started) => {
      application = started;
      started.feed.subscribe(({ event }) => {
        logEvent(event, log);
        if (event.type === 'stream' || event.type === 'deleted') listener();
      });
    },
    () => undefined,
  );
  return {
    running: () => application?.runningStreams().map(({ name }) => name) ?? [],
    onChange: (listen) => void (listener = listen),
    retryWaiting: () => application?.retryWaiting(),
    keepsRunning: () => application?.settings().keepRunningInTray ?? false,
    finish: async () => {
      await (await starting).quit();
      await log.close();
    },
  };
}
