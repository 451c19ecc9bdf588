/** The parent's side of the protocol: typed calls to one host, each with a deadline, a cancel and an error that says why. */
import type { z } from 'zod';
import { invalidInput } from '../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { HostExit, HostProcess } from './host-process.ts';
import {
  fromHostSchema,
  type EventOf,
  type HostOperation,
  type HostOperations,
  type InputOf,
  type OutputOf,
  type ToHost,
} from './host-protocol.ts';

export interface HostClientOptions {
  /** How messages call the process, e.g. `The process of this stream`. */
  readonly title: string;
  /**
   * The host is taken for hung, and killed, when it says nothing for this long while it has calls. null: only deadlines
   * count.
   */
  readonly hangMs: number | null;
}

export interface CallOptions<Event> {
  /** The call fails with `deadline_exceeded` after this. Default: none. */
  readonly deadlineMs?: number;
  /** Aborting asks the host to give up; the call settles with what the host answers then. */
  readonly signal?: AbortSignal;
  /** After the deadline or an abort the host has this long to answer; then it is killed. */
  readonly graceMs: number;
  readonly onEvent?: (event: Event) => void;
}

interface PendingCall {
  readonly operation: HostOperation;
  readonly onEvent: ((event: unknown) => void) | undefined;
  readonly settle: (outcome: { output: unknown } | { error: SluiceError }) => void;
}

export class HostClient<Operations extends HostOperations> {
  /** Resolves when the host has said its first word; rejects with `host_crashed` when it ends before. */
  readonly up: Promise<void>;
  readonly #process: HostProcess;
  readonly #operations: Operations;
  readonly #options: HostClientOptions;
  readonly #pending = new Map<number, PendingCall>();
  readonly #goneListeners: (() => void)[] = [];
  readonly #settleUp: { resolve: () => void; reject: (error: SluiceError) => void };
  #nextId = 0;
  #isUp = false;
  /** Why the host is of no use any more; null while it is. */
  #end: SluiceError | null = null;
  /** Looks without a word from the host: looks, not time, since a computer may sleep. */
  #silentLooks = 0;
  #hangTimer: NodeJS.Timeout | null = null;

  constructor(process: HostProcess, operations: Operations, options: HostClientOptions) {
    this.#process = process;
    this.#operations = operations;
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Who does not wait for it hears of the end from its calls.
    promise.catch(() => undefined);
    this.up = promise;
    this.#settleUp = { resolve, reject };
    process.onMessage((message) => this.#receive(message));
    process.onExit((exit) => this.#endWith(crashError(options.title, exit, this.#isUp)));
  }

  /** undefined: not started or gone. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isUsable(): boolean {
    return this.#end === null;
  }

  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Once, when the host is of no use any more. */
  onGone(listener: () => void): void {
    this.#goneListeners.push(listener);
  }

  /** Rejects with a SluiceError: what the host answered, `deadline_exceeded`, `cancelled` or `host_crashed`. */
  async call<Name extends keyof Operations & string>(
    name: Name,
    input: InputOf<Operations[Name]>,
    options: CallOptions<EventOf<Operations[Name]>>,
  ): Promise<OutputOf<Operations[Name]>> {
    if (this.#end) throw this.#end;
    const id = this.#nextId++;
    const { deadlineMs, signal, graceMs } = options;
    /** Set once the call is given up: what it fails with when the host does not give up in time. */
    let givenUp: SluiceError | null = null;
    let graceTimer: NodeJS.Timeout | undefined;
    const giveUp = (error: SluiceError) => {
      if (givenUp) return;
      givenUp = error;
      this.#send({ type: 'cancel', id });
      graceTimer = setTimeout(() => {
        this.#pending.get(id)?.settle({ error });
        this.#pending.delete(id);
        this.kill();
      }, graceMs);
    };
    const abort = () => giveUp(new SluiceError('cancelled', 'The request was cancelled.'));
    const deadlineTimer =
      deadlineMs === undefined ? undefined : setTimeout(() => giveUp(deadlineError(deadlineMs)), deadlineMs);
    try {
      const answered = new Promise<{ output: unknown } | { error: SluiceError }>((settle) => {
        const onEvent = options.onEvent as ((event: unknown) => void) | undefined;
        this.#pending.set(id, { operation: this.#operations[name]!, onEvent, settle });
      });
      this.#send({ type: 'call', id, operation: name, input });
      this.#watchForHang();
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort);
      const outcome = await answered;
      const error = givenUp as SluiceError | null;
      if (error?.code === 'deadline_exceeded') throw error;
      if ('error' in outcome) throw outcome.error;
      return this.#check(this.#operations[name]!.output, outcome.output, name) as OutputOf<Operations[Name]>;
    } finally {
      clearTimeout(deadlineTimer);
      clearTimeout(graceTimer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the host at once. Calls that are under way reject with `host_crashed`. */
  kill(): void {
    this.#process.kill();
    this.#endWith(new SluiceError('host_crashed', `${this.#options.title} was ended.`));
  }

  #send(message: ToHost): void {
    this.#process.send(message);
  }

  #receive(received: unknown): void {
    if (this.#end) return;
    this.#silentLooks = 0;
    this.#isUp = true;
    this.#settleUp.resolve();
    const parsed = fromHostSchema.safeParse(received);
    if (!parsed.success) {
      this.#failHost(new SluiceError('internal', `${this.#options.title} sent a message that nobody understands.`));
      return;
    }
    const message = parsed.data;
    if (message.type === 'beat') return;
    if (message.type === 'crash') {
      this.#failHost(SluiceError.fromData(message.error));
      return;
    }
    const call = this.#pending.get(message.id);
    if (!call) return;
    switch (message.type) {
      case 'event':
        this.#deliver(call, message.event);
        return;
      case 'result':
        this.#pending.delete(message.id);
        call.settle({ output: message.output });
        return;
      case 'failure':
        this.#pending.delete(message.id);
        call.settle({ error: SluiceError.fromData(message.error) });
        return;
      default:
        message satisfies never;
    }
  }

  #deliver(call: PendingCall, event: unknown): void {
    if (!call.onEvent || !call.operation.event) return;
    const parsed = call.operation.event.safeParse(event, { reportInput: true });
    if (parsed.success) call.onEvent(parsed.data);
    else this.#failHost(new SluiceError('internal', `An event of a host: ${invalidInput(parsed.error).message}`));
  }

  #check(schema: z.ZodType, value: unknown, name: string): unknown {
    const parsed = schema.safeParse(value, { reportInput: true });
    if (!parsed.success)
      throw new SluiceError('internal', `Answer of a host to ${name}: ${invalidInput(parsed.error).message}`);
    return parsed.data;
  }

  #watchForHang(): void {
    const { hangMs, title } = this.#options;
    if (hangMs === null || this.#hangTimer) return;
    const looks = 4;
    this.#silentLooks = 0;
    this.#hangTimer = setInterval(() => {
      if (!this.isBusy) {
        clearInterval(this.#hangTimer!);
        this.#hangTimer = null;
      } else if (++this.#silentLooks > looks) {
        const seconds = Math.round(hangMs / 1000);
        this.#failHost(
          new SluiceError('host_crashed', `${title} did not respond for ${seconds} seconds and was ended.`),
        );
      }
    }, hangMs / looks);
  }

  #failHost(error: SluiceError): void {
    this.#process.kill();
    this.#endWith(error);
  }

  /** The calls hear of it at once: even a killed process can take its time to be gone (a hanging network disk). */
  #endWith(error: SluiceError): void {
    if (this.#end) return;
    this.#end = error;
    this.#settleUp.reject(error);
    if (this.#hangTimer) clearInterval(this.#hangTimer);
    for (const call of this.#pending.values()) call.settle({ error });
    this.#pending.clear();
    for (const listener of this.#goneListeners) listener();
  }
}

const deadlineError = (deadlineMs: number) =>
  new SluiceError('deadline_exceeded', `There was no answer within ${Math.round(deadlineMs / 100) / 10} seconds.`, {
    deadlineMs,
  });

/** The standard error goes into the message only of a process that never came up: it had no secrets yet. */
function crashError(title: string, { code, signal, output }: HostExit, wasUp: boolean): SluiceError {
  const details = { exitCode: code, signal };
  if (/heap out of memory|FatalError|OOM/i.test(output))
    return new SluiceError('host_crashed', `${title} ran out of memory.`, { ...details, outOfMemory: true });
  const how = signal !== null ? `was ended by signal ${signal}` : `ended by itself (exit code ${code ?? 'unknown'})`;
  if (!wasUp) return new SluiceError('host_crashed', `${title} could not start: it ${how}. ${output.trim()}`, details);
  return new SluiceError('host_crashed', `${title} ${how}.`, details);
}
