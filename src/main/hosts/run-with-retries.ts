/**
 * Tries a run again when its error is one that passes: a lost connection, a restarted server, a deadlock, a full disk. The
 * target's ledger knows how far it came, so that every attempt goes on where the last one ended.
 */
import { errorCodes } from '../../shared/errors/error-codes.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';

export interface RetrySurroundings {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. True: it was cut short, since the next attempt may well succeed. */
  sleep(ms: number, signal: AbortSignal): Promise<boolean>;
  /** From 0 up to 1. */
  random(): number;
}

/** Waits before the second, third, ... attempt; the last one again and again. Each is lengthened by up to a quarter. */
const waitsMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
/**
 * A run that has waited for this long, and committed nothing in between, fails. SPEC 5 has it for full disks. Waits count,
 * not the time that passed: an index may take an hour to build before the server is lost, and a computer may sleep.
 */
const giveUpAfterMs = 15 * 60_000;

/**
 * Runs `attempt` until it ends well or with an error that will not pass. A run that never came to its plan is not tried
 * again, unless an earlier run of its stream did (`wasPlanned`): who starts a stream wants to hear of it. Events of all attempts go to `emit`, with phase `waiting` between them.
 */
export async function runWithRetries<Result>(
  attempt: (onEvent: (event: RunEvent) => void) => Promise<Result>,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
  { now, sleep, random }: RetrySurroundings,
  wasPlanned = false,
): Promise<Result> {
  let isPlanned = wasPlanned;
  /** Since rows were committed, or the waiting was cut short. */
  let failures = 0;
  let waitedMs = 0;
  /** Most rows of each table that were ever told as committed. */
  const committed = new Map<string, number>();
  const onEvent = (event: RunEvent) => {
    if (event.type === 'plan') isPlanned = true;
    if (event.type === 'progress' && event.table.rows > (committed.get(event.table.name) ?? 0)) {
      committed.set(event.table.name, event.table.rows);
      failures = 0;
      waitedMs = 0;
    }
    emit(event);
  };
  for (;;) {
    try {
      return await attempt(onEvent);
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      const hasTime = waitedMs < giveUpAfterMs;
      if (!isPlanned || !errorCodes[error.code].retry || !hasTime || signal.aborted) throw error;
      const waitMs = waitsMs[Math.min(failures, waitsMs.length - 1)]! * (1 + random() / 4);
      failures++;
      const due = new Date(now() + waitMs).toISOString();
      emit({ type: 'log', level: 'warning', message: error.message });
      emit({ type: 'phase', phase: 'waiting', detail: `Attempt ${failures + 1} at ${due}. ${error.message}` });
      const isCutShort = await sleep(waitMs, signal);
      if (signal.aborted) throw error;
      waitedMs += waitMs;
      if (isCutShort) {
        failures = 0;
        waitedMs = 0;
      }
    }
  }
}
