/** Counters of a stream from what its run tells. Pure: time is given to every call, in milliseconds since 1970. */
import type { RunEvent, TableProgress } from '../../shared/model/run-event.ts';
import type { SideStatistics, StreamDetail, StreamStatistics } from '../../shared/model/stream.ts';

interface SideState {
  rows: number;
  bytes: number;
  /** Bytes of the last reporting interval that is over. */
  previousBytes: number;
  /** `bytes` when the present interval began. */
  bytesAtStart: number;
  /** When the present interval began. */
  intervalStart: number;
}

/** Plain data: it is kept in the journal and goes on after a restart. */
export interface StatisticsState {
  readonly intervals: { readonly source: number; readonly target: number };
  readonly source: SideState;
  readonly target: SideState;
  failed: number;
  /** When the stream first ran. */
  readonly start: number;
  /** Time in RUNNING before `runningSince`. */
  runMs: number;
  /** null outside RUNNING. */
  runningSince: number | null;
  /** Rows on the target when it last began to run: the rate of the present run tells how long the rest takes. */
  rowsAtStart: number;
}

/** `intervals`: seconds between reports, 0 = none. */
export function newStatistics(intervals: { source: number; target: number }, now: number): StatisticsState {
  const side = (): SideState => ({ rows: 0, bytes: 0, previousBytes: 0, bytesAtStart: 0, intervalStart: now });
  return {
    intervals,
    source: side(),
    target: side(),
    failed: 0,
    start: now,
    runMs: 0,
    runningSince: null,
    rowsAtStart: 0,
  };
}

export function beginRunning(state: StatisticsState, now: number): void {
  state.runningSince = now;
  state.rowsAtStart = state.target.rows;
  for (const side of [state.source, state.target]) {
    side.intervalStart = now;
    side.bytesAtStart = side.bytes;
  }
}

export function endRunning(state: StatisticsState, now: number): void {
  closeIntervals(state, now);
  // The end is a report too: of the interval that it cuts short.
  for (const side of [state.source, state.target]) side.previousBytes = Math.max(0, side.bytes - side.bytesAtStart);
  if (state.runningSince !== null) state.runMs += now - state.runningSince;
  state.runningSince = null;
}

/** Progress of every table as told last; the order is that of the plan. */
export class TableCounters {
  readonly #tables = new Map<string, { progress: TableProgress; readRows: number; readBytes: number }>();
  readonly #done = new Set<string>();

  constructor(tables: readonly TableProgress[]) {
    this.replace(tables);
  }

  get list(): TableProgress[] {
    return [...this.#tables.values()].map(({ progress }) => progress);
  }

  /** True when a run has told that nothing is left to do. */
  get isComplete(): boolean {
    return this.#tables.size > 0 && this.#done.size === this.#tables.size;
  }

  replace(tables: readonly TableProgress[]): void {
    this.#tables.clear();
    this.#done.clear();
    // What is on the target has been read, if not by this run.
    for (const progress of tables)
      this.#tables.set(progress.name, {
        progress,
        readRows: progress.rows + progress.failed,
        readBytes: progress.bytes,
      });
    for (const { name, status } of tables) if (status === 'done') this.#done.add(name);
  }

  /** Takes one event in and brings `state` up to date. */
  apply(event: Extract<RunEvent, { type: 'plan' | 'progress' }>, state: StatisticsState, now: number): void {
    closeIntervals(state, now);
    if (event.type === 'plan') {
      this.replace(event.tables);
      this.#sum(state);
      return;
    }
    const { table: progress } = event;
    const before = this.#tables.get(progress.name);
    const readRows = Math.max(event.readRows, progress.rows + progress.failed);
    const readBytes = Math.max(event.readBytes, progress.bytes);
    this.#tables.set(progress.name, { progress, readRows, readBytes });
    if (progress.status === 'done') this.#done.add(progress.name);
    state.source.rows += readRows - (before?.readRows ?? 0);
    state.source.bytes += readBytes - (before?.readBytes ?? 0);
    state.target.rows += progress.rows - (before?.progress.rows ?? 0);
    state.target.bytes += progress.bytes - (before?.progress.bytes ?? 0);
    state.failed += progress.failed - (before?.progress.failed ?? 0);
  }

  #sum(state: StatisticsState): void {
    for (const side of [state.source, state.target]) side.rows = side.bytes = 0;
    state.failed = 0;
    for (const { progress, readRows, readBytes } of this.#tables.values()) {
      state.source.rows += readRows;
      state.source.bytes += readBytes;
      state.target.rows += progress.rows;
      state.target.bytes += progress.bytes;
      state.failed += progress.failed;
    }
    state.rowsAtStart = state.target.rows;
  }
}

/** Moves the reporting intervals on to `now`. Bytes that were counted belong to the interval in which they came. */
function closeIntervals(state: StatisticsState, now: number): void {
  if (state.runningSince === null) return;
  for (const name of ['source', 'target'] as const) {
    const side = state[name];
    const length = state.intervals[name] * 1000;
    if (length === 0) continue;
    const passed = Math.floor((now - side.intervalStart) / length);
    if (passed < 1) continue;
    side.previousBytes = passed === 1 ? Math.max(0, side.bytes - side.bytesAtStart) : 0;
    side.bytesAtStart = side.bytes;
    side.intervalStart += passed * length;
  }
}

/** The answer of GET /streams/{id}/stats. */
export function statisticsAnswer(
  stream: Pick<StreamDetail, 'id' | 'configID' | 'status' | 'phase' | 'mode' | 'snapshotTaken'>,
  state: StatisticsState,
  tables: readonly TableProgress[],
  now: number,
): StreamStatistics {
  closeIntervals(state, now);
  const runMs = state.runMs + (state.runningSince === null ? 0 : now - state.runningSince);
  const side = (name: 'source' | 'target', failedCounter: number): SideStatistics => ({
    counter: state[name].rows,
    failedCounter,
    prevDataSize: state[name].previousBytes,
    sumDataSize: state[name].bytes,
    reportingInterval: state.intervals[name],
    start: `${new Date(state.start).toISOString().slice(0, 19)}Z`,
    duration: isoDuration(runMs),
    avgRate: runMs <= 0 ? 0 : Math.round((state[name].rows / (runMs / 1000)) * 100) / 100,
    status: stream.status,
  });
  return {
    streamID: stream.id,
    source: side('source', 0),
    target: side('target', state.failed),
    status: stream.status,
    phase: stream.phase,
    mode: stream.mode,
    configID: stream.configID,
    tables: [...tables],
    ...(stream.mode === 'cdc' ? { lag: { bytes: null, seconds: null } } : {}),
    etaSeconds: secondsLeft(state, tables, now),
    ...(stream.snapshotTaken !== undefined && { snapshotAgeSeconds: Math.floor(now / 1000) - stream.snapshotTaken }),
  };
}

/** null when a table has no estimate, or nothing has moved yet. */
function secondsLeft(state: StatisticsState, tables: readonly TableProgress[], now: number): number | null {
  if (state.runningSince === null || tables.length === 0) return null;
  let left = 0;
  for (const table of tables) {
    if (table.status !== 'waiting' && table.status !== 'copying') continue;
    if (table.estimatedRows === null) return null;
    left += Math.max(0, table.estimatedRows - table.rows - table.failed);
  }
  const rate = (state.target.rows - state.rowsAtStart) / (now - state.runningSince);
  return left === 0 ? 0 : rate > 0 ? Math.ceil(left / rate / 1000) : null;
}

/** `5025000` => `PT1H23M45S`; fractions of a second to the millisecond; `0` => `PT0S`. */
export function isoDuration(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds));
  const days = Math.floor(whole / 86_400_000);
  const hours = Math.floor(whole / 3_600_000) % 24;
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = (whole % 60_000) / 1000;
  const date = days > 0 ? `${days}D` : '';
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
  if (date === '' && time === '') return 'PT0S';
  return `P${date}${time === '' ? '' : `T${time}`}`;
}
