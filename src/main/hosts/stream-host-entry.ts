/** The program of a stream host: the engine at work on one stream. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunEvent, TableProgress } from '../../shared/model/run-event.ts';
import { runConvert } from '../engine/copy/convert.ts';
import { EventBatcher } from './event-batcher.ts';
import { endRun } from './end-run.ts';
import { releaseStream } from './release-stream.ts';
import { serveHost } from './serve-host.ts';
import type { StreamAssignment } from './stream-host.ts';
import { streamOperations } from './stream-operations.ts';

type EndEvent = Extract<RunEvent, { type: 'end' }>;
type Outcome = Pick<EndEvent, 'status' | 'reason' | 'error'>;

/** How long a stopped stream may take to remove its traces from the target. */
const releaseWithinMs = 2_000;

/** What the parent wants of the run; a stop overrides a pause. */
let wish: 'pause' | 'stop' | null = null;
const givenUp = new AbortController();

async function giveUp(how: 'pause' | 'stop'): Promise<null> {
  if (wish !== 'stop') wish = how;
  givenUp.abort();
  return null;
}

async function run(
  assignment: StreamAssignment,
  signal: AbortSignal,
  onEvent: (event: RunEvent) => void,
): Promise<Outcome> {
  if (assignment.options.mode !== 'convert') {
    const error = new SluiceError(
      'config_invalid',
      `mode: "${assignment.options.mode}" cannot be run by this version.`,
    );
    return { status: 'FAILED', reason: null, error: error.toData() };
  }
  try {
    // What a dead run of this stream left at work must not write beside this one.
    await endRun(assignment, assignment.streamId, signal);
    const { reason } = await runConvert({ ...assignment, signal, onEvent });
    return { status: 'FINISHED', reason, error: null };
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    if (signal.aborted && wish === 'pause') return { status: 'PAUSED', reason: null, error: null };
    if (signal.aborted && wish === 'stop') {
      const { target, streamId } = assignment;
      const findings = await releaseStream(target, streamId, AbortSignal.timeout(releaseWithinMs));
      for (const finding of findings) onEvent({ type: 'finding', finding });
      return { status: 'STOPPED', reason: null, error: null };
    }
    return { status: 'FAILED', reason: error.message, error: error.toData() };
  }
}

serveHost(streamOperations, {
  async run(assignment, { signal, emit }) {
    const started = performance.now();
    const tables = new Map<string, TableProgress>();
    const batcher = new EventBatcher(emit);
    const onEvent = (event: RunEvent) => {
      if (event.type === 'plan') for (const table of event.tables) tables.set(table.name, table);
      if (event.type === 'progress') tables.set(event.table.name, event.table);
      batcher.add(event);
    };
    const outcome = await run(assignment, AbortSignal.any([signal, givenUp.signal]), onEvent);
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
});
