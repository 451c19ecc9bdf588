/** A child process as the rest of the app sees it, whichever way it was made: Electron's utility process or Node's fork. */

export interface HostLaunch {
  /** What people see in lists of processes, where the platform has a place for it. */
  readonly title: string;
  /** Limit of the JavaScript heap. Buffers are outside of it. */
  readonly heapMegabytes: number;
  /** The child's whole environment. Never a secret. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Options of Node.js for a host. */
export const hostOptions = (heapMegabytes: number): string[] => [
  `--max-old-space-size=${heapMegabytes}`,
  // The part of the heap for new objects, which grows to several times this by itself. Measured: 50 MB less memory for
  // 2.5 million rows into SQLite, in no more time.
  '--max-semi-space-size=8',
  '--disable-warning=ExperimentalWarning',
];

export interface HostExit {
  readonly code: number | null;
  /** Name of the signal that ended it, where the platform tells. */
  readonly signal: string | null;
  /** The end of what it wrote to its standard error. */
  readonly output: string;
}

export interface HostProcess {
  /** undefined: not started yet, could not be started, or gone. */
  readonly pid: number | undefined;
  /** Takes plain data. Dropped when the process is gone. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, after the last message. Also where the process could not be started. */
  onExit(listener: (exit: HostExit) => void): void;
  /** Ends it at once, whatever it is doing (SIGKILL). */
  kill(): void;
}

export interface ProcessFactory {
  /**
   * `entry`: the program, a file that calls serveHost. Never throws: a program that cannot be started exits. The process
   * does not keep this one alive and is killed when this one ends.
   */
  fork(entry: URL, launch: HostLaunch): HostProcess;
  /** Ends every process that was made here, at once. */
  killAll(): void;
}

/** Processes that are not gone yet. */
export class LivingProcesses {
  readonly #alive = new Set<HostProcess>();

  add(host: HostProcess): HostProcess {
    this.#alive.add(host);
    host.onExit(() => this.#alive.delete(host));
    return host;
  }

  kill(): void {
    for (const host of this.#alive) host.kill();
  }
}

/** Programs of the hosts. Run from source they lie beside this file; a bundler puts them elsewhere. */
export interface HostEntries {
  readonly stream: URL;
  readonly inspector: URL;
  readonly keychain: URL;
}

/** Entries for `main`, the URL of src/main/index.ts or src/main/cli.ts: unbuilt, in hosts/; built, beside it. */
export function hostEntriesOf(main: string): HostEntries {
  const [folder, extension] = main.endsWith('.ts') ? ['hosts/', '.ts'] : ['./', '.js'];
  const entry = (name: string) => new URL(`${folder}${name}-host-entry${extension}`, main);
  return { stream: entry('stream'), inspector: entry('inspector'), keychain: entry('keychain') };
}

/** Enough of the standard error to hold the reason of a crash. */
export class OutputTail {
  #text = '';

  add(text: string): void {
    this.#text = (this.#text + text).slice(-8_000);
  }

  get text(): string {
    return this.#text;
  }
}
