/** Order of tables by their foreign keys. Pure. */
import { tableKey, type PlannedTable } from './convert-plan.ts';

/** tableKeys of other tables of the run that `table` refers to. */
export function parentsOf(table: PlannedTable, tables: readonly PlannedTable[]): Set<string> {
  const own = tableKey(table.plan.target);
  const inRun = new Set(tables.map(({ plan }) => tableKey(plan.target)));
  const parents = table.plan.targetSchema.foreignKeys.map((key) => tableKey(key.references));
  return new Set(parents.filter((parent) => parent !== own && inRun.has(parent)));
}

/** Every table after those that it refers to; within a cycle the given order stays. */
export function parentsFirst(tables: readonly PlannedTable[]): PlannedTable[] {
  const byKey = new Map(tables.map((table) => [tableKey(table.plan.target), table]));
  const ordered = new Set<PlannedTable>();
  const visiting = new Set<PlannedTable>();
  const visit = (table: PlannedTable) => {
    if (ordered.has(table) || visiting.has(table)) return;
    visiting.add(table);
    for (const parent of parentsOf(table, tables)) visit(byKey.get(parent)!);
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
