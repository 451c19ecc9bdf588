/** What vitest's JSON report says about a run: counts, what was skipped for which need, and what must not pass. */

import type { ServerName } from './servers.ts';

/** The fields of vitest's JSON report that are used here. */
export interface VitestReport {
  readonly testResults: readonly {
    /** Path of the test file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  /** Failed tests, and files that did not come to run one. */
  readonly failed: number;
  readonly skipped: number;
}

/** Why each server that is not there is not there. */
export type MissingServers = Partial<Record<ServerName, string>>;

/** The reason of a MySQL that could not be downloaded. */
export const notDownloaded = 'not downloaded';

export interface RunSummary extends Counts {
  /** Skipped suites, in the order of the report. */
  readonly skips: readonly {
    readonly file: string;
    readonly suite: string;
    /** What test/support/needs.ts wrote into the title; of a test that was skipped by hand, the title. */
    readonly need: string;
    readonly byHand: boolean;
  }[];
  /** Files in which no test passed, failed or was skipped: they count as failed. */
  readonly filesWithoutTests: readonly string[];
}

/** Summary of a report. `expectedFiles` are the test files of which the report must speak. */
export function summarize(report: VitestReport, expectedFiles: readonly string[]): RunSummary {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const skips: RunSummary['skips'][number][] = [];
  const filesWithoutTests: string[] = [];
  for (const { name: file, status, assertionResults } of report.testResults) {
    for (const { status: result, title, ancestorTitles } of assertionResults) {
      if (result === 'passed') passed += 1;
      else if (result === 'failed') failed += 1;
      else {
        skipped += 1;
        const { need, byHand } = needOf(title);
        // In a file that failed, tests are also skipped because the preparation of their suite failed: no need of theirs.
        if (!byHand || status !== 'failed')
          skips.push({ file, suite: ancestorTitles.join(' > ') || title, need, byHand });
      }
    }
    if (assertionResults.length === 0) filesWithoutTests.push(file);
    // A hook or an import that fails, fails the file without failing one of its tests.
    else if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) failed += 1;
  }
  const reported = new Set(report.testResults.map(({ name }) => name));
  filesWithoutTests.push(...expectedFiles.filter((file) => !reported.has(file)));
  return { passed, failed: failed + filesWithoutTests.length, skipped, skips, filesWithoutTests };
}

/** The closing line of every run. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Needs that must not be missing where everything can be installed. MySQL's download may fail; the sample databases are no
 * part of the project; Electron's program comes from elsewhere; containers keep even root from mounting.
 */
export function forbiddenNeeds(skips: RunSummary['skips'], missing: MissingServers): string[] {
  const allowed = ['../shared/data', 'electron', 'mount', ...(missing.mysql === notDownloaded ? ['mysql'] : [])];
  return [...new Set(skips.map(({ need }) => need))].filter((need) => !allowed.includes(need));
}

function needOf(title: string): { need: string; byHand: boolean } {
  const byHand = !title.startsWith('needs ');
  return { need: byHand ? title : title.slice('needs '.length), byHand };
}
