/**
 * `npm test`: makes the machine ready, starts the servers, runs vitest, says what was skipped, and ends with the line
 * `N passed, N failed, N skipped`. `--long` runs test/long instead. Other arguments go to vitest, e.g. a part of a path.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provision } from './provision/provision.ts';
import { canInstallPackages } from './provision/packages.ts';
import { serverNames, serversVariable, testServers, type ServerName } from './servers.ts';
import { startServers } from './servers/start-servers.ts';
import { closingLine, summarize, type RunSummary, type VitestReport } from './test-report.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const long = process.argv.includes('--long');
const options = process.argv.slice(2).filter((option) => option !== '--long');
/** Why a server is not there. */
type MissingServers = Partial<Record<ServerName, string>>;

const reportFile = join(project, '.cache', long ? 'test-report-long.json' : 'test-report.json');

async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort(signal));
  rmSync(reportFile, { force: true });
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
  const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport) : null;
  if (report === null) {
    console.log('vitest ended without a report');
    console.log(closingLine({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const summary = summarize(report, expectedFiles());
  for (const file of summary.filesWithoutTests) console.log(`no test ran in ${relative(project, file)}`);
  // With arguments, tests may be left out by name: not worth a line each.
  const skips = summary.skips.filter(({ byHand }) => !byHand || options.length === 0);
  for (const { file, suite, need } of skips) {
    const reason = (missing as Partial<Record<string, string>>)[need];
    console.log(`skipped: ${suite} (${relative(project, file)}): needs ${need}${reason ? `, ${reason}` : ''}`);
  }
  const forbidden = isStrict() ? forbiddenSkips(skips, missing) : [];
  for (const need of forbidden) console.log(`must not be skipped here: what needs ${need}`);
  if (exitCode !== 0 && summary.failed === 0) console.log(`vitest ended with ${exitCode} although no test failed`);
  const failed = summary.failed + forbidden.length + (exitCode !== 0 && summary.failed === 0 ? 1 : 0);
  console.log(closingLine({ ...summary, failed }));
  return failed === 0 ? 0 : 1;
}

function runVitest(signal: AbortSignal): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  mkdirSync(dirname(reportFile), { recursive: true });
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

/** Where everything can be installed, a suite that skips is a mistake. */
function isStrict(): boolean {
  return process.env['CI'] === 'true' && canInstallPackages();
}

/** Needs that are missing and must not be. MySQL's download may fail, the sample databases are no part of the project. */
function forbiddenSkips(skips: RunSummary['skips'], missing: MissingServers): string[] {
  const allowed = ['../shared/data', 'electron', ...(missing.mysql === 'not downloaded' ? ['mysql'] : [])];
  return [...new Set(skips.map(({ need }) => need))].filter((need) => !allowed.includes(need));
}

process.exitCode = await main();
