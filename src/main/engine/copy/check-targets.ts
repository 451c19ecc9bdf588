/** What stands in the way on the target, and how each target table is made ready (SPEC 3, existing targets). */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import { nameKey } from '../driver/names.ts';
import type { ColumnPlan, TablePlan } from '../model/table-plan.ts';
import type { ColumnSchema, TableSchema } from '../model/table-schema.ts';
import { tableFinding, tableKey, type PlannedTable } from './convert-plan.ts';
import { circular } from './foreign-key-order.ts';
import type { LedgerTable } from './ledger.ts';
import type { KeyedTable } from './plan-foreign-keys.ts';
import type { Ends } from './plan-tables.ts';
import { tableLabel } from './select-tables.ts';

export interface CheckedTargets {
  readonly tables: PlannedTable[];
  readonly findings: Finding[];
}

/** `ours`: target tables (by tableKey) that an unfinished run of the same stream claimed; rows in them are no obstacle. */
export async function checkTargets(
  ends: Ends,
  keyed: readonly KeyedTable[],
  options: StreamOptions,
  ours: ReadonlyMap<string, LedgerTable>,
): Promise<CheckedTargets> {
  const { target } = ends;
  const existing = await target.catalog.describe(keyed.map(({ draft }) => draft.plan.target));
  const byName = new Map(existing.map((table) => [tableKey(table.name), table]));
  const sourceKeys = new Set(keyed.map(({ draft }) => tableKey(draft.plan.source.table)));
  const sameDatabase = ends.source.server.identity === target.server.identity;
  const found: (Omit<PlannedTable, 'foreignKeys'> & Pick<KeyedTable, 'foreignKeys'>)[] = [];
  const findings: Finding[] = [];
  for (const { draft, foreignKeys } of keyed) {
    const { plan } = draft;
    if (sameDatabase && sourceKeys.has(tableKey(plan.target))) {
      findings.push(
        refusal('same_database', plan, `is one of the source tables: choose another target database or \`targetName\``),
      );
      continue;
    }
    const problem = widthProblemOf(ends, plan);
    if (problem) findings.push(problem);
    if (problem?.severity === 'error') continue;
    const present = byName.get(tableKey(plan.target)) ?? null;
    const planned = await checkTarget(ends, plan, present, options, ours.get(tableKey(plan.target)) ?? null, findings);
    if (planned) found.push({ ...planned, foreignKeys, checksKeysAfter: false });
  }
  const created = new Set(found.flatMap(({ isCreated, plan }) => (isCreated ? [tableKey(plan.target)] : [])));
  const tables = found.map((table): PlannedTable => ({
    ...table,
    foreignKeys: table.foreignKeys.map(({ key, validate }) => ({
      key,
      validate,
      isBetweenCreated: table.isCreated && created.has(tableKey(key.references)),
    })),
  }));
  return { tables: await withLateChecks(ends, tables, findings), findings };
}

/** Tables that were there and whose foreign keys cannot be in force while rows come. */
async function withLateChecks(
  ends: Ends,
  tables: readonly PlannedTable[],
  findings: Finding[],
): Promise<PlannedTable[]> {
  const { lateForeignKeys } = ends.targetDriver.capabilities;
  const present = tables.filter(({ isCreated, plan }) => !isCreated && plan.targetSchema.foreignKeys.length > 0);
  const late = lateForeignKeys ? circular(present) : new Set(present.map(({ plan }) => tableKey(plan.target)));
  if (late.size === 0) return [...tables];
  const { refused } = await ends.target.uncheckedKeys();
  return tables.map((table) => {
    if (table.isCreated || !late.has(tableKey(table.plan.target))) return table;
    const { label, target } = table.plan;
    const name = tableLabel(target, ends.target.catalog.defaultSchema);
    if (refused !== null) {
      const what =
        `Target table "${name}" refers to itself, or to others in a circle: its rows can only come while its foreign keys are not in ` +
        'force, which this user may not ask for. Allow it, or drop its foreign keys and make them again after the run.';
      const more = refused === '' ? {} : { statement: refused };
      findings.push(tableFinding('error', 'keys_in_force', label, what, more));
    } else if (lateForeignKeys) {
      const what = `Target table "${name}" refers to itself, or to others in a circle: its foreign keys are looked at after the rows.`;
      findings.push(tableFinding('info', 'keys_checked_after', label, what));
    }
    return { ...table, checksKeysAfter: true };
  });
}

function widthProblemOf({ targetDriver }: Ends, plan: TablePlan): Finding | null {
  const problem = targetDriver.dialect.widthProblem(plan.targetSchema);
  if (!problem) return null;
  const { isCertain, text } = problem;
  const message = `Target table "${plan.target.name}" ${text}: leave columns out by \`columns\`, or divide the table by a query.`;
  return tableFinding(
    isCertain ? 'error' : 'warning',
    isCertain ? 'table_too_wide' : 'row_may_not_fit',
    plan.label,
    message,
  );
}

async function checkTarget(
  ends: Ends,
  plan: TablePlan,
  present: TableSchema | null,
  options: StreamOptions,
  left: LedgerTable | null,
  findings: Finding[],
): Promise<Omit<PlannedTable, 'foreignKeys' | 'checksKeysAfter'> | null> {
  if (!present) {
    if (options.createStructure) return { plan, prepare: 'create', replaces: null, isCreated: true, isShared: false };
    findings.push(refusal('table_missing', plan, 'does not exist, and `createStructure` is false'));
    return null;
  }
  if (present.kind === 'view') {
    findings.push(refusal('target_differs', plan, 'is a view: rename it, or choose a `targetName`'));
    return null;
  }
  const name = tableLabel(plan.target, ends.target.catalog.defaultSchema);
  // It was claimed, but perhaps not made or emptied yet: then it is still the table of before.
  const isUntouched = left !== null && left.chunks.length === 0;
  if (isUntouched && left.ownership === 'created') {
    return { plan, prepare: 'recreate', replaces: present, isCreated: true, isShared: false };
  }
  if (options.onExisting === 'drop' && options.createStructure && !left) {
    findings.push(
      tableFinding(
        'warning',
        'target_dropped',
        plan.label,
        `Target table "${name}" is dropped with all its rows and made anew.`,
      ),
    );
    return { plan, prepare: 'recreate', replaces: present, isCreated: true, isShared: false };
  }
  const remedy = ends.targetDriver.dialect.makeTransactional?.(present) ?? null;
  if (remedy !== null) {
    const what =
      'has an engine without transactions, so that neither a refused row nor an interrupted run could be taken back';
    findings.push({
      ...refusal('no_transactions', plan, `${what}: give it another one, or drop it`),
      statement: remedy,
    });
    return null;
  }
  const fitted = fitToExisting(plan, present, options.createStructure, ends);
  if (fitted.differences.length > 0) {
    findings.push(refusal('target_differs', plan, `has another shape: ${fitted.differences.join('; ')}`));
    return null;
  }
  if (left?.ownership === 'created') return { plan, prepare: 'use', replaces: null, isCreated: true, isShared: false };
  if (left) {
    const prepare = isUntouched && left.ownership === 'emptied' ? 'empty' : 'use';
    return { plan: fitted.plan, prepare, replaces: null, isCreated: false, isShared: left.ownership === 'appended' };
  }
  if (options.truncateTarget) {
    findings.push(
      tableFinding('info', 'target_emptied', plan.label, `All rows of target table "${name}" are deleted first.`),
    );
    return { plan: fitted.plan, prepare: 'empty', replaces: null, isCreated: false, isShared: false };
  }
  const isEmpty = await ends.target.catalog.isEmpty(plan.target);
  if (options.onExisting !== 'append' && !isEmpty) {
    findings.push(
      refusal('target_not_empty', plan, 'has rows: set `truncateTarget: true`, or `onExisting` to `append` or `drop`'),
    );
    return null;
  }
  // Of a table that is appended to others may take hold later, when it has no rows yet.
  const isShared = options.onExisting === 'append';
  return { plan: fitted.plan, prepare: 'use', replaces: null, isCreated: false, isShared };
}

/**
 * Binds the plan to a table that is there: columns by name (ignoring case where the target does), the present native types
 * win. `strict`: a type of another kind is a difference too.
 */
function fitToExisting(
  plan: TablePlan,
  present: TableSchema,
  strict: boolean,
  ends: Ends,
): { plan: TablePlan; differences: string[] } {
  const dialect = ends.targetDriver.dialect;
  const byKey = new Map(present.columns.map((column) => [nameKey(column.name, dialect.names.column), column]));
  const differences: string[] = [];
  const used = new Set<ColumnSchema>();
  const columns: ColumnPlan[] = [];
  for (const column of plan.columns) {
    const there = byKey.get(nameKey(column.target.name, dialect.names.column));
    if (!there) {
      differences.push(`it has no column "${column.target.name}"`);
      continue;
    }
    used.add(there);
    if (there.generated) differences.push(`column "${there.name}" is computed by the target`);
    if (strict && !isSameShape(column, there)) {
      differences.push(`column "${there.name}" is ${there.nativeType} instead of ${column.target.nativeType}`);
    }
    columns.push({ ...column, target: { ...there, identity: there.identity ?? column.target.identity } });
  }
  for (const column of present.columns) {
    if (used.has(column) || column.nullable || column.default || column.identity || column.generated) continue;
    differences.push(`its column "${column.name}" is NOT NULL without a default and is not copied`);
  }
  const targetSchema = { ...present, columns: present.columns.map((each) => withSourceCounter(each, plan)) };
  return { plan: { ...plan, columns, targetSchema }, differences };
}

/** A counter goes on from the higher of the two ends, so that the next insert finds a free number. */
function withSourceCounter(there: ColumnSchema, plan: TablePlan): ColumnSchema {
  const next = plan.columns.find((column) => column.target.name === there.name)?.target.identity?.next;
  if (!there.identity || next === null || next === undefined) return there;
  const present = there.identity.next;
  const higher = present !== null && BigInt(present) > BigInt(next) ? present : next;
  return { ...there, identity: { ...there.identity, next: higher } };
}

const squeeze = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();

function isSameShape(planned: ColumnPlan, there: ColumnSchema): boolean {
  if (squeeze(planned.target.nativeType) === squeeze(there.nativeType)) return true;
  const wanted = planned.wire.kind === 'native' ? planned.source.type : planned.wire;
  return wanted.kind === there.type.kind || wanted.kind === planned.target.type.kind;
}

function refusal(code: string, plan: TablePlan, what: string): Finding {
  return tableFinding('error', code, plan.label, `Target table "${plan.target.name}" ${what}.`);
}
