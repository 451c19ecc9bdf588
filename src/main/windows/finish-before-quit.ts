import { app } from 'electron';

/** Quitting in two steps: what has to be finished first, then the end. */
export interface Quitting {
  readonly isUnderWay: boolean;
}

/**
 * However the app is asked to quit, `finish` runs once, and the app ends when it is done: after `withinMs` at the latest,
 * whatever it does, with the code that `exitCode` says then. Windows stay open until then.
 */
export function finishBeforeQuit(
  finish: () => Promise<void>,
  withinMs: number,
  onDefect: (error: unknown) => void,
  exitCode: () => number,
): Quitting {
  let isUnderWay = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isUnderWay) return;
    isUnderWay = true;
    const limit = new Promise<void>((resolve) => setTimeout(resolve, withinMs));
    // Not quit() again: it would ask the windows, and a page that hangs does not answer.
    void Promise.race([finish().catch(onDefect), limit]).then(() => app.exit(exitCode()));
  });
  return {
    get isUnderWay() {
      return isUnderWay;
    },
  };
}
