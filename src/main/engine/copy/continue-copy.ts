/** What an earlier run of the same stream left: which chunks may stand, which tables start again (SPEC 4). */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../shared/model/run-event.ts';
import { tableKey, type PlannedTable } from './convert-plan.ts';
import { emptyTarget } from './empty-target.ts';
import type { TableToCopy } from './copy-request.ts';
import type { Ledger, LedgerState } from './ledger.ts';
import type { OpenEnds } from './open-ends.ts';

/**
 * Complete tables stay. An unfinished one goes on only if the source's rows are proved to be the same as then (`isUnchanged`);
 * otherwise it is emptied and starts again, and the log says so.
 */
export async function continueTables(
  ends: OpenEnds,
  tables: readonly PlannedTable[],
  left: LedgerState | null,
  isUnchanged: boolean,
  ledger: Ledger,
  emit: (event: RunEvent) => void,
): Promise<TableToCopy[]> {
  const result: TableToCopy[] = [];
  for (const table of tables) {
    const chunks = left?.tables.get(tableKey(table.plan.target))?.chunks ?? [];
    const done = chunks.filter((chunk) => chunk.committed).length;
    const isComplete = chunks.length > 0 && done === chunks.length;
    // A table of one undivided chunk may hold rows that no entry vouches for: it never goes on from the middle.
    const mayGoOn = isComplete || (isUnchanged && done > 0 && chunks.every((chunk) => chunk.range));
    const { label, target } = table.plan;
    if (mayGoOn) {
      const rows = chunks.reduce((sum, { committed }) => sum + (committed?.rows ?? 0), 0);
      const failed = chunks.reduce((sum, { committed }) => sum + (committed?.failed ?? 0), 0);
      const there = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
      if (failed > 0) {
        const message = `"${label}": ${failed} ${failed === 1 ? 'row was' : 'rows were'} refused and left out before, as the run of then told.`;
        emit({ type: 'log', level: 'warning', message });
      }
      emitLog(
        emit,
        isComplete
          ? `"${label}": already copied.`
          : `"${label}": goes on after ${done} of ${chunks.length} chunks, ${there}.`,
      );
      result.push({ table, chunks, mayCommitParts: false });
      continue;
    }
    if (chunks.length > 0) {
      if (table.isShared && done > 0) {
        throw new SluiceError(
          'target_not_empty',
          `"${label}" was appended to in part and the source has changed since: remove the rows that were added, then run again.`,
        );
      }
      if (!table.isShared) await emptyTarget(ends.target, ends.targetDriver.dialect, table);
      await ledger.undivide(target);
      const why = isUnchanged ? 'it is copied in one piece' : 'the source may have changed since';
      emitLog(emit, `"${label}" starts again: ${why}.`);
    }
    result.push({ table, chunks: null, mayCommitParts: !table.isShared });
  }
  return result;
}

const emitLog = (emit: (event: RunEvent) => void, message: string) => emit({ type: 'log', level: 'info', message });
