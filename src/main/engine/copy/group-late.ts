/** Which late statements are sent to the server as one. Pure. */
import type { Dialect, LateStatement } from '../driver/dialect.ts';
import type { TableName } from '../model/table-schema.ts';
import { tableKey } from './convert-plan.ts';

export interface LateWork {
  readonly label: string;
  readonly table: TableName;
  /** See isSmallTable. */
  readonly isSmall: boolean;
  readonly statement: LateStatement;
}

/** Statements of small tables in one transaction, each of which holds locks until its end. */
const mostInGroup = 100;

/** Keeps the order. Work of one group is of one table, or of small tables. */
export function* groupLate(work: Iterable<LateWork>, joins: Dialect['joinsLate']): Generator<LateWork[]> {
  let group: LateWork[] = [];
  for (const next of work) {
    if (group.length > 0 && joins !== null && belongs(group, next, joins.of)) group.push(next);
    else {
      if (group.length > 0) yield group;
      group = [next];
    }
  }
  if (group.length > 0) yield group;
}

function belongs(group: readonly LateWork[], next: LateWork, of: 'table' | 'small tables'): boolean {
  const last = group.at(-1)!;
  // Without a statement there is only something to be looked at.
  if (last.statement.sql === '' || next.statement.sql === '') return false;
  if ((last.statement.looksFirst ?? false) !== (next.statement.looksFirst ?? false)) return false;
  if (of === 'table') return tableKey(last.table) === tableKey(next.table);
  return last.isSmall && next.isSmall && group.length < mostInGroup;
}
