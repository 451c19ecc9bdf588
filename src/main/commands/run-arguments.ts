/** From the arguments of `run` and `plan` to what is to be copied. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { parseRunFile, resolveRun, type RunRequest } from '../../shared/model/run-file.ts';
import { surroundingsIn, type CommandContext } from './command-context.ts';

export interface RunArguments {
  /** Path of a run file, `-` for standard input. */
  readonly file: string | undefined;
  readonly source: string | undefined;
  readonly target: string | undefined;
  readonly tables: readonly string[];
}

/** Throws `config_invalid` or `file_missing`. */
export async function readRun(given: RunArguments, context: CommandContext): Promise<RunRequest> {
  const { file, source, target, tables } = given;
  if (file === undefined) {
    if (source === undefined || target === undefined)
      throw new SluiceError('config_invalid', 'Give a run file, or --source and --target with connection URLs.');
    const body = { source, target, ...(tables.length > 0 ? { tables: tables.map((name) => ({ name })) } : {}) };
    return resolveRun(body, surroundingsIn(process.cwd(), context.environment));
  }
  if (source !== undefined || target !== undefined || tables.length > 0)
    throw new SluiceError(
      'config_invalid',
      '--source, --target and --table do not go with a run file: change the file.',
    );
  const isInput = file === '-';
  const content = isInput
    ? await buffer(addAbortSignal(context.interruption.signal, context.stdin))
    : await readRunFile(file);
  const folder = isInput ? process.cwd() : dirname(resolve(file));
  try {
    return parseRunFile(decode(content), surroundingsIn(folder, context.environment));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError(error.code, `${isInput ? 'Standard input' : file}: ${error.message}`, error.details, error);
  }
}

/** A replaced character would be another name or password than the one that is written there. */
function decode(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new SluiceError('config_invalid', 'this is not UTF-8 text; save it with that encoding.');
  }
}

async function readRunFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder'
          : `cannot be read (${code ?? String(error)})`;
    throw new SluiceError('file_missing', `The run file ${path} ${reason}.`, { path }, error);
  }
}

/**
 * Names a run by what it copies from where to where, so that the same run started again continues an interrupted one.
 * What only changes how it is done (parallelism, chunk sizes, limits, the treatment of refused rows) does not count.
 */
export function streamIdOf({ source, target, options }: RunRequest): string {
  const { mode, tables, exclude, createStructure, truncateTarget, onExisting, rules, identifierCase, schemaMap } =
    options;
  const meaning = [
    placeOf(source),
    placeOf(target),
    { mode, tables, exclude, createStructure, truncateTarget, onExisting, rules, identifierCase, schemaMap },
  ];
  return `run_${createHash('sha256').update(JSON.stringify(meaning)).digest('hex').slice(0, 24)}`;
}

/** Where a connection leads, without who goes there. */
function placeOf(settings: ConnectionSettings): unknown {
  if (settings.kind === 'sqlite') return settings;
  const { kind, host, port, socket, database, schema } = settings;
  return { kind, host, port, socket, database, schema };
}

/** Secrets of a run: hidden in everything that it prints. */
export function secretsOf({ source, target }: Pick<RunRequest, 'source' | 'target'>): string[] {
  return [source, target].flatMap((settings) =>
    settings.kind === 'sqlite'
      ? []
      : [settings.password ?? '', settings.ssl?.client_key ?? ''].filter((text) => text !== ''),
  );
}
