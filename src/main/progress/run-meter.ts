/** What the events of a run add up to: where each table is, how fast rows move, how long it will take. */
import type { ComparedTable } from '../../shared/model/compared-table.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { Phase, RowError, RunEvent, TableProgress } from '../../shared/model/run-event.ts';

export interface TableMeter {
  progress: TableProgress;
  /** Taken from the source; ahead of what is committed. */
  readRows: number;
  readBytes: number;
  /** Of an earlier run that this one continues: there before anything was read. */
  earlierRows: number;
  earlierBytes: number;
  /** Milliseconds of the meter's clock; null: not yet. */
  startedAt: number | null;
  endedAt: number | null;
}

/** The table that is being compared. */
export interface ComparingMeter {
  readonly table: string;
  readonly pass: 'sum' | 'search';
  /** Read of the end that is behind. */
  rows: number;
  readonly expectedRows: number | null;
  /** Milliseconds of the meter's clock. */
  readonly startedAt: number;
}

export interface Pace {
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  /** null: unknown. */
  readonly secondsLeft: number | null;
}

/** The pace is that of the last few seconds. */
const paceWindowMs = 5000;
const samplesEveryMs = 250;
/** The pace of a shorter time is noise. */
const shortestPaceMs = 500;
const keptRowErrors = 10;

export class RunMeter {
  readonly tables = new Map<string, TableMeter>();
  readonly findings: Finding[] = [];
  /** The first ones. */
  readonly rowErrors: RowError[] = [];
  /** Indexes and keys being built, `table: name`. */
  readonly builds = new Set<string>();
  /** null: none is. */
  comparing: ComparingMeter | null = null;
  readonly compared: ComparedTable[] = [];
  readonly startedAt: number;
  /** Rows of an earlier run with which this one began. */
  rowsBefore = 0;
  phase: Phase | null = null;
  guarantee: string | null = null;
  readonly #now: () => number;
  /** Attempts so far. */
  #plans = 0;
  readonly #samples: { at: number; rows: number; bytes: number }[] = [];

  /** `now`: milliseconds that never go back. */
  constructor(now: () => number) {
    this.#now = now;
    this.startedAt = now();
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'phase':
        this.phase = event.phase;
        if (event.phase === 'copying') this.#sample();
        break;
      case 'plan':
        this.#plans++;
        // A new attempt reads from the start of what is left.
        this.#samples.length = 0;
        this.guarantee = event.reason === null ? event.guarantee : `${event.guarantee} (${event.reason})`;
        for (const progress of event.tables) this.tables.set(progress.name, newTable(progress));
        break;
      case 'finding':
        this.findings.push(event.finding);
        break;
      case 'progress':
        this.#advance(event.table, event.readRows, event.readBytes);
        break;
      case 'build':
        if (event.status === 'started') this.builds.add(`${event.table}: ${event.name}`);
        else this.builds.delete(`${event.table}: ${event.name}`);
        break;
      case 'row-error':
        if (this.rowErrors.length < keptRowErrors) this.rowErrors.push(event.error);
        break;
      case 'comparing':
        this.#compare(event);
        break;
      case 'compared':
        this.comparing = null;
        this.compared.push(event.table);
        break;
      case 'log':
      case 'end':
        break;
      default:
        event satisfies never;
    }
  }

  get elapsedMs(): number {
    return this.#now() - this.startedAt;
  }

  /** What the target holds for good. */
  committed(): { rows: number; bytes: number; failed: number } {
    const sum = { rows: 0, bytes: 0, failed: 0 };
    for (const { progress } of this.tables.values()) {
      sum.rows += progress.rows;
      sum.bytes += progress.bytes;
      sum.failed += progress.failed;
    }
    return sum;
  }

  /** Rows and bytes taken from the source, earlier runs included, and rows expected (null where a table's are unknown). */
  moved(): { rows: number; bytes: number; expectedRows: number | null } {
    let [rows, bytes] = [0, 0];
    let expectedRows: number | null = 0;
    for (const table of this.tables.values()) {
      const seen = rowsSeen(table);
      rows += seen;
      bytes += table.earlierBytes + table.readBytes;
      const expected = isCopied(table.progress) ? seen : table.progress.estimatedRows;
      expectedRows = expected === null || expectedRows === null ? null : expectedRows + Math.max(seen, expected);
    }
    return { rows, bytes, expectedRows };
  }

  /** Since the oldest sample of the last few seconds; samples are taken when rows move and whenever this is asked. */
  pace(): Pace {
    this.#sample();
    const first = this.#samples[0]!;
    const at = this.#now();
    const { rows, bytes } = this.#read();
    const milliseconds = at - first.at;
    if (milliseconds < shortestPaceMs) return { rowsPerSecond: 0, bytesPerSecond: 0, secondsLeft: null };
    const rowsPerSecond = ((rows - first.rows) * 1000) / milliseconds;
    const moved = this.moved();
    const rowsLeft = moved.expectedRows === null ? null : moved.expectedRows - moved.rows;
    const secondsLeft = rowsLeft === null || rowsPerSecond === 0 ? null : rowsLeft / rowsPerSecond;
    return { rowsPerSecond, bytesPerSecond: ((bytes - first.bytes) * 1000) / milliseconds, secondsLeft };
  }

  /** What this run, or its last attempt, took from the source itself. */
  #read(): { rows: number; bytes: number } {
    let [rows, bytes] = [0, 0];
    for (const table of this.tables.values()) {
      rows += table.readRows;
      bytes += table.readBytes;
    }
    return { rows, bytes };
  }

  #sample(): void {
    const at = this.#now();
    const newest = this.#samples.at(-1);
    if (newest && at - newest.at < samplesEveryMs) return;
    this.#samples.push({ at, ...this.#read() });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > paceWindowMs) this.#samples.shift();
  }

  #compare({ table, pass, sourceRows, targetRows, expectedRows }: Extract<RunEvent, { type: 'comparing' }>): void {
    const rows = Math.min(sourceRows, targetRows);
    const { comparing } = this;
    // Going back means that the table is read once more.
    if (comparing?.table === table && comparing.pass === pass && rows >= comparing.rows && rows > 0)
      comparing.rows = rows;
    else this.comparing = { table, pass, rows, expectedRows, startedAt: this.#now() };
  }

  #advance(progress: TableProgress, readRows: number, readBytes: number): void {
    const table = this.tables.get(progress.name) ?? newTable(progress);
    this.tables.set(progress.name, table);
    // Nothing is committed that was not read before: what is committed beyond it is older.
    const earlierRows = Math.max(table.earlierRows, progress.rows - readRows);
    const earlierBytes = Math.max(table.earlierBytes, progress.bytes - readBytes);
    if (this.#plans <= 1) this.rowsBefore += earlierRows - table.earlierRows;
    Object.assign(table, { progress, readRows, readBytes, earlierRows, earlierBytes });
    if (progress.status !== 'waiting') table.startedAt ??= this.#now();
    if (isCopied(progress)) table.endedAt ??= this.#now();
    this.#sample();
  }
}

/** All its rows are there, whatever else is to be done with it. */
export const isCopied = ({ status }: TableProgress): boolean =>
  status === 'copied' || status === 'indexing' || status === 'done' || status === 'failed';

export const rowsSeen = ({ readRows, earlierRows }: TableMeter): number => earlierRows + readRows;

const newTable = (progress: TableProgress): TableMeter => ({
  progress,
  readRows: 0,
  readBytes: 0,
  earlierRows: 0,
  earlierBytes: 0,
  startedAt: null,
  endedAt: null,
});
