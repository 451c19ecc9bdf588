/** The plan by which the target's own reader reads what was written: same columns, same wire types, same label. */
import type { TablePlan } from '../model/table-plan.ts';
import type { TableSchema } from '../model/table-schema.ts';

/** `present`: the target table as its catalog describes it. Columns are matched by name. */
export function targetPlan(plan: TablePlan, present: TableSchema): TablePlan {
  const byName = new Map(present.columns.map((column) => [column.name, column]));
  return {
    ...plan,
    source: { table: plan.target, schema: present, query: null, where: null },
    columns: plan.columns.map((column) => ({ ...column, source: byName.get(column.target.name) ?? column.target })),
  };
}
