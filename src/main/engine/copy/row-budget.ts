/** The config's `limits`: how many rows and how much time are left. */
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { LoadUnit } from '../model/row-bundle.ts';
import { endOfRow } from './load-unit.ts';

export interface Spent {
  readonly rows: number;
  readonly ms: number;
}

export class RowBudget {
  #rowsLeft: number;
  readonly #deadline: number;
  readonly #now: () => number;
  #ended = false;

  /** `spent`: what earlier attempts took of it. */
  constructor(
    limits: StreamOptions['limits'],
    spent: Spent = { rows: 0, ms: 0 },
    now: () => number = () => performance.now(),
  ) {
    this.#rowsLeft = (limits.numberOfEvents || Number.POSITIVE_INFINITY) - spent.rows;
    this.#deadline = limits.elapsedTime ? now() + limits.elapsedTime * 1000 - spent.ms : Number.POSITIVE_INFINITY;
    this.#now = now;
  }

  /** True once a limit was reached. */
  get ended(): boolean {
    if (this.#rowsLeft <= 0 || this.#now() >= this.#deadline) this.#ended = true;
    return this.#ended;
  }

  /** The part of a unit that may still be copied; null: nothing. */
  take(unit: LoadUnit): LoadUnit | null {
    if (this.ended) return null;
    const rows = Math.min(unit.rows, this.#rowsLeft);
    this.#rowsLeft -= rows;
    if (rows === unit.rows || unit.kind === 'streamed') return unit;
    return { kind: 'held', bytes: unit.bytes.subarray(0, endOfRow(unit.bytes, rows)), rows };
  }
}
