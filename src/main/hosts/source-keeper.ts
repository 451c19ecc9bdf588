/** Keeps the source of a paused run, with its snapshot, until the next run in this process takes it. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { RunSource } from '../engine/copy/run-source.ts';

/** How long a run that was asked to keep its snapshot may take to let go of everything else: then all of it goes. */
const settleWithinMs = 2_500;
const keepAliveEveryMs = 5_000;
/** A server that does not answer within this time is lost. */
const answerWithinMs = 30_000;

interface Kept {
  readonly source: RunSource;
  readonly lifetime: AbortController;
}

export class SourceKeeper {
  #kept: Kept | null = null;

  /** When the snapshot that is kept was taken; null: none is. */
  get takenAt(): Date | null {
    return this.#kept?.source.takenAt ?? null;
  }

  /**
   * Runs `work` with the source that is kept, or a new one named `streamId`. When `signal` has ended `work`, and `isKept` says so
   * then, a snapshot that is open stays; otherwise everything is closed.
   */
  async use<Result>(
    streamId: string,
    signal: AbortSignal,
    isKept: () => boolean,
    work: (source: RunSource) => Promise<Result>,
  ): Promise<Result> {
    const run = this.#take() ?? newSource(streamId);
    const { source, lifetime } = run;
    let settleTimer: NodeJS.Timeout | undefined;
    const end = () => lifetime.abort();
    const onAbort = () => {
      if (isKept() && source.takenAt !== null) settleTimer = setTimeout(end, settleWithinMs);
      else end();
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      return await work(source);
    } finally {
      const mayStay = signal.aborted && isKept() && source.takenAt !== null;
      // One that was lost meanwhile is no snapshot to be told of.
      const stays = mayStay && (await source.keepAlive().then(isTrue, isFalse));
      clearTimeout(settleTimer);
      signal.removeEventListener('abort', onAbort);
      if (stays && !lifetime.signal.aborted) this.#kept = run;
      else await source[Symbol.asyncDispose]().catch(() => undefined);
    }
  }

  /** Resolves with why, when the snapshot that is kept is lost and everything closed; with null when a run has taken it, or at `signal`. */
  async watch(signal: AbortSignal): Promise<SluiceError | null> {
    const kept = this.#kept;
    if (!kept) return new SluiceError('snapshot_lost', 'No snapshot is held.');
    signal.addEventListener('abort', () => this.#endPause(), { once: true });
    for (;;) {
      await this.#pause();
      if (this.#kept !== kept || signal.aborted) return null;
      const timer = setTimeout(() => kept.lifetime.abort(), answerWithinMs);
      const failure = await kept.source.keepAlive().then(
        () => null,
        (error: unknown) => SluiceError.from(error),
      );
      clearTimeout(timer);
      if (this.#kept !== kept) return null;
      if (failure === null) continue;
      this.#kept = null;
      await kept.source[Symbol.asyncDispose]().catch(() => undefined);
      return failure;
    }
  }

  #take(): Kept | null {
    const kept = this.#kept;
    this.#kept = null;
    this.#endPause();
    return kept;
  }

  #endPause: () => void = () => undefined;

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, keepAliveEveryMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function newSource(streamId: string): Kept {
  const lifetime = new AbortController();
  return { source: new RunSource(streamId, lifetime.signal), lifetime };
}

const isTrue = () => true;
const isFalse = () => false;
