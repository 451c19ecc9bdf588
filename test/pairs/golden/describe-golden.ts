/** The suite of one source: all four targets, one test per case. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import { runScript } from '../../support/database-clients.ts';
import { describeServers } from '../../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../../support/scratch-database.ts';
import { goldenCases } from './all-cases.ts';
import { isRefused, type GoldenCase } from './golden-case.ts';
import { describeValue, sourceScript, tableName, tablesOf, type GoldenTable } from './golden-tables.ts';
import { outcomeOf, readBack, runPair, type PairOutcome, type RowForm } from './run-pair.ts';

const pairTimeoutMs = 120_000;

export function describeGolden(source: DatabaseKind): void {
  const tables = tablesOf(goldenCases, source);
  const cases = new Set(tables.map((table) => table.golden));
  describeServers(`golden table from ${databaseTitles[source]}`, serversOf(source), () => {
    let origin: ScratchDatabase;
    beforeAll(async () => {
      origin = await createScratchDatabase(source);
      await runScript(origin.settings, sourceScript(tables, source));
    }, pairTimeoutMs);
    afterAll(async () => {
      await origin[Symbol.asyncDispose]();
    });

    test('the source itself holds what a copy to its own kind must hold', async () => {
      const itself: PairOutcome = {
        failures: new Map(),
        refusals: new Map(),
        findings: new Map(),
        differences: new Map(),
        ...(await readBack(origin.settings, tables)),
      };
      const accepted = tables.filter(({ rows }) =>
        [...rows.values()].every((value) => !isRefused(value.expect[source])),
      );
      for (const table of accepted) {
        expect(observed([table], itself, source), table.name).toEqual(expected([table], table.golden, source));
      }
    });

    for (const { target, form, title } of waysFrom(source)) {
      describeServers(title, serversOf(target), () => {
        let outcome: PairOutcome;
        beforeAll(async () => {
          outcome = await runPair(origin.settings, target, tables, form);
        }, pairTimeoutMs);
        for (const golden of cases) {
          test(golden.name, () => {
            const own = tables.filter((table) => table.golden === golden);
            expect(observed(own, outcome, target)).toEqual(expected(own, golden, target));
          });
        }
        test('comparing both ends finds what was refused or reported, and nothing else', () => {
          const compared = tables.filter(({ name }) => outcome.differences.has(name));
          const found = compared.map(({ name }) => [name, outcome.differences.get(name)!.toSorted()]);
          const right = compared.map((table) => [table.name, differencesOf(table, outcome, target)]);
          expect(Object.fromEntries(found)).toEqual(Object.fromEntries(right));
          expect(compared.length).toBeGreaterThan(0);
        });
      });
    }
  });
}

/** Row binary is between servers and PostgreSQL. */
function waysFrom(source: DatabaseKind): { target: DatabaseKind; form: RowForm; title: string }[] {
  const asText = databaseKinds.map(
    (target) => ({ target, form: 'text', title: `to ${databaseTitles[target]}` }) as const,
  );
  if (source === 'sqlite') return asText;
  const title = `to ${databaseTitles.postgresql} in row binary`;
  return [...asText, { target: 'postgresql', form: 'binary', title }];
}

function differencesOf({ name, golden, rows }: GoldenTable, { refusals }: PairOutcome, target: DatabaseKind): string[] {
  const missing = [...(refusals.get(name)?.keys() ?? [])].map((id) => `missing ${id}`);
  const changed = (golden.differs?.[target] ?? []).filter((id) => rows.has(id)).map((id) => `changed ${id}`);
  return [...missing, ...changed].toSorted();
}

function expected(tables: readonly GoldenTable[], golden: GoldenCase, target: DatabaseKind): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const { name, rows } of tables) {
    if (name === tableName(golden)) {
      lines['type'] = golden.becomes[target];
      lines['finding'] = golden.finds?.[target] ?? 'not asked for';
    }
    for (const [id, value] of rows) lines[`row ${id}`] = describeValue(value.expect[target], golden);
  }
  return lines;
}

function observed(tables: readonly GoldenTable[], outcome: PairOutcome, target: DatabaseKind): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const { name, golden, rows } of tables) {
    const failure = outcome.failures.get(name);
    if (name === tableName(golden)) {
      lines['type'] = outcome.types.get(name) ?? 'no table';
      const finding = golden.finds?.[target];
      lines['finding'] =
        finding === undefined || outcome.findings.get(name)?.has(finding) ? (finding ?? 'not asked for') : 'missing';
      if (failure) lines['failure'] = failure.message;
    }
    for (const id of rows.keys()) lines[`row ${id}`] = outcomeOf(outcome, name, id);
  }
  return lines;
}
