/** A snapshot that a paused stream keeps open on its source, in the process that took it. */
import type { StreamHost } from '../hosts/stream-host.ts';
import { unixSeconds, type Clock } from './clock.ts';

const tellEveryMs = 60_000;
const warnEverySeconds = 3600;

export interface AgeListener {
  /** Every minute. */
  onAge(): void;
  /** After each full hour. */
  onHour(hours: number): void;
}

export class HeldSnapshot {
  readonly #host: StreamHost;
  readonly #taken: number;
  readonly #clock: Clock;
  readonly #listener: AgeListener;
  #hours: number;
  #cancel: () => void = () => undefined;

  /** `taken`: Unix seconds. */
  constructor(host: StreamHost, taken: number, clock: Clock, listener: AgeListener) {
    this.#host = host;
    this.#taken = taken;
    this.#clock = clock;
    this.#listener = listener;
    this.#hours = this.#age();
    this.#wait();
  }

  /** Gives the process to the run that goes on in it, or to who ends it. */
  take(): StreamHost {
    this.#cancel();
    return this.#host;
  }

  #wait(): void {
    this.#cancel = this.#clock.after(tellEveryMs, () => {
      this.#wait();
      this.#listener.onAge();
      const hours = this.#age();
      if (hours > this.#hours) this.#listener.onHour(hours);
      this.#hours = hours;
    });
  }

  /** In full hours. */
  #age(): number {
    return Math.floor((unixSeconds(this.#clock) - this.#taken) / warnEverySeconds);
  }
}
