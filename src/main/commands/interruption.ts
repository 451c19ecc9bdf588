/**
 * Ctrl+C and termination. The first signal aborts, so that what runs in the databases is cancelled and everything is
 * released; a second one ends the process at once.
 */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type EndingSignal = keyof typeof exitCodes;

/**
 * Signals within this time are one: npx and npm pass on what the terminal has sent to all already, and a library of conf
 * (when-exit) sends its own process once more what it hears.
 */
const echoMs = 500;

export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #say: (line: string) => void;
  /** What must not outlive the process even when it is forced to end; synchronous. */
  readonly #lastSteps = new Set<() => void>();
  #exitCode: number | null = null;
  #takenAt = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
    for (const name of Object.keys(exitCodes)) process.on(name, this.#take);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 130, 143 or 129 once interrupted; null before. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Runs `step` if a second signal ends the process. Returns what takes it back. */
  beforeForcedExit(step: () => void): () => void {
    this.#lastSteps.add(step);
    return () => void this.#lastSteps.delete(step);
  }

  [Symbol.dispose](): void {
    for (const name of Object.keys(exitCodes)) process.off(name, this.#take);
  }

  readonly #take = (name: EndingSignal): void => {
    if (this.#exitCode === null) {
      this.#exitCode = exitCodes[name];
      this.#takenAt = performance.now();
      this.#say('Stopping; once more to stop at once.');
      this.#controller.abort(new Error(`interrupted by ${name}`));
      return;
    }
    if (performance.now() - this.#takenAt < echoMs) return;
    for (const step of this.#lastSteps) step();
    process.exit(this.#exitCode);
  };
}
