/** What the app announces, to whoever listens; the last events are kept, so that a listener can come back and miss nothing. */
import type { AppEvent } from '../../shared/contract/events.ts';

export interface FeedEntry {
  /** `<start of the app>-<number>`: an id of an earlier process is recognised. */
  readonly id: string;
  readonly event: AppEvent;
}

export class EventFeed {
  readonly #kept: FeedEntry[] = [];
  readonly #listeners = new Set<(entry: FeedEntry) => void>();
  readonly #run: string;
  readonly #capacity: number;
  #next = 1;

  /** `run` names this process among others of its kind, without a `-`; `capacity`: events kept. */
  constructor(run: string, capacity = 5000) {
    this.#run = run;
    this.#capacity = capacity;
  }

  publish(event: AppEvent): void {
    const entry = { id: `${this.#run}-${this.#next++}`, event };
    this.#kept.push(entry);
    if (this.#kept.length > this.#capacity * 2) this.#kept.splice(0, this.#capacity);
    for (const listener of this.#listeners) listener(entry);
  }

  /** Returns the unsubscribe. */
  subscribe(listener: (entry: FeedEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was published after the entry `id`; null when that is not known any more, so that something may be missing. */
  since(id: string): readonly FeedEntry[] | null {
    const [run, text] = id.split('-');
    const number = Number(text);
    const first = this.#next - this.#kept.length;
    if (run !== this.#run || !Number.isInteger(number) || number >= this.#next || number < first - 1) return null;
    return this.#kept.slice(number - first + 1);
  }
}
