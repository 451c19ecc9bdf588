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

/**
 * npx starts its command in a shell, and gives a signal to the shell only, which ends without passing it on. That the shell
 * is gone is all that the command sees of it; this is how often it looks.
 */
const shellLookMs = 250;

export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #say: (line: string) => void;
  /** What must not outlive the process even when it is forced to end; synchronous. */
  readonly #lastSteps = new Set<() => void>();
  #exitCode: number | null = null;
  #takenAt = 0;
  readonly #shellLook: NodeJS.Timeout | null;

  constructor(say: (line: string) => void, environment: Readonly<Record<string, string | undefined>>) {
    this.#say = say;
    // Another's script may mean to leave this process behind when it ends; npx never does.
    const isUnderNpx = environment['npm_lifecycle_event'] === 'npx';
    this.#shellLook = isUnderNpx ? this.#endWithParent() : null;
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
    if (this.#shellLook) clearInterval(this.#shellLook);
    for (const name of Object.keys(exitCodes)) process.off(name, this.#take);
  }

  #endWithParent(): NodeJS.Timeout {
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(look);
      this.#take('SIGTERM');
    }, shellLookMs);
    return look.unref();
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
