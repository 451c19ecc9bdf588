/** The host's side of the protocol: takes calls, runs their handlers, answers. */
import { flushCompileCache } from 'node:module';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { invalidInput } from '../../shared/errors/invalid-input.ts';
import {
  beatEveryMs,
  toHostSchema,
  type EventOf,
  type FromHost,
  type HostOperation,
  type HostOperations,
  type InputOf,
  type OutputOf,
} from './host-protocol.ts';
import { connectToParent } from './parent-link.ts';

export interface CallContext<Event> {
  /** Aborts when the caller does not want the answer any more: leave nothing running. */
  readonly signal: AbortSignal;
  emit(event: Event): void;
}

export type HostHandler<Operation extends HostOperation> = (
  input: InputOf<Operation>,
  context: CallContext<EventOf<Operation>>,
) => Promise<OutputOf<Operation>>;

export type HostHandlers<Operations extends HostOperations> = {
  readonly [Name in keyof Operations]: HostHandler<Operations[Name]>;
};

/** How long calls may take to clean up when the parent is gone. */
const farewellMs = 3_000;

/** Serves calls until the parent ends this process: a host never ends itself while its parent lives. */
export function serveHost<Operations extends HostOperations>(
  operations: Operations,
  handlers: HostHandlers<Operations>,
): void {
  const link = connectToParent();
  const calls = new Map<number, AbortController>();
  const send = (message: FromHost) => link.send(message);

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    const controller = new AbortController();
    calls.set(id, controller);
    try {
      const operation = operations[name];
      const handler = handlers[name] as HostHandler<HostOperation> | undefined;
      if (!operation || !handler) throw new SluiceError('internal', `This host cannot "${name}".`);
      const parsed = operation.input.safeParse(input, { reportInput: true });
      if (!parsed.success) throw new SluiceError('internal', `${name}: ${invalidInput(parsed.error).message}`);
      const emit = (event: unknown) => send({ type: 'event', id, event });
      const output = await handler(parsed.data, { signal: controller.signal, emit });
      // A host ends by being killed, when Node.js would not keep what it compiled.
      flushCompileCache();
      send({ type: 'result', id, output });
    } catch (error) {
      send({ type: 'failure', id, error: SluiceError.from(error).toData() });
    } finally {
      calls.delete(id);
    }
  }

  link.onMessage((received) => {
    const message = toHostSchema.parse(received);
    if (message.type === 'call') void answer(message.id, message.operation, message.input);
    else calls.get(message.id)?.abort();
  });
  link.onGone(() => {
    for (const controller of calls.values()) controller.abort();
    // Not process.exit: it waits for native calls that may never return.
    const die = () => process.kill(process.pid, 'SIGKILL');
    setTimeout(die, farewellMs);
    setInterval(() => calls.size === 0 && die(), 50);
  });
  // Ctrl+C and service managers signal whole groups of processes; the parent decides what becomes of this one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('uncaughtException', (error) => send({ type: 'crash', error: SluiceError.from(error).toData() }));
  const beat = () => send({ type: 'beat' });
  setInterval(beat, beatEveryMs);
  beat();
}
