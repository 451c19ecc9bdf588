/** Views, after everything that they read: one after the other, since they read each other. */
import { errorCodes } from '../../../shared/errors/error-codes.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../shared/model/run-event.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { Session } from '../driver/driver.ts';
import type { PlannedView } from './convert-plan.ts';
import { viewFinding } from './plan-views.ts';

/**
 * A view that the target does not take is a finding and ends nothing: the rows are what a copy is for. Rejects when the
 * server is lost.
 */
export async function buildViews(
  target: Session,
  dialect: Dialect,
  views: readonly PlannedView[],
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { label, source, view } of views) {
    signal.throwIfAborted();
    const report = (status: 'started' | 'done' | 'failed', error: SluiceError | null) =>
      emit({ type: 'build', table: label, name: view.name.name, kind: 'view', status, error: error?.toData() ?? null });
    report('started', null);
    let isMade = false;
    try {
      for (const { sql } of dialect.viewStatements(view)) {
        await target.execute(sql);
        if (isMade) continue;
        isMade = true;
        // SQLite makes a view without looking at what it reads.
        await target.query(`SELECT 1 FROM ${dialect.quoteTable(view.name)} WHERE 1 = 0`);
      }
      report('done', null);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = SluiceError.from(thrown);
      if (errorCodes[error.code].retry) throw error;
      report('failed', error);
      if (isMade) await target.execute(dialect.dropView(view));
      const what = `is not carried over: the target refuses it (${error.message})`;
      emit({ type: 'finding', finding: viewFinding('warning', 'view_not_copied', label, what, source) });
    }
  }
}
