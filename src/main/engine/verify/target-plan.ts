/** The plan by which the target's own reader reads what was written: same columns, same wire types, same label. */
import type { Dialect } from '../driver/dialect.ts';
import { nameKey } from '../driver/names.ts';
import { rowsSchema, type TablePlan } from '../model/table-plan.ts';
import type { TableSchema } from '../model/table-schema.ts';

/** `present`: the target table as its catalog describes it. Columns are matched by name, as the target compares names. */
export function targetPlan(plan: TablePlan, present: TableSchema, dialect: Dialect): TablePlan {
  const limits = dialect.names.column;
  const byName = new Map(present.columns.map((column) => [nameKey(column.name, limits), column]));
  return {
    ...plan,
    source: { table: plan.target, schema: rowsSchema(present), query: null, where: null },
    columns: plan.columns.map((column) => ({
      ...column,
      source: byName.get(nameKey(column.target.name, limits)) ?? column.target,
    })),
  };
}
