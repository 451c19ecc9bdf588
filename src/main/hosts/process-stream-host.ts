/** One stream in a process of its own: a run, and after a pause that holds a snapshot the next one. */
import { SluiceError, type ErrorData } from '../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { HostClient } from './host-client.ts';
import type { StreamAssignment, StreamHost, StreamHostListener } from './stream-host.ts';
import type { streamOperations } from './stream-operations.ts';

/** Ends what a process that went without a word left in the databases. Never rejects. */
export type ClearUp = (assignment: StreamAssignment, isStopped: boolean, listener: StreamHostListener) => Promise<void>;

export class ProcessStreamHost implements StreamHost {
  readonly #client: HostClient<typeof streamOperations>;
  readonly #clearUp: ClearUp;
  #isStopped = false;
  /** The listener of the run or hold of now: one that was followed by a run hears nothing more. */
  #listener: StreamHostListener | null = null;

  /** `client`: of a process that is up. */
  constructor(client: HostClient<typeof streamOperations>, clearUp: ClearUp) {
    this.#client = client;
    this.#clearUp = clearUp;
  }

  resume(assignment: StreamAssignment, listener: StreamHostListener): void {
    this.#listener = listener;
    void this.#run(assignment, listener);
  }

  pause({ holdSnapshot }: { readonly holdSnapshot: boolean }): void {
    this.#client.call('pause', { holdSnapshot }, { graceMs: 0 }).catch(cannotBeTold);
  }

  stop(): void {
    this.#isStopped = true;
    this.#client.call('stop', null, { graceMs: 0 }).catch(cannotBeTold);
  }

  retry(): void {
    this.#client.call('retry', null, { graceMs: 0 }).catch(cannotBeTold);
  }

  /** A copy finishes by itself. */
  finish(): void {}

  kill(): void {
    this.#client.kill();
  }

  async #run(assignment: StreamAssignment, listener: StreamHostListener): Promise<void> {
    let end: Extract<RunEvent, { type: 'end' }> | null = null;
    const onEvent = (events: readonly RunEvent[]) => {
      for (const event of events) {
        if (event.type === 'end') end = event;
        listener.onEvent(event);
      }
    };
    const hasEnded = () => end !== null;
    const isHeld = () => end?.snapshotTaken !== undefined;
    try {
      await this.#client.call('run', assignment, { graceMs: 0, onEvent });
    } catch (thrown) {
      this.#client.kill();
      if (hasEnded() && !isHeld()) return this.#exit(listener, null);
      if (!hasEnded()) await this.#clearUp(assignment, this.#isStopped, listener);
      return this.#exit(listener, SluiceError.from(thrown).toData());
    }
    if (isHeld()) await this.#hold(listener);
    else {
      this.#client.kill();
      this.#exit(listener, null);
    }
  }

  async #hold(listener: StreamHostListener): Promise<void> {
    // The listener may have gone on at once.
    if (this.#listener !== listener) return;
    const lost = await this.#client
      .call('hold', null, { graceMs: 0 })
      .catch((error: unknown) => SluiceError.from(error).toData());
    if (lost === null || this.#listener !== listener) return;
    this.#client.kill();
    this.#exit(listener, lost);
  }

  #exit(listener: StreamHostListener, error: ErrorData | null): void {
    if (this.#listener === listener) listener.onExit(error);
  }
}

/** A host that is gone tells so by its exit. */
const cannotBeTold = () => undefined;
