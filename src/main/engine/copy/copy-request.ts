/** What the pipelines of a copy are given. */
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Session, Snapshot } from '../driver/driver.ts';
import type { PlannedTable } from './convert-plan.ts';
import type { Ledger, LedgerChunk } from './ledger.ts';
import type { RefusedRows } from './refused-rows.ts';
import type { RowBudget } from './row-budget.ts';
import type { RunProgress } from './run-progress.ts';

export interface CopyRequest {
  readonly source: Session;
  readonly target: Session;
  readonly snapshot: Snapshot;
  readonly writers: number;
  /** Largest first. Tables with committed chunks carry them; the others are divided when their turn comes. */
  readonly tables: readonly TableToCopy[];
  /** null: small tables are copied in groups and as text, others in row binary where both ends have it. */
  readonly rowForm: 'text' | 'binary' | null;
  readonly options: StreamOptions;
  readonly ledger: Ledger;
  readonly progress: Pick<RunProgress, 'of' | 'setStatus' | 'addRead' | 'addCommitted'>;
  readonly refused: RefusedRows;
  readonly budget: RowBudget;
  readonly signal: AbortSignal;
}

export interface TableToCopy {
  readonly table: PlannedTable;
  /** Division of an earlier run that this one continues; null: to be divided. */
  readonly chunks: readonly LedgerChunk[] | null;
  /** False where rows of others are in the table: then a table that is not divided commits as a whole. */
  readonly mayCommitParts: boolean;
}
