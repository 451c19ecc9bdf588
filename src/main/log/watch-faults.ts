import type { Log } from '../application.ts';

/**
 * Errors that nobody caught, thrown or in a promise: after one nothing is known to be in order any more, so that Sluice has to
 * end. Each goes into the log; the first calls `end`, which is to pause the streams and end the process with a failure.
 */
export function watchFaults(log: Pick<Log, 'error'>, end: () => void): Disposable {
  let isEnding = false;
  const take = (error: unknown) => {
    log.error('An error that nobody caught: Sluice ends.', error);
    if (isEnding) return;
    isEnding = true;
    end();
  };
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  for (const event of events) process.on(event, take);
  return {
    [Symbol.dispose]: () => {
      for (const event of events) process.off(event, take);
    },
  };
}
