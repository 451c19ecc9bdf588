/** Rows read of both ends of the table that is being compared, told at most four times a second. */
import type { RunEvent } from '../../../shared/model/run-event.ts';
import type { TablePlan } from '../model/table-plan.ts';

const millisecondsBetweenReports = 250;

export class ComparingProgress {
  readonly #emit: (event: RunEvent) => void;
  #table = '';
  #expectedRows: number | null = null;
  #pass: 'sum' | 'search' = 'sum';
  #rows = { source: 0, target: 0 };
  #reportedAt = 0;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  begin({ label, estimatedRows }: TablePlan): void {
    this.#table = label;
    this.#expectedRows = estimatedRows;
    this.#start('sum');
  }

  search(): void {
    this.#start('search');
  }

  add(side: 'source' | 'target', rows: number): void {
    this.#rows[side] += rows;
    if (performance.now() - this.#reportedAt >= millisecondsBetweenReports) this.#report();
  }

  #start(pass: 'sum' | 'search'): void {
    this.#pass = pass;
    this.#rows = { source: 0, target: 0 };
    this.#report();
  }

  #report(): void {
    this.#reportedAt = performance.now();
    const { source: sourceRows, target: targetRows } = this.#rows;
    this.#emit({
      type: 'comparing',
      table: this.#table,
      pass: this.#pass,
      sourceRows,
      targetRows,
      expectedRows: this.#expectedRows,
    });
  }
}
