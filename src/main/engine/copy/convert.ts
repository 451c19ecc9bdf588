/** A convert run from first connection to last statement: the engine's door for the hosts and the command line. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { ErrorCode } from '../../../shared/errors/error-codes.ts';
import { errorCodes } from '../../../shared/errors/error-codes.ts';
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { Phase, RunEvent, TableProgress } from '../../../shared/model/run-event.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Snapshot } from '../driver/driver.ts';
import { buildLate } from './build-late.ts';
import { buildViews } from './build-views.ts';
import { tableKey, type ConvertPlan, type PlannedTable } from './convert-plan.ts';
import { copyRows } from './copy-rows.ts';
import type { TableToCopy } from './copy-request.ts';
import { emptyTarget } from './empty-target.ts';
import { Ledger, totalsOf, type Claim, type LedgerState } from './ledger.ts';
import { namePlace } from './name-place.ts';
import { openEnds, type OpenEnds } from './open-ends.ts';
import { parentsFirst } from './foreign-key-order.ts';
import {
  foreignKeyStatementsOf,
  lateStatementsOf,
  clearStatements,
  clearViewStatements,
  counterGroups,
  createStatements,
  makePlan,
  sequenceStatements,
  unlinkStatements,
} from './plan-convert.ts';
import { RefusedRows } from './refused-rows.ts';
import { continueTables, isCopied } from './continue-copy.ts';
import { RowBudget } from './row-budget.ts';
import { RunSource } from './run-source.ts';
import { RunProgress, TableCounter } from './run-progress.ts';
import { defaultParallelism } from './parallelism.ts';
import { isSmallTable } from './small-table.ts';

export interface ConvertRequest {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly options: StreamOptions;
  /** Names the run in the target's ledger: the same id continues what an earlier run of it committed. */
  readonly streamId: string;
  /** Aborting it cancels everything in both servers; the call then rejects with `cancelled`. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** How long earlier attempts of this id took, milliseconds: `limits.elapsedTime` counts them. Default 0. */
  readonly ranMs?: number | undefined;
  /** An earlier run of this id has told that all tables are done: without a ledger, and if they are there, nothing is left. Default false. */
  readonly wasComplete?: boolean | undefined;
  /**
   * Closed by who made it, and not bound to `signal`: whoever aborts it lets the snapshot go, or gives it to the next run of the
   * stream. Default: one that is closed with the run.
   */
  readonly runSource?: RunSource | undefined;
  /** For tests: rows travel in this form, those of small tables too, as far as both ends have it. Default: see agree-on-binary.ts. */
  readonly rowForm?: 'text' | 'binary' | undefined;
}

export interface ConvertResult {
  readonly status: 'FINISHED';
  /** `limit` where a limit of the config ended the copy; null: everything was copied. */
  readonly reason: 'limit' | null;
  readonly rows: number;
  readonly bytes: number;
  /** Rows that the target refused and `onRowError: skip` left out. */
  readonly failed: number;
  readonly seconds: number;
  readonly guarantee: Snapshot['guarantee'];
  readonly tables: readonly TableProgress[];
}

/** Tables whose statements are printed and sent together. */
const tablesAtOnce = 500;

/** What a run would do, with the values counted that rules will touch. Writes nothing. */
export async function planConvert(request: ConvertRequest): Promise<ConvertPlan> {
  return await withEnds(request, 'pretend', (ends) =>
    makePlan(ends, { options: request.options, forReport: true, ours: new Map() }),
  );
}

/** Copies. Rejects with a SluiceError; whatever is committed by then stays, and the same stream id continues it. */
export async function runConvert(request: ConvertRequest): Promise<ConvertResult> {
  if (request.runSource) return await convertFrom(request.runSource, request);
  await using own = new RunSource(request.streamId, request.signal);
  return await convertFrom(own, request);
}

const convertFrom = (runSource: RunSource, request: ConvertRequest): Promise<ConvertResult> =>
  withEnds({ ...request, runSource }, true, (ends) => convert(ends, runSource, request));

async function withEnds<Result>(
  request: ConvertRequest,
  createDatabase: true | 'pretend',
  work: (ends: OpenEnds) => Promise<Result>,
): Promise<Result> {
  try {
    await using ends = await openEnds(request, createDatabase);
    return await work(ends);
  } catch (error) {
    if (request.signal.aborted) throw new SluiceError('cancelled', 'The run was cancelled.', {}, error);
    throw SluiceError.from(error);
  }
}

async function convert(ends: OpenEnds, runSource: RunSource, request: ConvertRequest): Promise<ConvertResult> {
  const started = performance.now();
  const { options, signal } = request;
  const emit = request.onEvent;
  const enter = (phase: Phase) => emit({ type: 'phase', phase, detail: null });
  const { dialect } = ends.targetDriver;

  enter('checking');
  const ledger = new Ledger(ends.target, dialect, request.streamId);
  const left = await ledger.load().catch(async (error: unknown) => {
    // Where the user may not even read it, preflight has the statement that mends this.
    refuseOnErrors(await ends.target.preflight('target'));
    throw error;
  });
  const plan = await makePlan(ends, { options, forReport: false, ours: left?.tables ?? new Map() });
  if (left === null && request.wasComplete && isAllThere(plan)) {
    emit({
      type: 'log',
      level: 'info',
      message: 'An earlier run has copied everything, and was ended before it could say so.',
    });
    return nothingLeft;
  }
  for (const finding of plan.findings) emit({ type: 'finding', finding });
  refuseOnErrors(plan.findings);

  const parallelism = options.parallelism ?? defaultParallelism();
  const snapshot = await runSource.openSnapshot(
    ends.source,
    parallelism,
    plan.tables.map((table) => table.plan.source.table),
  );
  const isUnchanged = isOfMoment(snapshot, left, runSource);
  const counters = plan.tables.map(({ plan: table }) => new TableCounter(table.label, table.estimatedRows));
  using progress = new RunProgress(counters, emit);
  const mixedSince = mixedSinceOf(isUnchanged, left);
  const guarantee = mixedSince === null ? snapshot.guarantee : 'per table';
  const reason =
    mixedSince === null
      ? snapshot.reason
      : `resumed at ${mixedSince}: tables copied before then are of an earlier moment; verify them`;
  emit({ type: 'plan', tables: counters.map((counter) => counter.toProgress()), guarantee, reason });

  enter('creating');
  await ledger.open(claimsOf(plan, left));
  await prepareTables(ends, plan);
  const spentOn = (tables: readonly Pick<TableToCopy, 'chunks'>[]) => {
    const { rows, failed } = totalsOf(tables.flatMap(({ chunks }) => chunks ?? []));
    return { rows: rows + failed, failed, ms: request.ranMs ?? 0 };
  };
  const isOver = new RowBudget(options.limits, spentOn([...(left?.tables.values() ?? [])])).ended;
  const tables = await continueTables(ends, plan.tables, left, isUnchanged, isOver, ledger, emit);
  await ledger.recordPosition({ position: snapshot.position, mixedSince });
  runSource.recorded();

  enter('copying');
  const spent = spentOn(tables);
  const budget = new RowBudget(options.limits, spent);
  await copyRows({
    source: ends.source,
    target: ends.target,
    snapshot,
    writers: ends.targetDriver.capabilities.parallelWriters ? parallelism : 1,
    tables: largestFirst(tables, (each) => each.table),
    rowForm: request.rowForm ?? null,
    options,
    ledger,
    progress,
    refused: new RefusedRows(options, spent.failed, progress, emit),
    budget,
    signal,
  });
  // Not later: the time may end while indexes are built, of rows that are all there.
  const isLimited = budget.ended;
  await runSource.closeSnapshot();

  enter('indexing');
  await finishTables(ends, plan, parallelism, progress, request);
  await buildViews(ends.target, dialect, plan.views, emit, signal);
  // Told before the ledger goes: whoever keeps it can tell a run without a ledger that has done all from one that has done nothing.
  for (const counter of counters) progress.setStatus(counter, 'done');
  await ledger.close();
  return {
    status: 'FINISHED',
    reason: isLimited ? 'limit' : null,
    ...progress.totals(),
    seconds: (performance.now() - started) / 1000,
    guarantee,
    tables: counters.map((counter) => counter.toProgress()),
  };
}

/** Nobody has dropped a table since: none would have to be made. */
const isAllThere = ({ tables }: ConvertPlan): boolean => tables.every(({ prepare }) => prepare !== 'create');

const nothingLeft: ConvertResult = {
  status: 'FINISHED',
  reason: null,
  rows: 0,
  bytes: 0,
  failed: 0,
  seconds: 0,
  guarantee: 'per table',
  tables: [],
};

/** Every table is claimed before it is touched, so that the next run after a crash knows which are ours. */
const claimsOf = ({ tables }: ConvertPlan, left: LedgerState | null): Claim[] =>
  tables
    .filter((table) => !left?.tables.has(tableKey(table.plan.target)))
    .map(({ plan: { target }, isCreated, isShared }) => ({
      target,
      ownership: isCreated ? 'created' : isShared ? 'appended' : 'emptied',
    }));

async function prepareTables(ends: OpenEnds, plan: ConvertPlan): Promise<void> {
  // Tables go before those that they refer to, and come after them.
  const creating = parentsFirst(plan.tables);
  for (const sql of clearViewStatements(plan.views, ends.targetDriver.dialect)) await ends.target.execute(sql);
  for (const sql of unlinkStatements(plan.tables, ends.targetDriver.dialect)) await ends.target.execute(sql);
  for (const table of creating.toReversed()) {
    if (table.prepare === 'empty') await emptyTarget(ends.target, ends.targetDriver.dialect, table);
    else for (const sql of clearStatements(table, ends.targetDriver.dialect)) await ends.target.execute(sql);
  }
  for (const sql of sequenceStatements(plan.sequences, ends.targetDriver.dialect, 'create'))
    await ends.target.execute(sql);
  const [only, ...others] = creating;
  const what =
    only && others.length === 0
      ? `Table "${only.plan.target.name}" cannot be created`
      : 'The tables of the target cannot be created (`sluice plan` shows the statements)';
  // The statements of thousands of tables are not held all at once.
  for (let start = 0; start < creating.length; start += tablesAtOnce) {
    const some = creating.slice(start, start + tablesAtOnce);
    const groups = some.map((table) => createStatements(table, ends.targetDriver.dialect));
    await namePlace(what, ends.target.executeGroups(groups));
  }
}

/** Indexes, then foreign keys (which need the indexes), then counters and statistics. */
async function finishTables(
  ends: OpenEnds,
  plan: ConvertPlan,
  parallelism: number,
  progress: RunProgress,
  { onEvent, signal }: ConvertRequest,
): Promise<void> {
  const { dialect, capabilities } = ends.targetDriver;
  const builders = capabilities.parallelWriters ? parallelism : 1;
  const tables = largestFirst(plan.tables, (each) => each);
  const present = await presentNames(ends, tables);
  for (const statementsOf of [lateStatementsOf, foreignKeyStatementsOf]) {
    const work = tables.values().flatMap((table) =>
      statementsOf(table, dialect)
        .filter((statement) => !present.has(nameOf(table, statement.name)))
        .map((statement) => {
          const { label, target } = table.plan;
          progress.setStatus(progress.of(label), 'indexing');
          return { label, table: target, isSmall: isSmallTable(table.plan), statement };
        }),
    );
    await buildLate(ends.target, work, dialect.joinsLate, builders, onEvent, signal);
  }
  const schemas = tables.map((table) => table.plan.targetSchema);
  await ends.target.executeGroups(counterGroups(tables, dialect));
  for (const sql of sequenceStatements(plan.sequences, dialect, 'advance')) await ends.target.execute(sql);
  signal.throwIfAborted();
  await ends.target.executeGroups(dialect.finishStatements(schemas).map((sql) => [sql]));
}

/** What an interrupted run has built already: names of indexes and keys that stand on tables of ours. */
async function presentNames(ends: OpenEnds, tables: readonly PlannedTable[]): Promise<Set<string>> {
  const continued = tables.filter((table) => table.isCreated && table.prepare === 'use');
  const described = await ends.target.catalog.describe(continued.map(({ plan }) => plan.target));
  const names = new Set<string>();
  for (const schema of described) {
    const own = [schema.primaryKey, ...schema.indexes, ...schema.foreignKeys, ...schema.checks];
    for (const each of own) if (each?.name) names.add(tableKey(schema.name) + each.name);
  }
  return names;
}

const nameOf = (table: PlannedTable, name: string) => tableKey(table.plan.target) + name;

/** Whether rows read now are what they were when the rows that an earlier run committed were read. */
function isOfMoment({ position }: Snapshot, left: LedgerState | null, { isRecorded }: RunSource): boolean {
  return left !== null && (isRecorded || (position !== null && left.position === position));
}

/** Since when the copy is of more than one moment; null: all of it is of the snapshot's. */
function mixedSinceOf(isUnchanged: boolean, left: LedgerState | null): string | null {
  const tables = [...(left?.tables.values() ?? [])].map(({ chunks }) => chunks);
  if (isUnchanged) return tables.some((chunks) => chunks.some(({ committed }) => committed)) ? left!.mixedSince : null;
  // Unfinished tables start again: only complete ones are of before.
  const isKept = tables.some(isCopied);
  return isKept ? new Date().toISOString() : null;
}

function largestFirst<Item>(items: readonly Item[], tableOf: (item: Item) => PlannedTable): Item[] {
  const size = (item: Item) => {
    const { estimatedBytes, estimatedRows } = tableOf(item).plan;
    return estimatedBytes ?? (estimatedRows ?? 0) * 100;
  };
  return items.toSorted((left, right) => size(right) - size(left));
}

/** One refusal keeps its own code; several are `refused_by_preflight` with all of them in the message. */
function refuseOnErrors(findings: readonly Finding[]): void {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first, ...others] = errors;
  if (!first) return;
  const sameCode = others.every((finding) => finding.code === first.code) && first.code in errorCodes;
  const code = sameCode ? (first.code as ErrorCode) : 'refused_by_preflight';
  throw new SluiceError(code, errors.map((finding) => finding.message).join(' '), { findings: errors });
}
