import type { ErrorData } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { StreamOptions } from '../../shared/model/stream-config.ts';

/** Everything that a host needs to run a stream, or to continue it: the target's ledger knows how far it came. */
export interface StreamAssignment {
  readonly streamId: string;
  readonly options: StreamOptions;
  /** With resolved secrets: never logged, never stored, never in an argument of a process. */
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  /** An earlier run came to its plan, or nobody waits for an answer: what passes is waited for from the first connection on. Default false. */
  readonly wasPlanned?: boolean | undefined;
  /** How long the stream ran before, milliseconds. Default 0. */
  readonly ranMs?: number | undefined;
  /** An earlier run has told that all tables are done. Default false. */
  readonly wasComplete?: boolean | undefined;
}

export interface StreamHostListener {
  /** Events of the run in order; `end` is the last one. */
  onEvent(event: RunEvent): void;
  /**
   * Once, when the process is gone. `error`: why, where it went without having told `end`, or before a snapshot that it held was
   * wanted.
   */
  onExit(error: ErrorData | null): void;
}

/** One stream at work in a process of its own. Commands return at once; events tell what became of them. */
export interface StreamHost {
  /**
   * Roll back what is not committed, close every connection, then `end` with PAUSED. `holdSnapshot`: but for those of the source's
   * snapshot, if one is open; then `end` has `snapshotTaken`, and the process stays until `resume` or `kill`.
   */
  pause(how: { readonly holdSnapshot: boolean }): void;
  /** While a snapshot is held: goes on in it, as `StreamHosts.start` does in a new one. From then on only `listener` hears. */
  resume(assignment: StreamAssignment, listener: StreamHostListener): void;
  /** Cancel in both databases, release what the stream holds there, then `end` with STOPPED. */
  stop(): void;
  /** A run that waits for its next attempt makes it at once. */
  retry(): void;
  /** cdc mode: drain, complete the target, release the source, then `end` with FINISHED. */
  finish(): void;
  /** Ends the process without asking it. `onExit` follows. */
  kill(): void;
}

export interface StreamHosts {
  /** What their streams can do; a stream of another mode is not started. */
  readonly modes: readonly StreamOptions['mode'][];
  /** Resolves when the process is up and has its assignment. Rejects with a SluiceError. */
  start(assignment: StreamAssignment, listener: StreamHostListener): Promise<StreamHost>;
}
