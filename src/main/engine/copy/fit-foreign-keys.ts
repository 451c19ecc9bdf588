/** Columns that refer to others get types by which the target lets them. Pure. */
import type { Driver } from '../driver/driver.ts';
import type { ColumnSchema } from '../model/table-schema.ts';
import { tableFinding, tableKey } from './convert-plan.ts';
import type { TableDraft } from './plan-tables.ts';

/** A type goes from table to table along keys; one that refers to two others of different types would never settle. */
const mostRounds = 10;

/** `drafts` of a source of another family; their foreign keys carry source names. */
export function fitForeignKeys(drafts: readonly TableDraft[], target: Driver): TableDraft[] {
  let fitted = [...drafts];
  for (let round = 0; round < mostRounds; round++) {
    const bySource = new Map(fitted.map((draft) => [tableKey(draft.plan.source.table), draft]));
    const next = fitted.map((draft) => fitTable(draft, bySource, target));
    if (next.every((draft, position) => draft === fitted[position])) return next;
    fitted = next;
  }
  return fitted;
}

function fitTable(draft: TableDraft, bySource: ReadonlyMap<string, TableDraft>, target: Driver): TableDraft {
  const changed = new Map<string, { readonly from: ColumnSchema; readonly to: ColumnSchema }>();
  const named = ({ plan }: TableDraft, name: string | undefined) =>
    plan.targetSchema.columns.find((column) => column.name === name);
  for (const key of draft.plan.targetSchema.foreignKeys) {
    const other = bySource.get(tableKey(key.references));
    if (!other) continue;
    key.columns.forEach((name, position) => {
      const child = named(draft, draft.columnNames.get(name));
      const parent = named(other, other.columnNames.get(key.referencedColumns[position] ?? ''));
      const to = child && parent && target.dialect.fitReferring(child, parent);
      if (to) changed.set(child.name, { from: child, to });
    });
  }
  if (changed.size === 0) return draft;
  const { plan } = draft;
  const replaced = (column: ColumnSchema) => changed.get(column.name)?.to ?? column;
  const findings = plan.columns.flatMap(({ source, target: column }) => {
    const { from, to } = changed.get(column.name) ?? {};
    if (!from || !to) return [];
    const what = from.nativeType === to.nativeType ? `has collation ${to.collation}` : `becomes ${to.nativeType}`;
    const message = `Column "${source.name}" of "${plan.label}" ${what}, as the column that it refers to.`;
    return [tableFinding('info', 'key_type_changed', plan.label, message, { column: source.name })];
  });
  return {
    ...draft,
    plan: {
      ...plan,
      columns: plan.columns.map((column) => ({ ...column, target: replaced(column.target) })),
      targetSchema: { ...plan.targetSchema, columns: plan.targetSchema.columns.map(replaced) },
      findings: [...plan.findings, ...findings],
    },
  };
}
