/** Order of tables by their foreign keys. Pure. */
import type { TablePlan } from '../model/table-plan.ts';
import { tableKey } from './convert-plan.ts';

/** A table with foreign keys in the target's names. */
export interface Referring {
  readonly plan: Pick<TablePlan, 'target' | 'targetSchema'>;
}

/** tableKeys of other tables of the run that `table` refers to. */
export function parentsOf(table: Referring, tables: readonly Referring[]): Set<string> {
  const own = tableKey(table.plan.target);
  const inRun = new Set(tables.map(({ plan }) => tableKey(plan.target)));
  const parents = table.plan.targetSchema.foreignKeys.map((key) => tableKey(key.references));
  return new Set(parents.filter((parent) => parent !== own && inRun.has(parent)));
}

/** Every table after those that it refers to; within a cycle the given order stays. */
export function parentsFirst<Table extends Referring>(tables: readonly Table[]): Table[] {
  const byKey = new Map(tables.map((table) => [tableKey(table.plan.target), table]));
  const ordered = new Set<Table>();
  const visiting = new Set<Table>();
  const visit = (table: Table) => {
    if (ordered.has(table) || visiting.has(table)) return;
    visiting.add(table);
    for (const parent of parentsOf(table, tables)) visit(byKey.get(parent)!);
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
