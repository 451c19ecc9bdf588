/** Events of a run on their way to the parent: few messages a second, of progress only the newest of each table. */
import type { RunEvent } from '../../shared/model/run-event.ts';

/** Ten batches a second. */
const millisecondsBetweenBatches = 100;
/** A batch goes at once when it has this many events (row errors come in thousands). */
const largestBatch = 200;

export class EventBatcher {
  readonly #send: (events: RunEvent[]) => void;
  readonly #now: () => number;
  /** In order. Progress of a table takes the place of its earlier progress, unless something else came between. */
  #batch: RunEvent[] = [];
  #sentAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** `now`: milliseconds of any clock. */
  constructor(send: (events: RunEvent[]) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  add(event: RunEvent): void {
    const last = this.#lastProgressOf(event);
    if (last !== -1) this.#batch.splice(last, 1);
    this.#batch.push(event);
    // Not by the timer alone: a statement of SQLite may hold the thread from now on.
    const due = this.#sentAt + millisecondsBetweenBatches - this.#now();
    if (due <= 0 || this.#batch.length >= largestBatch) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), due);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#sentAt = this.#now();
    this.#send(batch);
  }

  /** Index of progress that `event` makes old news; -1: there is none. */
  #lastProgressOf(event: RunEvent): number {
    if (event.type !== 'progress') return -1;
    for (let index = this.#batch.length - 1; index >= 0; index--) {
      const earlier = this.#batch[index]!;
      if (earlier.type !== 'progress') return -1;
      if (earlier.table.name === event.table.name) return earlier.table.status === event.table.status ? index : -1;
    }
    return -1;
  }
}
