/**
 * `npm test`: makes the machine ready, starts the servers, runs vitest, says what was skipped, and ends with the line
 * `N passed, N failed, N skipped`. `--long` runs test/long instead. Other arguments go to vitest, e.g. a part of a path.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provision } from './provision/provision.ts';
import { canInstallPackages } from './provision/packages.ts';
import { serverNames, serversVariable, testServers } from './servers.ts';
import { startServers } from './servers/start-servers.ts';
import {
  closingLine,
  forbiddenNeeds,
  summarize,
  type Counts,
  type MissingServers,
  type VitestReport,
} from './test-report.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const long = process.argv.includes('--long');
const options = process.argv.slice(2).filter((option) => option !== '--long');
const cache = join(project, '.cache');
const reportFile = join(cache, long ? 'test-report-long.json' : 'test-report.json');
/** The closing line, for the script of continuous integration. */
const summaryFile = join(cache, long ? 'test-summary-long.txt' : 'test-summary.txt');

async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort(signal));
  mkdirSync(cache, { recursive: true });
  for (const file of [reportFile, summaryFile]) rmSync(file, { force: true });
  const given = testServers();
  if (process.env[serversVariable]) {
    const absent = serverNames.filter((name) => given[name] === undefined);
    return runAndReport(
      interruption.signal,
      Object.fromEntries(absent.map((name) => [name, `not in ${serversVariable}`])),
    );
  }
  await provision((line) => console.log(`provision: ${line}`));
  if (interruption.signal.aborted) return 130;
  const servers = await startServers();
  for (const [name, reason] of Object.entries(servers.missing)) console.log(`without ${name}: ${reason}`);
  process.env[serversVariable] = JSON.stringify(servers.addresses);
  try {
    return await runAndReport(interruption.signal, servers.missing);
  } finally {
    await servers.stop();
  }
}

async function runAndReport(signal: AbortSignal, missing: MissingServers): Promise<number> {
  if (signal.aborted) return 130;
  const exitCode = await runVitest(signal);
  if (signal.aborted) return signal.reason === 'SIGINT' ? 130 : 143;
  const counts = existsSync(reportFile)
    ? judge(JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport, missing, exitCode)
    : { passed: 0, failed: 1, skipped: 0 };
  const line = closingLine(counts);
  writeFileSync(summaryFile, `${line}\n`);
  console.log(line);
  return counts.failed === 0 ? 0 : 1;
}

/** Prints what a reader of the counts has to know, and returns them with all that must not pass counted as failed. */
function judge(report: VitestReport, missing: MissingServers, exitCode: number): Counts {
  const summary = summarize(report, expectedFiles());
  for (const file of summary.filesWithoutTests) console.log(`no test ran in ${relative(project, file)}`);
  // With arguments, tests may be left out by name: not worth a line each.
  const skips = summary.skips.filter(({ byHand }) => !byHand || options.length === 0);
  for (const { file, suite, need } of skips) {
    const reason = (missing as Partial<Record<string, string>>)[need];
    console.log(`skipped: ${suite} (${relative(project, file)}): needs ${need}${reason ? `, ${reason}` : ''}`);
  }
  // Where everything can be installed, a suite that skips is a mistake.
  const isStrict = process.env['CI'] === 'true' && canInstallPackages();
  const forbidden = isStrict ? forbiddenNeeds(skips, missing) : [];
  for (const need of forbidden) console.log(`must not be skipped here: what needs ${need}`);
  const failed = summary.failed + forbidden.length;
  if (exitCode === 0 || failed > 0) return { ...summary, failed };
  console.log(`vitest ended with ${exitCode} although no test failed: see above`);
  return { ...summary, failed: 1 };
}

function runVitest(signal: AbortSignal): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const child = spawn(
    process.execPath,
    [
      ...[vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
      ...(long ? ['--mode', 'long', '--passWithNoTests'] : []),
      ...options,
    ],
    { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  signal.addEventListener('abort', () => child.kill(signal.reason as NodeJS.Signals));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** All test files of this kind of run; none when arguments choose some. */
function expectedFiles(): string[] {
  if (options.length > 0) return [];
  const files = globSync('test/**/*.test.ts', { cwd: project });
  return files.filter((file) => file.startsWith(join('test', 'long')) === long).map((file) => join(project, file));
}

process.exitCode = await main();
