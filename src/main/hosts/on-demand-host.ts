/** A host that is started when something is asked of it, and again after it ended; ended when it has nothing to do. */
import { HostClient, type CallOptions, type HostClientOptions } from './host-client.ts';
import type { HostProcess } from './host-process.ts';
import type { EventOf, HostOperations, InputOf, OutputOf } from './host-protocol.ts';

export interface OnDemandOptions extends HostClientOptions {
  /** The process is ended when it was idle for this long. */
  readonly idleMs: number;
}

export class OnDemandHost<Operations extends HostOperations> {
  readonly #start: () => HostProcess;
  readonly #operations: Operations;
  readonly #options: OnDemandOptions;
  #client: HostClient<Operations> | null = null;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(start: () => HostProcess, operations: Operations, options: OnDemandOptions) {
    this.#start = start;
    this.#operations = operations;
    this.#options = options;
  }

  /** undefined while there is no process. */
  get pid(): number | undefined {
    return this.#client?.pid;
  }

  /** As HostClient.call, in a process that is usable when the call begins. */
  async call<Name extends keyof Operations & string>(
    name: Name,
    input: InputOf<Operations[Name]>,
    options: CallOptions<EventOf<Operations[Name]>>,
  ): Promise<OutputOf<Operations[Name]>> {
    clearTimeout(this.#idleTimer);
    if (!this.#client?.isUsable) this.#client = new HostClient(this.#start(), this.#operations, this.#options);
    const client = this.#client;
    try {
      return await client.call(name, input, options);
    } finally {
      if (client === this.#client && !client.isBusy) this.#endWhenIdle();
    }
  }

  /** Ends the process at once; the next call starts another. */
  kill(): void {
    clearTimeout(this.#idleTimer);
    this.#client?.kill();
    this.#client = null;
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.kill(), this.#options.idleMs);
    this.#idleTimer.unref();
  }
}
