/** One pair of the golden table: copies every table of a source and reads the target back by its own client. */
import { verifyConvert } from '../../../src/main/engine/verify/verify-convert.ts';
import { SluiceError, type ErrorData } from '../../../src/shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import type { RowDifference } from '../../../src/main/engine/verify/differing-rows.ts';
import { listTables } from '../../support/client-catalog.ts';
import { convertRequest } from '../../support/convert.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { readRows, runScript } from '../../support/database-clients.ts';
import { createScratchDatabase } from '../../support/scratch-database.ts';
import { describeValue, readStatements, rulesKey, type GoldenTable } from './golden-tables.ts';

export interface PairOutcome {
  /** Table name -> column type on the target. */
  readonly types: ReadonlyMap<string, string>;
  /** Table name -> row id -> value as the target's client shows it, described. */
  readonly values: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** Table name -> why its run failed. */
  readonly failures: ReadonlyMap<string, ErrorData>;
  /** Table name -> row id -> why the target refused the row. */
  readonly refusals: ReadonlyMap<string, ReadonlyMap<number, ErrorData>>;
  /** Table name -> codes of the findings about it. */
  readonly findings: ReadonlyMap<string, ReadonlySet<string>>;
  /** Table name -> what comparing source and target found, for tables whose run did not fail. */
  readonly differences: ReadonlyMap<string, readonly string[]>;
}

/** How rows travel: as row text, or in row binary as far as both ends have it. */
export type RowForm = 'text' | 'binary';

export async function runPair(
  source: ConnectionSettings,
  target: DatabaseKind,
  tables: readonly GoldenTable[],
  form: RowForm,
): Promise<PairOutcome> {
  await using database = await createScratchDatabase(target);
  const setups = new Set(tables.map(({ golden }) => golden.targetSetup?.[target]).filter((sql) => sql !== undefined));
  if (setups.size > 0) await runScript(database.settings, [...setups].map((sql) => `${sql};\n`).join(''));
  const outcomes = {
    failures: new Map(),
    refusals: new Map(),
    findings: new Map(),
    differences: new Map(),
  } satisfies Partial<PairOutcome>;
  for (const batch of Map.groupBy(tables, ({ golden }) => rulesKey(golden.rules)).values()) {
    if ((await convert(source, database.settings, batch, form, outcomes)) || batch.length === 1) continue;
    // Something ended the whole run: one by one, each table gets its own answer.
    for (const table of batch) {
      outcomes.failures.delete(table.name);
      await runScript(database.settings, `DROP TABLE IF EXISTS ${table.name};\n`);
      await convert(source, database.settings, [table], form, outcomes);
    }
  }
  return { ...outcomes, ...(await readBack(database.settings, tables)) };
}

interface Outcomes {
  readonly failures: Map<string, ErrorData>;
  readonly refusals: Map<string, Map<number, ErrorData>>;
  readonly findings: Map<string, Set<string>>;
  readonly differences: Map<string, string[]>;
}

/** Copies tables of the same rules in one run, refused rows left out; false when the run failed. */
async function convert(
  source: ConnectionSettings,
  target: ConnectionSettings,
  tables: readonly GoldenTable[],
  form: RowForm,
  { failures, refusals, findings, differences }: Outcomes,
): Promise<boolean> {
  const { rules } = tables[0]!.golden;
  const options = { tables: tables.map(({ name }) => ({ name })), rules, onRowError: 'skip' } as const;
  try {
    const copy = await copyDatabase(source, target, options, { rowForm: form });
    for (const { table = '', code } of copy.findings) findings.set(table, (findings.get(table) ?? new Set()).add(code));
    for (const event of copy.events) {
      if (event.type !== 'row-error') continue;
      const { table, values, message } = event.error;
      const refused = refusals.get(table) ?? new Map<number, ErrorData>();
      refusals.set(table, refused.set(Number(values[0]), { code: 'rows_refused', message }));
    }
    for (const table of await verifyConvert(convertRequest(source, target, options)))
      differences.set(table.name, table.differences.map(describeDifference));
    return true;
  } catch (error) {
    for (const { name } of tables) failures.set(name, SluiceError.from(error).toData());
    return false;
  }
}

const describeDifference = ({ kind, key }: RowDifference) => `${kind} ${key[0]}`;

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

/** The words in which a row's outcome is compared: its value, or the refusal of the row or of the whole run. */
export function outcomeOf(outcome: PairOutcome, table: string, id: number): string {
  const stored = outcome.values.get(table)?.get(id);
  const refusal = outcome.refusals.get(table)?.get(id) ?? outcome.failures.get(table);
  if (refusal === undefined) return stored ?? 'missing';
  const words = `refused: ${refusal.code}`;
  return stored === undefined ? words : `${words}, and yet stored as ${stored}`;
}
