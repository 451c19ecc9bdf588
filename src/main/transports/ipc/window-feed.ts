/**
 * Events on their way to one window. Electron takes all that is sent and keeps it while the page hangs, so that the page has to
 * say what it has seen. Beyond a bound events are dropped; a page that comes back gets `reset`, and reads the state again.
 */
import type { AppEvent } from '../../../shared/contract/events.ts';

/** More than a page that works has before it: a stream tells some tens a second. */
const maxUnseen = 1_000;
const maxUnseenBytes = 4 * 1024 ** 2;

export class WindowFeed {
  readonly #send: (event: AppEvent, number: number) => void;
  /** Sizes of the events that were sent and not seen, oldest first; the last one has the number `#sent`. */
  #unseen: number[] = [];
  #unseenBytes = 0;
  #sent = 0;
  #hasDropped = false;

  constructor(send: (event: AppEvent, number: number) => void) {
    this.#send = send;
  }

  /** `bytes`: about its size. */
  push(event: AppEvent, bytes: number): void {
    if (this.#hasDropped || this.#unseen.length >= maxUnseen || this.#unseenBytes >= maxUnseenBytes) {
      this.#hasDropped = true;
      return;
    }
    this.#unseen.push(bytes);
    this.#unseenBytes += bytes;
    this.#send(event, ++this.#sent);
  }

  /** The page has seen the event `number` and all before it. Comes from the page: anything may be in it. */
  seen(number: unknown): void {
    if (typeof number !== 'number' || !Number.isInteger(number) || number > this.#sent) return;
    const count = this.#unseen.length - (this.#sent - number);
    for (const bytes of this.#unseen.splice(0, Math.max(0, count))) this.#unseenBytes -= bytes;
    if (!this.#hasDropped || this.#unseen.length > maxUnseen / 2 || this.#unseenBytes > maxUnseenBytes / 2) return;
    this.#hasDropped = false;
    this.push({ type: 'reset', at: new Date().toISOString() }, 0);
  }

  /** Another page is shown, which reads the state first. */
  restart(): void {
    this.#unseen = [];
    this.#unseenBytes = 0;
    this.#hasDropped = false;
  }
}
