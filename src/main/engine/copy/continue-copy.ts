/** What an earlier run of the same stream left: which chunks may stand, which tables start again (SPEC 4). */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../shared/model/run-event.ts';
import { tableKey, type PlannedTable } from './convert-plan.ts';
import { emptyTarget } from './empty-target.ts';
import type { TableToCopy } from './copy-request.ts';
import { totalsOf, type Ledger, type LedgerChunk, type LedgerState } from './ledger.ts';
import type { OpenEnds } from './open-ends.ts';

/**
 * Complete tables stay. An unfinished one goes on only if the source's rows are proved to be the same as then (`isUnchanged`);
 * otherwise it is emptied and starts again, and the log says so. `isOver`: a limit of the config is reached by what is there, so that all
 * of it stays.
 */
export async function continueTables(
  ends: OpenEnds,
  tables: readonly PlannedTable[],
  left: LedgerState | null,
  isUnchanged: boolean,
  isOver: boolean,
  ledger: Ledger,
  emit: (event: RunEvent) => void,
): Promise<TableToCopy[]> {
  const result: TableToCopy[] = [];
  for (const table of tables) {
    const chunks = left?.tables.get(tableKey(table.plan.target))?.chunks ?? [];
    const done = chunks.filter((chunk) => chunk.committed).length;
    const isCut = chunks.some(({ committed }) => committed?.isCut);
    const isComplete = isCopied(chunks);
    // A table of one undivided chunk may hold rows that no entry vouches for: it never goes on from the middle.
    const isDivided = done > 0 && !isCut && chunks.every((chunk) => chunk.range);
    const mayGoOn = isComplete || (isUnchanged && isDivided) || (isOver && done > 0);
    const { label, target } = table.plan;
    if (mayGoOn) {
      const { rows, failed } = totalsOf(chunks);
      const there = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
      if (failed > 0) {
        const message = `"${label}": ${failed} ${failed === 1 ? 'row was' : 'rows were'} refused and left out before, as the run of then told.`;
        emit({ type: 'log', level: 'warning', message });
      }
      emitLog(
        emit,
        isComplete
          ? `"${label}": already copied.`
          : isOver
            ? `"${label}": a limit of the config ended its copy, ${there}.`
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
      const why = isCut
        ? 'a limit had ended its copy'
        : isUnchanged
          ? 'it is copied in one piece'
          : 'the source may have changed since';
      emitLog(emit, `"${label}" starts again: ${why}.`);
    }
    result.push({ table, chunks: null, mayCommitParts: !table.isShared });
  }
  return result;
}

/** All rows of the table are there. */
export const isCopied = (chunks: readonly LedgerChunk[]): boolean =>
  chunks.length > 0 && chunks.every(({ committed }) => committed && !committed.isCut);

const emitLog = (emit: (event: RunEvent) => void, message: string) => emit({ type: 'log', level: 'info', message });
