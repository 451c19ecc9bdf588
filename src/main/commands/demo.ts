/** `sluice demo`: a sample shop from SQLite to a throwaway PostgreSQL and on to a second SQLite file, then compared. */
import { mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { streamOptionsSchema } from '../../shared/model/stream-config.ts';
import { compareCopies, comparisonLines } from '../demo/compare-copies.ts';
import {
  createDemoFolder,
  markFolder,
  removeFolder,
  removeLeftovers,
  serverFolder,
  unmarkFolder,
} from '../demo/demo-folder.ts';
import { generateShop } from '../demo/generate-shop.ts';
import { startThrowawayPostgres, type ThrowawayPostgres } from '../demo/throwaway-postgres.ts';
import { findUnprivilegedUser, removeUser } from '../demo/unprivileged-user.ts';
import { runConvert, type ConvertRequest } from '../engine/copy/convert.ts';
import { countOf, formatBytes, formatSeconds } from '../progress/figures.ts';
import { RunMeter } from '../progress/run-meter.ts';
import { findingLines, totalsLine } from '../progress/run-summary.ts';
import { cutText } from '../progress/text-table.ts';
import type { CommandContext } from './command-context.ts';
import { openView } from './open-view.ts';
import { endWith } from './report-error.ts';

export interface DemoChoice {
  readonly rows: number;
  /** The two SQLite files stay. */
  readonly isKept: boolean;
}

const exitDifferent = 1;
/** From the cursor to the end of the line. */
const clearLine = '\u001B[K';
const seed = 20_261_123;
/** Measured: two SQLite files of 115 bytes a row, PostgreSQL's tables, indexes and log. */
const bytesPerRow = 800;
const fixedBytes = 150e6;

/** Resolves with 0 only if all tables are equal; what went wrong has been reported. */
export async function demoCommand(choice: DemoChoice, context: CommandContext): Promise<number> {
  try {
    const left = await removeLeftovers();
    if (left > 0)
      say(context, `Removed what ${left === 1 ? 'a demo that was' : `${left} demos that were`} killed left behind.`);
    checkSpace(choice.rows);
    return await demoInFolder(createDemoFolder(), choice, context);
  } catch (error) {
    return endWith(error, context);
  }
}

const say = ({ stdout }: CommandContext, line: string) => stdout.write(`${line}\n`);

function checkSpace(rows: number): void {
  const { bavail, bsize } = statfsSync(tmpdir());
  const [free, needed] = [bavail * bsize, fixedBytes + rows * bytesPerRow];
  if (free >= needed) return;
  throw new SluiceError(
    'disk_full',
    `The demo needs about ${formatBytes(needed)} in ${tmpdir()}, which has ${formatBytes(free)} left. Take fewer --rows, or set TMPDIR to a folder on another disk.`,
  );
}

async function demoInFolder(folder: string, { rows, isKept }: DemoChoice, context: CommandContext): Promise<number> {
  const { interruption } = context;
  const user = findUnprivilegedUser();
  if (user?.created) markFolder(folder, user.created);
  let server: ThrowawayPostgres | null = null;
  // What else is there then stays for the next demo to remove.
  const forget = interruption.beforeForcedExit(() => server?.kill());
  let isDone = false;
  try {
    mkdirSync(serverFolder(folder), { mode: 0o700 });
    server = await startThrowawayPostgres({ folder: serverFolder(folder), user, signal: interruption.signal });
    const isEqual = await copyAndCompare(folder, rows, server.settings, context);
    isDone = true;
    return isEqual ? 0 : exitDifferent;
  } finally {
    await server?.stop();
    rmSync(serverFolder(folder), { recursive: true, force: true, maxRetries: 5 });
    if (user?.created) removeUser(user.created);
    if (isDone && isKept) {
      unmarkFolder(folder);
      say(context, `Kept: ${shopFile(folder)} and ${copyFile(folder)}`);
    } else removeFolder(folder);
    forget();
  }
}

async function copyAndCompare(
  folder: string,
  rows: number,
  postgres: ConnectionSettings,
  context: CommandContext,
): Promise<boolean> {
  const shop: ConnectionSettings = { kind: 'sqlite', path: shopFile(folder) };
  const copy: ConnectionSettings = { kind: 'sqlite', path: copyFile(folder) };
  await makeShop(shop.path, rows, context);
  const there = await runHop('SQLite → PostgreSQL', 'demo_there', shop, postgres, context);
  const back = await runHop('PostgreSQL → SQLite', 'demo_back', postgres, copy, context);

  say(context, '\nComparing every row of the three databases');
  const started = performance.now();
  let count = 0;
  const compared = await compareCopies([there, back], (name) => showStatus(`${++count} compared, ${name}`, context));
  clearStatus(context);
  const isEqual = compared.length > 0 && compared.every((table) => table.isEqual);
  const { stdout } = context;
  const digits = stdout.isTerminal && stdout.columns() < 110 ? 8 : 16;
  const lines = comparisonLines(compared, ['SQLite', 'PostgreSQL', '2nd SQLite'], digits);
  const verdict = isEqual
    ? `All ${compared.length} tables are equal in all three databases`
    : 'There are differences; run the demo with --keep to look at the files';
  say(context, ['', ...lines, '', `${verdict} (compared in ${secondsSince(started)}).`].join('\n'));
  return isEqual;
}

async function makeShop(path: string, rows: number, context: CommandContext): Promise<void> {
  const started = performance.now();
  say(context, `Making a sample shop of ${countOf(rows, 'row')} in SQLite`);
  await generateShop({
    path,
    rows,
    seed,
    signal: context.interruption.signal,
    onProgress: (written) => showStatus(`${Math.floor((100 * written) / rows)} %`, context),
  });
  clearStatus(context);
  say(context, `${formatBytes(statSync(path).size)} in ${secondsSince(started)}`);
}

/** One line that the next one replaces, where a person watches. */
function showStatus(text: string, { stdout }: CommandContext): void {
  if (stdout.isTerminal) stdout.write(`\r${cutText(text, stdout.columns() - 1)}${clearLine}`);
}

function clearStatus({ stdout }: CommandContext): void {
  if (stdout.isTerminal) stdout.write(`\r${clearLine}`);
}

/** Copies, showing how it goes. Resolves with what it asked the engine for. */
async function runHop(
  title: string,
  streamId: string,
  source: ConnectionSettings,
  target: ConnectionSettings,
  context: CommandContext,
): Promise<ConvertRequest> {
  say(context, `\n${title}`);
  const meter = new RunMeter(() => performance.now());
  const options = streamOptionsSchema.parse({});
  const view = openView({ isJson: false, isQuiet: false }, meter, options, context);
  const request: ConvertRequest = {
    source,
    target,
    options,
    streamId,
    signal: context.interruption.signal,
    onEvent: (event) => {
      meter.add(event);
      view.add(event);
    },
  };
  try {
    await runConvert(request);
  } finally {
    view.close();
  }
  const totals = { ...meter.committed(), seconds: meter.elapsedMs / 1000 };
  const losses = meter.findings.filter(({ severity }) => severity !== 'info');
  say(context, [totalsLine(meter.tables.size, totals), ...findingLines(losses)].join('\n'));
  return request;
}

const shopFile = (folder: string) => join(folder, 'shop.db');
const copyFile = (folder: string) => join(folder, 'shop-copy.db');
const secondsSince = (started: number) => formatSeconds((performance.now() - started) / 1000);
