/** The commands and their options. Each command is a file beside this one. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { processOutput, type CommandContext, type Installation } from './command-context.ts';
import { Interruption } from './interruption.ts';
import { endWith } from './report-error.ts';

const exitFailed = 1;
const exitUsage = 2;

const examples = `
Examples:
  $ sluice demo
  $ sluice plan --source shop.db --target 'postgresql://app:\${PGPASSWORD}@localhost/shop'
  $ sluice run --source shop.db --target 'postgresql://app:\${PGPASSWORD}@localhost/shop' --table orders
  $ sluice run nightly.json --json
  $ sluice verify nightly.json --repair

\${NAME} in a connection is an environment variable; in single quotes the shell leaves it alone, so that the password
does not show in the list of processes.

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 done with row errors or differences, 4 refused before anything
was changed, 129, 130 and 143 interrupted.`;

interface RunOptions {
  source?: string;
  target?: string;
  table?: string[];
  json?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  quiet?: boolean;
  verify?: boolean;
  dataDir?: string;
  todo?: string;
}

interface ServeOptions {
  port: number;
  host: string;
  dataDir?: string;
  apiKeyFile?: string;
  resume?: boolean;
  open?: boolean;
}

interface VerifyOptions extends RunOptions {
  repair?: boolean;
}

interface FinishOptions {
  server: string;
  apiKeyFile?: string;
}

interface DemoOptions {
  rows?: number;
  keep?: boolean;
}

/** Resolves with the exit code. Never rejects. `args`: without the program's own path. */
export async function runCommandLine(args: readonly string[], installation: Installation): Promise<number> {
  const environment = process.env;
  const stderr = processOutput(process.stderr, environment, () => undefined);
  using interruption = new Interruption((line) => stderr.write(`${line}\n`), environment);
  let lost: Error | null = null;
  const stdout = processOutput(process.stdout, environment, (error) => {
    // Each write fails for itself.
    if (lost) return;
    lost = error;
    stderr.write(`Error: Standard output cannot be written, and what was to stand there is lost: ${error.message}.\n`);
  });
  const context: CommandContext = { stdout, stderr, stdin: process.stdin, environment, interruption, ...installation };
  try {
    const exitCode = await parse(args, context);
    return exitCode === 0 && lost !== null ? exitFailed : exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
    return endWith(error, context);
  }
}

/** Commands are loaded when they are called: `--help` needs no database client. */
async function parse(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = 0;
  const program = new Command('sluice')
    .description('Moves databases between PostgreSQL, MySQL, MariaDB and SQLite.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', examples)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(sluice --help lists commands and options)');

  withEnds(program.command('run'))
    .description('copy a database: structure and rows')
    .option(...toDoOption)
    .option('--dry-run', 'say what would happen, and change nothing (same as plan)')
    .option('--verify', 'compare source and target when all is copied')
    .option('-y, --yes', 'do not ask before rows or tables of the target are removed')
    .option('-q, --quiet', 'no progress, only the summary and errors')
    .option('--data-dir <folder>', 'where files of Sluice go, such as refused rows', notEmpty)
    .action(async (file: string | undefined, options: RunOptions) => {
      const given = runArguments(file, options);
      if (options.dryRun) {
        const { planCommand } = await import('./plan.ts');
        exitCode = await planCommand({ ...given, toDoFile: options.todo }, context);
        return;
      }
      const { runCommand } = await import('./run.ts');
      exitCode = await runCommand(
        {
          ...given,
          isQuiet: options.quiet ?? false,
          isSure: options.yes ?? false,
          isVerified: options.verify ?? false,
          dataDirectory: options.dataDir,
          toDoFile: options.todo,
        },
        context,
      );
    });

  withEnds(program.command('plan'))
    .description('say what a run would do: types, statements, what is not carried over; change nothing')
    .option(...toDoOption)
    .action(async (file: string | undefined, options: RunOptions) => {
      const { planCommand } = await import('./plan.ts');
      exitCode = await planCommand({ ...runArguments(file, options), toDoFile: options.todo }, context);
    });

  withEnds(program.command('verify'))
    .description('compare source and target by value, row by row; change nothing')
    .option('--repair', 'copy the rows again that differ, then compare again')
    .option('-y, --yes', 'do not ask before --repair changes the target')
    .option('-q, --quiet', 'no progress, only what was found and errors')
    .action(async (file: string | undefined, options: VerifyOptions) => {
      const { verifyCommand } = await import('./verify.ts');
      exitCode = await verifyCommand(
        {
          ...runArguments(file, options),
          isQuiet: options.quiet ?? false,
          isSure: options.yes ?? false,
          isRepaired: options.repair ?? false,
        },
        context,
      );
    });

  withEnds(program.command('profile'))
    .description(
      'read the rows of the source: which types they allow, which values the target cannot hold; change nothing',
    )
    .action(async (file: string | undefined, options: RunOptions) => {
      const { profileCommand } = await import('./profile.ts');
      exitCode = await profileCommand(runArguments(file, options), context);
    });

  program
    .command('finish')
    .description('cut over a stream of a running server that follows changes (mode cdc, not available yet)')
    .argument('<stream>', 'id of the stream')
    .option('--server <url>', 'where the server answers', 'http://127.0.0.1:8020')
    .option('--api-key-file <file>', "the server's key; without it SLUICE_API_KEY", notEmpty)
    .action(async (streamId: string, { server, apiKeyFile }: FinishOptions) => {
      const { finishCommand } = await import('./finish.ts');
      exitCode = await finishCommand({ streamId, server, apiKeyFile }, context);
    });

  program
    .command('demo')
    .description('copy a sample shop from SQLite to a throwaway PostgreSQL and back, and compare')
    .option('--rows <number>', 'rows of the sample in all', positiveNumber, 1_000_000)
    .option('--keep', 'keep the two SQLite files, and say where they are')
    .action(async ({ rows, keep }: DemoOptions) => {
      const { demoCommand } = await import('./demo.ts');
      exitCode = await demoCommand({ rows: rows ?? 1_000_000, isKept: keep ?? false }, context);
    });

  program
    .command('serve')
    .description('serve the REST API, and the window in a browser, until it is interrupted; streams pause then')
    .option('--port <number>', 'port to listen on; 0 takes any free one', port, 8020)
    .option('--host <name>', 'address to listen on; 0.0.0.0 is every address of this computer', notEmpty, '127.0.0.1')
    .option('--data-dir <folder>', 'where connections, streams and their history are kept', notEmpty)
    .option(
      '--api-key-file <file>',
      'file of the API key; made, readable by its owner only, if it is missing',
      notEmpty,
    )
    .option('--resume', 'continue streams that were running when Sluice last ended')
    .option('--open', 'open the browser')
    .action(async ({ resume, open, dataDir, ...address }: ServeOptions) => {
      const { serveCommand } = await import('./serve.ts');
      exitCode = await serveCommand(
        {
          ...address,
          version: version(),
          dataDirectory: dataDir,
          apiKeyFile: address.apiKeyFile,
          isResumed: resume ?? false,
          isOpened: open ?? false,
        },
        context,
      );
    });

  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

const toDoOption = ['--todo <file>', 'SQL file of what is left to do by hand, such as triggers'] as const;

function withEnds(command: Command): Command {
  return command
    .argument('[file]', 'run file (JSON), - for standard input')
    .option('-s, --source <url>', 'database to copy from, instead of a run file')
    .option('-t, --target <url>', 'database to copy to')
    .option('--table <name...>', 'tables, instead of all of them')
    .option('--json', 'machine-readable output on stdout, nothing else there');
}

const runArguments = (file: string | undefined, { source, target, table, json }: RunOptions) => ({
  file,
  source,
  target,
  tables: table ?? [],
  isJson: json ?? false,
});

const fewestDemoRows = 1000;

function positiveNumber(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= fewestDemoRows && number <= 1e9) return number;
  throw new InvalidArgumentError(`Give a whole number of at least ${fewestDemoRows}.`);
}

/** A variable of the shell that is not set must not pass for the default: an empty host is every address there is. */
function notEmpty(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It is empty.');
}

function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= 65_535) return number;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
