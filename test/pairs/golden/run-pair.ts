/** One pair of the golden table: copies every table of a source and reads the target back by its own client. */
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import { listTables } from '../../support/client-catalog.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { readRows, runScript } from '../../support/database-clients.ts';
import { createScratchDatabase } from '../../support/scratch-database.ts';
import { describeValue, readStatements, rulesKey, type GoldenTable } from './golden-tables.ts';
import { isRefused, refusedWith } from './golden-case.ts';

export interface PairOutcome {
  /** Table name -> column type on the target. */
  readonly types: ReadonlyMap<string, string>;
  /** Table name -> row id -> value as the target's client shows it, described. */
  readonly values: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** Table name -> why its run failed. */
  readonly failures: ReadonlyMap<string, SluiceError>;
  /** Table name -> codes of the findings about it. */
  readonly findings: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function runPair(
  source: ConnectionSettings,
  target: DatabaseKind,
  tables: readonly GoldenTable[],
): Promise<PairOutcome> {
  await using database = await createScratchDatabase(target);
  const setups = new Set(tables.map(({ golden }) => golden.targetSetup?.[target]).filter((sql) => sql !== undefined));
  if (setups.size > 0) await runScript(database.settings, [...setups].map((sql) => `${sql};\n`).join(''));
  const failures = new Map<string, SluiceError>();
  const findings = new Map<string, Set<string>>();
  const copy = async (batch: readonly GoldenTable[]) => {
    const failure = await convert(source, database.settings, batch, findings);
    if (failure) for (const { name } of batch) failures.set(name, failure);
    return failure === null;
  };
  for (const batch of batchesOf(tables, target)) {
    if ((await copy(batch)) || batch.length === 1) continue;
    // Something that should not fail did: one by one, each case gets its own answer.
    for (const { name } of batch) failures.delete(name);
    for (const table of batch) {
      await removeTable(database.settings, table.name);
      await copy([table]);
    }
  }
  return { failures, findings, ...(await readBack(database.settings, tables)) };
}

/** Tables that go through, by their rules; tables that the target must refuse, each alone. */
function batchesOf(tables: readonly GoldenTable[], target: DatabaseKind): GoldenTable[][] {
  const batches = new Map<string, GoldenTable[]>();
  for (const table of tables) {
    const mustFail = [...table.rows.values()].some((value) => isRefused(value.expect[target]));
    const key = mustFail ? table.name : rulesKey(table.golden.rules);
    batches.set(key, [...(batches.get(key) ?? []), table]);
  }
  return [...batches.values()];
}

async function convert(
  source: ConnectionSettings,
  target: ConnectionSettings,
  tables: readonly GoldenTable[],
  findings: Map<string, Set<string>>,
): Promise<SluiceError | null> {
  const { rules } = tables[0]!.golden;
  try {
    const copy = await copyDatabase(source, target, { tables: tables.map(({ name }) => ({ name })), rules });
    for (const { table = '', code } of copy.findings) {
      findings.set(table, (findings.get(table) ?? new Set()).add(code));
    }
    return null;
  } catch (error) {
    return SluiceError.from(error);
  }
}

async function removeTable(target: ConnectionSettings, name: string): Promise<void> {
  await runScript(target, `DROP TABLE IF EXISTS ${name};\n`);
}

/** Reads a database of golden tables by its own client. */
export async function readBack(
  target: ConnectionSettings,
  tables: readonly GoldenTable[],
): Promise<Pick<PairOutcome, 'types' | 'values'>> {
  const cases = new Map(tables.map((table) => [table.name, table.golden]));
  const listed = await listTables(target);
  const types = new Map(
    listed.map((table) => [table.name, table.columns.find(({ name }) => name === 'v')?.type ?? '']),
  );
  const existing = tables.filter(({ name }) => types.has(name));
  const { rows, errors } = await readRows(target, readStatements(existing, target.kind));
  if (errors !== '') throw new Error(errors);
  const values = new Map<string, Map<number, string>>();
  for (const [table, id, isNull, shown] of rows as [string, string, string, string][]) {
    const read = values.get(table) ?? new Map<number, string>();
    values.set(table, read.set(Number(id), describeValue(isNull === '1' ? null : shown, cases.get(table)!)));
  }
  return { types, values };
}

/** The words in which a row's outcome is compared: its value, or the refusal of the run that should have carried it. */
export function outcomeOf(outcome: PairOutcome, table: string, id: number): string {
  const stored = outcome.values.get(table)?.get(id);
  const failure = outcome.failures.get(table);
  const refusal = failure && refusedWith(failure.code);
  if (refusal === undefined) return stored ?? 'missing';
  const words = `refused: ${refusal.refusedWith}`;
  return stored === undefined ? words : `${words}, and yet stored as ${stored}`;
}
