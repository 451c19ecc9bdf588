/** Foreign keys in target names, and which of them can be had. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Driver } from '../driver/driver.ts';
import { claimName } from '../driver/names.ts';
import type { ForeignKeySchema } from '../model/table-schema.ts';
import { tableFinding, tableKey, type PlannedTable } from './convert-plan.ts';
import type { TableDraft } from './plan-tables.ts';

export interface KeyedTable {
  readonly draft: TableDraft;
  readonly foreignKeys: PlannedTable['foreignKeys'];
  readonly findings: readonly Finding[];
}

/**
 * A key whose other end is not copied is left out; one with a filtered end is not validated where the database can do
 * that, otherwise left out (SPEC 3). Each with a finding that carries the statement.
 */
export function planForeignKeys(
  drafts: readonly TableDraft[],
  targetDriver: Driver,
  options: StreamOptions,
): KeyedTable[] {
  const { dialect, capabilities } = targetDriver;
  const taken = new Set(drafts.flatMap(({ plan }) => plan.targetSchema.foreignKeys.flatMap(({ name }) => name ?? [])));
  /** Keys that are added by a statement of their own need a name; two of one table may be of the same columns. */
  const named = (key: ForeignKeySchema, { plan }: TableDraft): ForeignKeySchema => {
    if (key.name !== null || !capabilities.lateForeignKeys) return key;
    return { ...key, name: claimName(`${plan.target.name}_${key.columns.join('_')}_fk`, dialect.names.index, taken) };
  };
  const bySource = new Map(drafts.map((draft) => [tableKey(draft.plan.source.table), draft]));
  return drafts.map((draft) => {
    const { plan } = draft;
    const findings: Finding[] = [];
    const foreignKeys: { key: ForeignKeySchema; validate: boolean }[] = [];
    for (const key of plan.targetSchema.foreignKeys) {
      const other = bySource.get(tableKey(key.references));
      const inTarget = other && translate(key, draft, other);
      if (!inTarget) {
        findings.push(
          lostKey(
            plan.label,
            key,
            `is left out: ${other ? 'a column of it' : `"${key.references.name}"`} is not copied`,
          ),
        );
        continue;
      }
      const translated = named(inTarget, draft);
      const whole = !plan.filtered && !other.plan.filtered && options.onRowError === 'fail' && key.validated;
      if (whole || targetDriver.capabilities.unvalidatedForeignKeys) {
        foreignKeys.push({ key: translated, validate: whole });
      }
      if (!whole) {
        const statement = targetDriver.dialect.foreignKeyStatements(plan.targetSchema, translated, true)[0]?.sql;
        const how = targetDriver.capabilities.unvalidatedForeignKeys
          ? 'is created without checking present rows'
          : 'is not created';
        findings.push(lostKey(plan.label, key, `${how}, since rows of one of its tables may be left out`, statement));
      }
    }
    return { draft, foreignKeys, findings };
  });
}

function translate(key: ForeignKeySchema, from: TableDraft, to: TableDraft): ForeignKeySchema | null {
  const columns = key.columns.map((name) => from.columnNames.get(name));
  const referencedColumns = key.referencedColumns.map((name) => to.columnNames.get(name));
  if (columns.includes(undefined) || referencedColumns.includes(undefined)) return null;
  return {
    ...key,
    columns: columns as string[],
    references: to.plan.target,
    referencedColumns: referencedColumns as string[],
  };
}

function lostKey(label: string, key: ForeignKeySchema, what: string, statement?: string): Finding {
  const name = key.name ?? key.columns.join(', ');
  return tableFinding(
    'warning',
    'foreign_key_not_enforced',
    label,
    `Foreign key "${name}" of "${label}" ${what}.`,
    statement === undefined ? {} : { statement },
  );
}
