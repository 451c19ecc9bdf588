/** Time as parts of the app see it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `work` once after `ms`. Returns what cancels it. */
  after(ms: number, work: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

export const unixSeconds = (clock: Clock) => Math.floor(clock.now() / 1000);

/** RFC 3339 in UTC, with milliseconds. */
export const timestamp = (clock: Clock) => new Date(clock.now()).toISOString();
