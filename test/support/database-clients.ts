/**
 * The databases' own command-line clients (psql, mariadb, sqlite3): what loads test sources and what reads targets back,
 * so that no line of ours stands between a stored value and what a test compares.
 */
import { spawn } from 'node:child_process';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';

const fieldEnd = '\x1f';
/** Ends rows of SQLite's client; psql ends them with NUL, which no value of it holds. */
const rowEnd = '\x1e';

/** Runs a script and returns what the client printed. Rejects at the first failing statement. */
export async function runScript(database: ConnectionSettings, script: string): Promise<string> {
  const { output, errors, exitCode } = await run(clientCommand(database, true), preamble(database) + script);
  if (exitCode !== 0) throw new Error(`${database.kind} client: ${errors.slice(0, 2000)}`);
  return output;
}

/**
 * Runs SELECT statements and returns their rows, all in one list, each field as the client prints it. NULL prints as
 * the client likes: select `x IS NULL` where it matters. A failing statement gives no rows and an entry in `errors`.
 */
export async function readRows(
  database: ConnectionSettings,
  statements: readonly string[],
): Promise<{ rows: string[][]; errors: string }> {
  const script = preamble(database) + statements.map((statement) => `${statement};\n`).join('');
  const { output, errors } = await run(clientCommand(database, false), script);
  if (database.kind === 'mysql' || database.kind === 'mariadb') {
    // Batch mode escapes TAB, LF, backslash and NUL, so that cutting at the raw bytes is safe.
    const lines = output.split('\n').slice(0, -1);
    return { rows: lines.map((line) => line.split('\t').map(unescapeBatchField)), errors };
  }
  const records = output.split(database.kind === 'postgresql' ? '\0' : rowEnd).filter((record) => record !== '');
  return { rows: records.map((record) => record.split(fieldEnd)), errors };
}

function clientCommand(database: ConnectionSettings, stopAtError: boolean): ClientCommand {
  switch (database.kind) {
    case 'postgresql':
      return {
        program: 'psql',
        options: [
          ...['-X', '-q', '-A', '-t', '-F', fieldEnd, '-0'],
          ...['-v', `ON_ERROR_STOP=${stopAtError ? 1 : 0}`, '-f', '-'],
          ...['-h', database.host, '-p', String(database.port), '-U', database.username, '-d', database.database],
        ],
        environment: { PGPASSWORD: database.password ?? '', PGCLIENTENCODING: 'UTF8' },
      };
    case 'mysql':
    case 'mariadb':
      return {
        program: 'mariadb',
        options: [
          ...['--no-defaults', '-N', '-B', '--binary-as-hex', '--binary-mode', '--default-character-set=utf8mb4'],
          ...['--max-allowed-packet=1G', ...(stopAtError ? [] : ['--force'])],
          ...['-h', database.host, '-P', String(database.port), '-u', database.username, database.database],
        ],
        environment: { MYSQL_PWD: database.password ?? '' },
      };
    case 'sqlite':
      return {
        program: 'sqlite3',
        options: ['-batch', ...(stopAtError ? ['-bail'] : []), database.path],
        environment: {},
      };
  }
}

/** Sessions in UTC and in each database's plainest output, whatever the machine's settings are. */
function preamble(database: ConnectionSettings): string {
  switch (database.kind) {
    case 'postgresql':
      return `SET TimeZone = 'UTC'; SET DateStyle = ISO; SET IntervalStyle = postgres; SET bytea_output = hex;
SET extra_float_digits = 3; SET client_min_messages = warning;\n`;
    case 'mysql':
    case 'mariadb':
      // Lets test sources hold what lax servers have let in: zero dates, 31 February, enum values outside the labels.
      return "SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00';\n";
    case 'sqlite':
      return `.mode list\n.headers off\n.separator "\\037" "\\036"\n`;
  }
}

interface ClientCommand {
  readonly program: string;
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function run(command: ClientCommand, input: string): Promise<{ output: string; errors: string; exitCode: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.options, { env: { ...process.env, ...command.environment } });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({
        output: Buffer.concat(output).toString('utf8'),
        errors: Buffer.concat(errors).toString('utf8'),
        exitCode: exitCode ?? 1,
      });
    });
    // A client that gives up early closes its input; its exit code and messages tell why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const batchEscapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\\\': '\\', '\\0': '\0' };

function unescapeBatchField(field: string): string {
  return field.replace(/\\[nt\\0]/g, (escape) => batchEscapes[escape]!);
}
