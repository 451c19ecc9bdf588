/** The program of a stream host: the engine at work on one stream. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunEvent, TableProgress } from '../../shared/model/run-event.ts';
import { runConvert } from '../engine/copy/convert.ts';
import { EventBatcher } from './event-batcher.ts';
import { endRun, sourceName } from './end-run.ts';
import { releaseStream } from './release-stream.ts';
import { SourceKeeper } from './source-keeper.ts';
import { runWithRetries, type RetrySurroundings } from './run-with-retries.ts';
import { serveHost } from './serve-host.ts';
import type { StreamAssignment } from './stream-host.ts';
import { streamOperations } from './stream-operations.ts';

type EndEvent = Extract<RunEvent, { type: 'end' }>;
type Outcome = Pick<EndEvent, 'status' | 'reason' | 'error' | 'snapshotTaken'>;

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

const keeper = new SourceKeeper();

/** What the parent wants of the run, `hold` being a pause; a stop overrides a pause. */
let wish: 'pause' | 'hold' | 'stop' | null = null;
let givenUp = new AbortController();

async function giveUp(how: 'pause' | 'hold' | 'stop'): Promise<null> {
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
  const started = performance.now();
  const attempt = async (tell: (event: RunEvent) => void) => {
    // What a dead run of this stream left at work must not write beside this one. A snapshot that is held is not dead.
    await endRun(assignment, { streamId, keepsSnapshot: keeper.takenAt !== null }, signal);
    const wasComplete = assignment.wasComplete === true || isComplete();
    const ranMs = (assignment.ranMs ?? 0) + performance.now() - started;
    const isKept = () => wish === 'hold';
    return await keeper.use(sourceName(streamId, assignment.options), signal, isKept, (runSource) =>
      runConvert({ ...assignment, ranMs, wasComplete, signal, runSource, onEvent: tell }),
    );
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
    if (signal.aborted && wish === 'hold') return heldPause(onEvent);
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

function heldPause(onEvent: (event: RunEvent) => void): Outcome {
  const { takenAt } = keeper;
  if (takenAt !== null)
    return { status: 'PAUSED', reason: null, error: null, snapshotTaken: Math.floor(takenAt.getTime() / 1000) };
  onEvent({
    type: 'log',
    level: 'info',
    message:
      'No snapshot is held: one is open only while rows are copied, and if the source answers when the stream is paused.',
  });
  return { status: 'PAUSED', reason: null, error: null };
}

serveHost(streamOperations, {
  async run(assignment, { signal, emit }) {
    wish = null;
    givenUp = new AbortController();
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
  async hold(_, { signal }) {
    return (await keeper.watch(signal))?.toData() ?? null;
  },
  pause: ({ holdSnapshot }) => giveUp(holdSnapshot ? 'hold' : 'pause'),
  stop: () => giveUp('stop'),
  async retry() {
    endWait.abort();
    return null;
  },
});
