/** Puts the parts of planning together, and says by which statements a plan is carried out. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Dialect, LateStatement, SequenceStatements } from '../driver/dialect.ts';
import type { SequenceSchema } from '../model/table-schema.ts';
import type { SchemaObject } from '../model/table-schema.ts';
import { compareFacilities, isThere, needFindings } from './compare-facilities.ts';
import { checkTargets } from './check-targets.ts';
import { tableKey, type ConvertPlan, type PlannedTable, type PlannedView } from './convert-plan.ts';
import type { LedgerTable } from './ledger.ts';
import { fitForeignKeys } from './fit-foreign-keys.ts';
import { planForeignKeys } from './plan-foreign-keys.ts';
import { planSequences } from './plan-sequences.ts';
import { planTables, type Ends } from './plan-tables.ts';
import { planViews } from './plan-views.ts';
import { tableLabel } from './select-tables.ts';
import { targetNamer } from './target-names.ts';

export interface PlanRequest {
  readonly options: StreamOptions;
  /** Count values that rules will touch: reads whole tables. */
  readonly forReport: boolean;
  /** See checkTargets. */
  readonly ours: ReadonlyMap<string, LedgerTable>;
}

export async function makePlan(ends: Ends, request: PlanRequest): Promise<ConvertPlan> {
  const { options } = request;
  const namer = targetNamer(ends, options);
  const facilities = await compareFacilities(ends);
  const [sourceFindings, targetFindings, tables, objects, views, standing] = await Promise.all([
    ends.source.preflight('source'),
    ends.target.preflight('target'),
    planTables(ends, options, request.forReport, namer, facilities.lacking),
    options.createStructure ? ends.source.catalog.objects() : [],
    options.createStructure ? ends.source.catalog.views() : [],
    options.createStructure ? ends.source.catalog.sequences() : [],
  ]);
  const { drafts, ...sequencePlan } = await planSequences(ends, standing, tables, options, namer);
  const viewPlan = await planViews(ends, views, drafts, options, namer, facilities.lacking);
  const isFamily = ends.sourceDriver.family === ends.targetDriver.family;
  const fitted = isFamily ? drafts : fitForeignKeys(drafts, ends.targetDriver);
  const keyed = planForeignKeys(fitted, { source: ends.sourceDriver, target: ends.targetDriver }, options).map(
    (each) => {
      const { plan } = each.draft;
      const foreignKeys = each.foreignKeys.map(({ key }) => key);
      return {
        ...each,
        draft: { ...each.draft, plan: { ...plan, targetSchema: { ...plan.targetSchema, foreignKeys } } },
      };
    },
  );
  const checked = await checkTargets(ends, keyed, options, request.ours);
  const read = new Set(drafts.flatMap(({ plan }) => (plan.source.query === null ? [plan.label] : [])));
  const findings = [
    // What is wrong with tables that the run leaves alone is not its business.
    ...sourceFindings.filter(({ table }) => table === undefined || read.has(table)),
    ...targetFindings,
    ...checked.findings,
    ...needFindings(checked.tables, ends, facilities),
    ...keyed.flatMap(({ draft, findings: keyFindings }) => [...draft.plan.findings, ...keyFindings]),
    ...sequencePlan.findings,
    ...viewPlan.findings,
    ...objects
      .filter((object) => (object.kind !== 'setting' || isFamily) && !isThere(object, checked.tables, facilities))
      .map((object) => objectFinding(object, ends.source.catalog.defaultSchema)),
  ];
  return { tables: checked.tables, sequences: sequencePlan.sequences, views: viewPlan.views, findings };
}

function objectFinding(object: SchemaObject, defaultSchema: string | null): Finding {
  const name = tableLabel(object.name, defaultSchema);
  const on = object.table ? ` of table "${tableLabel(object.table, defaultSchema)}"` : '';
  const kind = `${object.kind[0]!.toUpperCase()}${object.kind.slice(1)} `;
  return {
    severity: object.kind === 'setting' || object.kind === 'comment' ? 'info' : 'warning',
    code: `${object.kind.replace(' ', '_')}_not_copied`,
    ...(object.table ? { table: tableLabel(object.table, defaultSchema) } : {}),
    message: `${object.kind === 'object' ? '' : kind}"${name}"${on} is not carried over.`,
    ...(object.definition === '' ? {} : { statement: object.definition }),
  };
}

export const sequenceStatements = (
  sequences: readonly SequenceSchema[],
  dialect: Dialect,
  which: keyof SequenceStatements,
): string[] => sequences.flatMap((sequence) => dialect.sequenceStatements(sequence)?.[which] ?? []);

/** Views go before the tables and views that they read. */
export const clearViewStatements = (views: readonly PlannedView[], dialect: Dialect): string[] =>
  views.toReversed().flatMap(({ replaces }) => (replaces ? [dialect.dropView(replaces)] : []));

/** Foreign keys between tables that are dropped go first: no order of dropping suits those in a circle. */
export function unlinkStatements(tables: readonly PlannedTable[], dialect: Dialect): string[] {
  const replaced = tables.flatMap(({ replaces }) => replaces ?? []);
  const keys = new Set(replaced.map(({ name }) => tableKey(name)));
  return replaced.flatMap(({ name, foreignKeys }) =>
    foreignKeys
      .filter(({ references }) => keys.has(tableKey(references)) && tableKey(references) !== tableKey(name))
      .flatMap((key) => dialect.dropForeignKey(name, key)),
  );
}

/** What makes room in the target: rows deleted, tables dropped. */
export function clearStatements({ plan, prepare, checksKeysAfter }: PlannedTable, dialect: Dialect): string[] {
  if (prepare === 'recreate') return [dialect.dropTable(plan.target)];
  if (prepare !== 'empty') return [];
  return [checksKeysAfter ? dialect.emptyUnchecked(plan.target) : dialect.emptyTable(plan.target)];
}

export const createStatements = ({ plan, prepare }: PlannedTable, dialect: Dialect): string[] =>
  prepare === 'create' || prepare === 'recreate' ? dialect.createTable(plan.targetSchema) : [];

/** Existing tables keep their own indexes and constraints. */
export const lateStatementsOf = (table: PlannedTable, dialect: Dialect) =>
  table.isCreated ? dialect.lateStatements(table.plan.targetSchema) : [];

/**
 * Groups of statements that do not wait for each other. Where a table's own statement could have said it (MySQL), all that are
 * left are one group: ALTER TABLE takes hold of the tables that its keys refer to, and MariaDB lets several of them wait for each
 * other for ever.
 */
export function counterGroups(tables: readonly PlannedTable[], dialect: Dialect): string[][] {
  if (!dialect.createsCounters) return tables.map(({ plan }) => dialect.counterStatements(plan.targetSchema));
  const standing = tables.filter(({ prepare }) => prepare === 'use' || prepare === 'empty');
  return [standing.flatMap(({ plan }) => dialect.counterStatements(plan.targetSchema))];
}

/** Keys that stand are only looked at, where they were not in force while rows came. */
export function foreignKeyStatementsOf(table: PlannedTable, dialect: Dialect): LateStatement[] {
  const { targetSchema } = table.plan;
  if (table.isCreated)
    return table.foreignKeys.flatMap(({ key, validate, isBetweenCreated }) =>
      dialect.foreignKeyStatements(targetSchema, key, validate).map((late) =>
        // Others may write to a table that was there: the server itself looks, while it keeps them out.
        isBetweenCreated ? late : { ...late, looksFirst: false },
      ),
    );
  if (!table.checksKeysAfter) return [];
  return targetSchema.foreignKeys.flatMap((key) =>
    dialect.foreignKeyStatements(targetSchema, key, true).map((late) => ({ ...late, sql: '' })),
  );
}
