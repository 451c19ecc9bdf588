/** What a refused row means for the run: `onRowError` and `maxRowErrors` (SPEC 8). */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../shared/model/run-event.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { RowsRefused } from '../driver/rows-refused.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { decodeRow } from '../row-text/decode-row.ts';
import type { RunProgress } from './run-progress.ts';

/** Longest value shown in a message or event, in characters. */
const shownCharacters = 200;

export class RefusedRows {
  readonly #options: Pick<StreamOptions, 'onRowError' | 'maxRowErrors'>;
  readonly #progress: RunProgress;
  readonly #emit: (event: RunEvent) => void;
  #count: number;

  /** `before`: how many were refused by what an earlier attempt has committed. */
  constructor(
    options: Pick<StreamOptions, 'onRowError' | 'maxRowErrors'>,
    before: number,
    progress: RunProgress,
    emit: (event: RunEvent) => void,
  ) {
    this.#options = options;
    this.#count = before;
    this.#progress = progress;
    this.#emit = emit;
  }

  /** Reports a refused row; throws when the run must not go on without it. */
  refuse(plan: TablePlan, row: Buffer | null, refusal: RowsRefused): void {
    const columns = plan.columns.map((column) => column.source.name);
    const values = row ? decodeRow(row).map((value) => value && cut(value)) : [];
    this.#count++;
    this.#progress.of(plan.label).failed++;
    const { column, message, code } = refusal;
    const place = describeRow(plan, columns, values);
    this.#emit({
      type: 'row-error',
      error: { table: plan.label, columns, values, row: place, ...(column !== null && { column }), message, code },
    });
    const where = `"${plan.label}" (${place})${column === null ? '' : `, column "${column}"`}`;
    if (this.#options.onRowError === 'fail') {
      throw new SluiceError('rows_refused', `The target refused a row of ${where}: ${message}`, {
        table: plan.label,
        code,
        column,
      });
    }
    if (this.#count > this.#options.maxRowErrors) {
      throw new SluiceError(
        'too_many_row_errors',
        `The target refused ${this.#count} rows, more than maxRowErrors (${this.#options.maxRowErrors}) allows; ` +
          `the last one, of ${where}: ${message}`,
        { table: plan.label },
      );
    }
  }
}

/** The key where there is one, otherwise the first columns: enough for a person to find the row. */
function describeRow(plan: TablePlan, columns: readonly string[], values: readonly (string | null)[]): string {
  if (values.length === 0) return 'a row too large to show';
  const key = plan.source.schema.primaryKey?.parts.map((part) => part.column) ?? [];
  const shown = columns.map((name, index) => ({ name, value: values[index] ?? null }));
  const picked = shown.filter(({ name }) => key.includes(name));
  return (picked.length > 0 ? picked : shown.slice(0, 3))
    .map(({ name, value }) => `${name} = ${value ?? 'NULL'}`)
    .join(', ');
}

const cut = (value: string) => (value.length > shownCharacters ? `${value.slice(0, shownCharacters)}…` : value);
