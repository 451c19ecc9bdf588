/** Who may write through a session's connection, and how long to wait for other processes. */
import { setTimeout } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.ts';

const pauseMs = 50;

export class WriteLock {
  /** Settles when the last one in the queue is done. */
  #tail: Promise<void> = Promise.resolve();
  readonly #busyMs: number;

  /** `busyMs`: how long `whileBusy` goes on trying. */
  constructor(busyMs: number) {
    this.#busyMs = busyMs;
  }

  /** Resolves when all earlier holders are done; the result ends the hold. */
  async acquire(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#tail;
    this.#tail = before.then(() => promise);
    await before;
    return resolve;
  }

  /** Does `work` again as long as another process holds the file; then throws SQLite's error. */
  async whileBusy(work: () => void, throwIfEnded: () => void): Promise<void> {
    const giveUpAt = performance.now() + this.#busyMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw error;
      }
      await setTimeout(pauseMs);
      throwIfEnded();
    }
  }
}
