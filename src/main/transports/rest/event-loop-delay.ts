/**
 * How long events of this process wait for their turn, as a histogram: counters only grow, so that a reader gets any
 * percentile of any time between two readings. perf_hooks' monitorEventLoopDelay will not do: it counts its own pause
 * between two looks as delay, and a standstill of a second as one look of many.
 */

/** Upper bounds, in seconds; one more bucket is for all that is longer. */
const bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] as const;
const lookEveryMs = 20;

export interface DelayCounts {
  /** Looks with a delay of at most `le` seconds, those of smaller buckets included. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  /** Seconds in all. */
  readonly sum: number;
}

export class EventLoopDelay {
  readonly #counts = new Array<number>(bounds.length + 1).fill(0);
  #sum = 0;

  /** Looks every 20 ms from now on. Keeps no process alive. */
  static watch(): EventLoopDelay {
    const delay = new EventLoopDelay();
    const lookAfter = (due: number) => {
      setTimeout(() => {
        const now = performance.now();
        delay.add(now - due);
        lookAfter(now + lookEveryMs);
      }, lookEveryMs).unref();
    };
    lookAfter(performance.now() + lookEveryMs);
    return delay;
  }

  /** A look that came `ms` late. The looks that would have been in that time, each waiting for the rest of it, count too. */
  add(ms: number): void {
    let left = Math.max(0, ms);
    do {
      const seconds = left / 1000;
      const bucket = bounds.findIndex((bound) => seconds <= bound);
      this.#counts[bucket === -1 ? bounds.length : bucket]! += 1;
      this.#sum += seconds;
      left -= lookEveryMs;
    } while (left > 0);
  }

  read(): DelayCounts {
    let count = 0;
    const buckets = bounds.map((le, index) => ({ le, count: (count += this.#counts[index]!) }));
    return { buckets, count: count + this.#counts[bounds.length]!, sum: this.#sum };
  }
}
