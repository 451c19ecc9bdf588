import {
  operations,
  type CheckedInput,
  type OperationName,
  type OperationOutput,
  type Reply,
} from '../../shared/contract/contract.ts';
import { invalidInput } from '../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

export interface CallContext {
  /** Aborted when the caller is gone: what runs in a database for it is cancelled. */
  readonly signal: AbortSignal;
  /** The input as it was given, before defaults were filled in. */
  readonly given: Readonly<Record<string, unknown>>;
}

export type Handler<Name extends OperationName> = (
  input: CheckedInput<Name>,
  context: CallContext,
) => OperationOutput<Name> | Promise<OperationOutput<Name>>;

/** What the app does for each operation; services contribute those of their topic. */
export type Handlers<Names extends OperationName = OperationName> = { readonly [Name in Names]: Handler<Name> };

export type AppState = 'starting' | 'ready' | 'stopping';

/** Why nothing can be asked of an app in `state`; null when it can. */
export function unavailability(state: AppState): SluiceError | null {
  if (state === 'ready') return null;
  const what = state === 'starting' ? 'starting up' : 'shutting down';
  return new SluiceError('unavailable', `Sluice is ${what}. Try again in a moment.`);
}

/** The one way into the services: checks the input, then does what was asked. Every door goes through it. */
export class Dispatcher {
  readonly #handlers: Handlers;
  readonly #onDefect: (error: unknown) => void;
  readonly #state: () => AppState;

  /** `onDefect` hears of errors that are no SluiceError, and so were foreseen by nobody. */
  constructor(handlers: Handlers, onDefect: (error: unknown) => void, state: () => AppState) {
    this.#handlers = handlers;
    this.#onDefect = onDefect;
    this.#state = state;
  }

  /**
   * Rejects with a SluiceError: `unavailable` while the app starts or ends, `config_invalid` for a wrong input, otherwise what
   * the operation declares.
   */
  async call<Name extends OperationName>(
    name: Name,
    input: unknown,
    signal: AbortSignal,
  ): Promise<OperationOutput<Name>> {
    const refusal = unavailability(this.#state());
    if (refusal) throw refusal;
    const checked = operations[name].input.safeParse(input, { reportInput: true });
    if (!checked.success) throw invalidInput(checked.error);
    // The schema just parsed is that of `name`, which the compiler cannot follow through the union of all of them.
    const handler = this.#handlers[name] as unknown as Handler<Name>;
    try {
      return await handler(checked.data as CheckedInput<Name>, {
        signal,
        given: input as Readonly<Record<string, unknown>>,
      });
    } catch (error) {
      if (!(error instanceof SluiceError)) this.#onDefect(error);
      throw SluiceError.from(error);
    }
  }

  /** The same with the outcome as data. `name` is checked: it may come from another process. */
  async reply<Name extends OperationName>(name: Name, input: unknown, signal: AbortSignal): Promise<Reply<Name>> {
    try {
      if (typeof name !== 'string' || !Object.hasOwn(operations, name))
        throw new SluiceError('not_found', `There is no operation ${String(name)}.`);
      return { ok: true, value: await this.call(name, input, signal) };
    } catch (error) {
      return { ok: false, error: SluiceError.from(error).toData() };
    }
  }
}
