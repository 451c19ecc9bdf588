/** `sluice serve`: the application without a window, reached over REST and in a browser, until a signal ends it. */
import { homedir, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import open from 'open';
import { startApplication, type Application, type Platform } from '../application.ts';
import { hostedParts } from '../hosted-parts.ts';
import { childProcessFactory } from '../hosts/child-process-factory.ts';
import { openJsonLog, type JsonLog } from '../log/json-log.ts';
import { logEvent } from '../log/log-event.ts';
import { watchFaults } from '../log/watch-faults.ts';
import { confFile } from '../stores/conf-file.ts';
import { dataDirectoryPath } from '../stores/data-directory.ts';
import { systemClock } from '../streams/clock.ts';
import type { CommandContext } from './command-context.ts';
import { writeEntryPage } from './entry-page.ts';
import { endWith } from './report-error.ts';

export interface ServeChoice {
  readonly version: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly dataDirectory: string | undefined;
  readonly apiKeyFile: string | undefined;
  /** Continue streams that were running when Sluice last ended. */
  readonly isResumed: boolean;
  /** Show the UI in this computer's browser. */
  readonly isOpened: boolean;
}

/**
 * A signal has to end the process within ten seconds, whatever databases do: these two, one after the other, are what a
 * stream whose host hangs can take of it.
 */
const graceMs = 3_000;
const exitMs = 3_000;

/** Resolves with the exit code, with all streams paused: 0 when a signal has ended it, 1 when an error did that nobody caught. */
export async function serveCommand(choice: ServeChoice, context: CommandContext): Promise<number> {
  const log = openJsonLog(1);
  const fault = new AbortController();
  const faults = watchFaults(log, () => fault.abort());
  try {
    await serve(choice, context, log, fault.signal);
    return fault.signal.aborted ? 1 : 0;
  } catch (error) {
    return endWith(error, context);
  } finally {
    faults[Symbol.dispose]();
    await log.close();
  }
}

async function serve(choice: ServeChoice, context: CommandContext, log: JsonLog, fault: AbortSignal): Promise<void> {
  const { environment, interruption } = context;
  const { version, host, port, apiKeyFile } = choice;
  const dataDirectory = dataDirectoryPath(choice.dataDirectory, {
    platform: process.platform,
    environment,
    home: homedir(),
  });
  const platform: Platform = {
    ...hostedParts(childProcessFactory(), context.hosts, environment),
    version,
    dataDirectory,
    documentFile: confFile,
    clock: systemClock,
    log,
  };
  let application: Application | null = null;
  try {
    application = await startApplication(platform, {
      rest: { host, port, uiFolder: fileURLToPath(context.ui) },
      resume: choice.isResumed,
      apiKeyFile: apiKeyFile === undefined ? undefined : resolve(apiKeyFile),
      graceMs,
      exitMs,
    });
    application.feed.subscribe(({ event }) => logEvent(event, log));
    using leftovers = new DisposableStack();
    await announce(application, choice, context, log, leftovers);
    await untilAborted(AbortSignal.any([interruption.signal, fault]));
    log.info('Shutting down: streams are being paused.');
  } finally {
    await (application ? application.quit() : platform.closeHosts());
  }
  log.info('Ended.');
}

/** How long a token lets in. */
const tokenMs = 5 * 60_000;

/** Says where it is, and opens the browser there. `leftovers` gets what has to go when Sluice ends. */
async function announce(
  { url, sessions, apiKey }: Application,
  { isOpened }: ServeChoice,
  { stderr }: CommandContext,
  log: JsonLog,
  leftovers: DisposableStack,
): Promise<void> {
  if (apiKey.source === 'session') {
    log.warn(
      'Nobody knows the API key, which is one of this run only. Start with --api-key-file or SLUICE_API_KEY to have one that stays.',
    );
  }
  const address = (onTaken?: () => void) => `${url}/#token=${sessions.issueToken(onTaken)}`;
  // To a person only: the token is as good as a password until it is used.
  if (stderr.isTerminal) stderr.write(`Sluice is at ${url}. To be let in within five minutes, open\n${address()}\n`);
  if (!isOpened) return;
  try {
    const page = writeEntryPage(
      address(() => page.remove()),
      [homedir(), tmpdir()],
    );
    leftovers.defer(() => page.remove());
    const timer = setTimeout(() => page.remove(), tokenMs);
    leftovers.defer(() => clearTimeout(timer));
    const browser = await open(page.url);
    browser.on('error', (error) => log.error('The browser could not be opened.', error));
  } catch (error) {
    log.error('The browser could not be opened.', error);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
