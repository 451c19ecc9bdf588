/** Counters of a run, told as events: at most four a second for each table, and at once when a status changes. */
import type { RunEvent, TableProgress } from '../../../shared/model/run-event.ts';

const millisecondsBetweenReports = 250;

export class TableCounter {
  readonly name: string;
  readonly estimatedRows: number | null;
  status: TableProgress['status'] = 'waiting';
  /** Committed. */
  rows = 0;
  bytes = 0;
  failed = 0;
  /** Taken from the source, committed or not. */
  readRows = 0;
  readBytes = 0;
  reportedAt = 0;

  constructor(name: string, estimatedRows: number | null) {
    this.name = name;
    this.estimatedRows = estimatedRows;
  }

  toProgress(): TableProgress {
    const { name, status, rows, estimatedRows, bytes, failed } = this;
    return { name, status, rows, estimatedRows, bytes, failed };
  }
}

/** Disposing it, when a run ends half-way, tells the last counters of tables that were being copied. */
export class RunProgress implements Disposable {
  readonly tables: readonly TableCounter[];
  readonly #emit: (event: RunEvent) => void;
  readonly #byName: ReadonlyMap<string, TableCounter>;
  /** Reports to come of tables whose last one was too short a time ago. */
  readonly #dueReports = new Map<TableCounter, NodeJS.Timeout>();

  constructor(tables: readonly TableCounter[], emit: (event: RunEvent) => void) {
    this.tables = tables;
    this.#emit = emit;
    this.#byName = new Map(tables.map((table) => [table.name, table]));
  }

  of(name: string): TableCounter {
    return this.#byName.get(name)!;
  }

  setStatus(counter: TableCounter, status: TableProgress['status']): void {
    if (counter.status === status) return;
    counter.status = status;
    this.#report(counter);
  }

  addRead(counter: TableCounter, rows: number, bytes: number): void {
    counter.readRows += rows;
    counter.readBytes += bytes;
    this.#reportSometimes(counter);
  }

  addCommitted(counter: TableCounter, rows: number, bytes: number): void {
    counter.rows += rows;
    counter.bytes += bytes;
    this.#reportSometimes(counter);
  }

  totals(): { rows: number; bytes: number; failed: number } {
    let [rows, bytes, failed] = [0, 0, 0];
    for (const table of this.tables) {
      rows += table.rows;
      bytes += table.bytes;
      failed += table.failed;
    }
    return { rows, bytes, failed };
  }

  [Symbol.dispose](): void {
    for (const timer of this.#dueReports.values()) clearTimeout(timer);
    this.#dueReports.clear();
    for (const table of this.tables) if (table.status === 'copying') this.#report(table);
  }

  #reportSometimes(counter: TableCounter): void {
    const waitMs = counter.reportedAt + millisecondsBetweenReports - performance.now();
    if (waitMs <= 0) this.#report(counter);
    // Nothing else may move before long, when a database is slow.
    else if (!this.#dueReports.has(counter))
      this.#dueReports.set(
        counter,
        setTimeout(() => this.#report(counter), waitMs),
      );
  }

  #report(counter: TableCounter): void {
    clearTimeout(this.#dueReports.get(counter));
    this.#dueReports.delete(counter);
    counter.reportedAt = performance.now();
    this.#emit({
      type: 'progress',
      table: counter.toProgress(),
      readRows: counter.readRows,
      readBytes: counter.readBytes,
    });
  }
}
