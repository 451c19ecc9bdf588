/** `sluice finish`: asks a running server to cut a stream over. */
import { readFile } from 'node:fs/promises';
import { restClient } from '../../shared/contract/rest-client.ts';
import { SluiceError, type ErrorData } from '../../shared/errors/sluice-error.ts';
import type { CommandContext } from './command-context.ts';
import { endWith } from './report-error.ts';

export interface FinishChoice {
  readonly streamId: string;
  /** Where `sluice serve` or the window answers, without a path. */
  readonly server: string;
  /** null: SLUICE_API_KEY. */
  readonly apiKeyFile: string | undefined;
}

/** Resolves with the exit code. Streams that follow changes live in a server: this process has none of its own. */
export async function finishCommand(choice: FinishChoice, context: CommandContext): Promise<number> {
  let key = '';
  try {
    key = await readKey(choice.apiKeyFile, context.environment);
    const call = restClient(`${baseOf(choice.server)}/api/v1`, { 'X-API-Key': key });
    const reply = await call('streams.finish', { id: choice.streamId });
    if (!reply.ok) throw refusal(reply.error, choice.server);
    context.stdout.write(`Stream ${choice.streamId} is being finished; its status is ${reply.value.status}.\n`);
    return 0;
  } catch (error) {
    return endWith(error, context, [key]);
  }
}

function refusal(error: ErrorData, server: string): SluiceError {
  if (error.code !== 'unavailable') return SluiceError.fromData(error);
  return new SluiceError(
    'unavailable',
    `Nothing answers at ${server}, or it is starting or ending: check --server, start \`sluice serve\`, then try again.`,
  );
}

async function readKey(file: string | undefined, environment: CommandContext['environment']): Promise<string> {
  if (file === undefined) {
    const key = environment['SLUICE_API_KEY'];
    if (key) return key;
    throw new SluiceError('config_invalid', 'Give the key of the server: set SLUICE_API_KEY, or use --api-key-file.');
  }
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SluiceError('file_missing', `The key file ${file} cannot be read (${code}).`, { path: file }, error);
  }
}

function baseOf(server: string): string {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SluiceError('config_invalid', '--server: give the address of a server, such as http://127.0.0.1:8020.');
  return url.origin;
}
