/** Foreign keys in target names, and which of them can be had. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { Driver } from '../driver/driver.ts';
import { claimName, nameKey } from '../driver/names.ts';
import type { ForeignKeySchema, IndexPart, TableSchema } from '../model/table-schema.ts';
import { tableFinding, tableKey, type PlannedKey } from './convert-plan.ts';
import { renamed } from './plan-columns.ts';
import type { TableDraft } from './plan-tables.ts';

export interface KeyedTable {
  readonly draft: TableDraft;
  readonly foreignKeys: readonly Omit<PlannedKey, 'isBetweenCreated'>[];
  readonly findings: readonly Finding[];
}

/**
 * A key whose other end is not copied, or that the target cannot have, is left out; one with a filtered end is not validated
 * where the database can do that, otherwise left out (SPEC 3). Each with a finding that carries the statement.
 */
export function planForeignKeys(
  drafts: readonly TableDraft[],
  { source, target }: { readonly source: Driver; readonly target: Driver },
  options: StreamOptions,
): KeyedTable[] {
  const { dialect, capabilities } = target;
  const takenInDatabase = new Set<string>();
  const isFamily = source.family === target.family;
  const bySource = new Map(drafts.map((draft) => [tableKey(draft.plan.source.table), draft]));
  return drafts.map((draft) => {
    const { plan } = draft;
    const findings: Finding[] = [];
    const taken =
      dialect.foreignKeyNamesPer === 'database' ? takenInDatabase : constraintNames(plan.targetSchema, dialect);
    /** Keys that are added by a statement of their own need a name; two of one table may be of the same columns. */
    const named = (key: ForeignKeySchema): ForeignKeySchema => {
      if (key.name === null && !capabilities.lateForeignKeys) return key;
      const wanted = key.name ?? `${plan.target.name}_${key.columns.join('_')}_fk`;
      const name = claimName(wanted, dialect.names.index, taken, plan.target.name);
      if (key.name !== null && name !== key.name) findings.push(renamed(plan.label, 'Foreign key', key.name, name));
      return { ...key, name };
    };
    const foreignKeys: { key: ForeignKeySchema; validate: boolean }[] = [];
    for (const key of plan.targetSchema.foreignKeys) {
      const other = bySource.get(tableKey(key.references));
      const inTarget = other && translate(key, draft, other);
      if (!inTarget) {
        const lost = other ? 'a column of it' : `"${key.references.name}"`;
        findings.push(lostKey(plan.label, key, `is left out: ${lost} is not copied`));
        continue;
      }
      const translated = named(inTarget);
      const add = (more: Finding[], how: string) => {
        const statement = dialect.foreignKeyStatements(plan.targetSchema, translated, true)[0]?.sql;
        more.push(lostKey(plan.label, key, how, statement));
      };
      const obstacle = !key.enforced
        ? 'the source does not enforce it'
        : isFamily
          ? null
          : (missingKey(translated, other.plan.targetSchema) ??
            dialect.foreignKeyProblem(plan.targetSchema, translated, other.plan.targetSchema));
      if (obstacle !== null) {
        add(findings, `is not created: ${obstacle}`);
        continue;
      }
      const isPartial = plan.filtered || other.plan.filtered || options.onRowError !== 'fail';
      const whole = !isPartial && key.validated;
      if (whole || capabilities.unvalidatedConstraints) foreignKeys.push({ key: translated, validate: whole });
      if (whole) continue;
      const how = capabilities.unvalidatedConstraints ? 'is created without checking present rows' : 'is not created';
      const why = isPartial
        ? 'rows of one of its tables may be left out'
        : 'the source has not validated it, and rows may break it';
      add(findings, `${how}, since ${why}`);
    }
    return { draft, foreignKeys, findings };
  });
}

/** Those that a foreign key of the table must not have. */
function constraintNames({ primaryKey, indexes, checks }: TableSchema, { names }: Dialect): Set<string> {
  const taken = [primaryKey?.name, ...indexes.map(({ constraint, name }) => (constraint ? name : null))];
  return new Set(
    [...taken, ...checks.map(({ name }) => name)].flatMap((name) => (name ? nameKey(name, names.index) : [])),
  );
}

/** A key refers to columns that are unique together, which MySQL and MariaDB do not ask for; null: they are. */
function missingKey(
  { referencedColumns }: ForeignKeySchema,
  { name, primaryKey, indexes }: TableSchema,
): string | null {
  const wanted = referencedColumns.toSorted().join('\0');
  const isWanted = (parts: readonly IndexPart[]) =>
    parts.every(({ column, prefix }) => column !== null && prefix === null) &&
    parts
      .map(({ column }) => column!)
      .toSorted()
      .join('\0') === wanted;
  const isUnique =
    (primaryKey !== null && isWanted(primaryKey.parts)) ||
    indexes.some((index) => index.unique && index.where === null && isWanted(index.parts));
  return isUnique ? null : `${referencedColumns.join(', ')} of "${name.name}" are not unique there`;
}

function translate(key: ForeignKeySchema, from: TableDraft, to: TableDraft): ForeignKeySchema | null {
  const columns = key.columns.map((name) => from.columnNames.get(name));
  const onDeleteColumns = key.onDeleteColumns.map((name) => from.columnNames.get(name));
  const referencedColumns = key.referencedColumns.map((name) => to.columnNames.get(name));
  if (columns.includes(undefined) || referencedColumns.includes(undefined)) return null;
  return {
    ...key,
    columns: columns as string[],
    onDeleteColumns: onDeleteColumns as string[],
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
