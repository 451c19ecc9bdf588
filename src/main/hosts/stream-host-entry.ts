/** The program of a stream host: the engine at work on one stream. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunEvent, TableProgress } from '../../shared/model/run-event.ts';
import { runConvert } from '../engine/copy/convert.ts';
import { EventBatcher } from './event-batcher.ts';
import { endRun } from './end-run.ts';
import { releaseStream } from './release-stream.ts';
import { runWithRetries, type RetrySurroundings } from './run-with-retries.ts';
import { serveHost } from './serve-host.ts';
import type { StreamAssignment } from './stream-host.ts';
import { streamOperations } from './stream-operations.ts';

type EndEvent = Extract<RunEvent, { type: 'end' }>;
type Outcome = Pick<EndEvent, 'status' | 'reason' | 'error'>;

/** How long a stopped stream may take to remove its traces from the target. */
const releaseWithinMs = 2_000;

/** Of the present wait for the next attempt: its end. */
let endWait = new AbortController();

const surroundings: RetrySurroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    endWait = new AbortController();
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, endWait.signal]) }).catch(() => undefined);
    return endWait.signal.aborted;
  },
};

/** What the parent wants of the run; a stop overrides a pause. */
let wish: 'pause' | 'stop' | null = null;
const givenUp = new AbortController();

async function giveUp(how: 'pause' | 'stop'): Promise<null> {
  if (wish !== 'stop') wish = how;
  givenUp.abort();
  return null;
}

/** `isComplete`: whether all tables have been told to be done. */
async function run(
  assignment: StreamAssignment,
  signal: AbortSignal,
  onEvent: (event: RunEvent) => void,
  isComplete: () => boolean,
): Promise<Outcome> {
  const { streamId, target } = assignment;
  const { wasPlanned = false } = assignment;
  let isPlanned = wasPlanned;
  const attempt = async (tell: (event: RunEvent) => void) => {
    // What a dead run of this stream left at work must not write beside this one.
    await endRun(assignment, streamId, signal);
    const wasComplete = assignment.wasComplete === true || isComplete();
    return await runConvert({ ...assignment, wasComplete, signal, onEvent: tell });
  };
  const watch = (event: RunEvent) => {
    isPlanned ||= event.type === 'plan';
    onEvent(event);
  };
  try {
    const { reason } = await runWithRetries(attempt, watch, signal, surroundings, wasPlanned);
    return { status: 'FINISHED', reason, error: null };
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    if (signal.aborted && wish === 'pause') return { status: 'PAUSED', reason: null, error: null };
    if (signal.aborted && wish === 'stop') {
      const findings = await releaseStream(target, streamId, AbortSignal.timeout(releaseWithinMs));
      for (const finding of findings) onEvent({ type: 'finding', finding });
      return { status: 'STOPPED', reason: null, error: null };
    }
    // It was let in before: the password was changed, and a person has to enter the new one.
    const isLockedOut = isPlanned && error.code === 'authentication_failed';
    return { status: isLockedOut ? 'PAUSED' : 'FAILED', reason: error.message, error: error.toData() };
  }
}

serveHost(streamOperations, {
  async run(assignment, { signal, emit }) {
    const started = performance.now();
    const tables = new Map<string, TableProgress>();
    const done = new Set<string>();
    const isComplete = () => tables.size > 0 && done.size === tables.size;
    const batcher = new EventBatcher(emit);
    const onEvent = (event: RunEvent) => {
      if (event.type === 'plan') for (const table of event.tables) tables.set(table.name, table);
      if (event.type === 'progress') tables.set(event.table.name, event.table);
      batcher.add(event);
      if (event.type !== 'progress' || event.table.status !== 'done') return;
      done.add(event.table.name);
      // The ledger goes next: the parent has to know before.
      if (isComplete()) batcher.flush();
    };
    const outcome = await run(assignment, AbortSignal.any([signal, givenUp.signal]), onEvent, isComplete);
    const sum = (count: (table: TableProgress) => number) =>
      tables.values().reduce((total, table) => total + count(table), 0);
    onEvent({
      type: 'end',
      ...outcome,
      rows: sum(({ rows }) => rows),
      bytes: sum(({ bytes }) => bytes),
      failed: sum(({ failed }) => failed),
      seconds: (performance.now() - started) / 1000,
    });
    batcher.flush();
    return null;
  },
  pause: () => giveUp('pause'),
  stop: () => giveUp('stop'),
  async retry() {
    endWait.abort();
    return null;
  },
});
