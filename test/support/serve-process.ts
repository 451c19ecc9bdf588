/** `sluice serve` as users start it, and a client of its API. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSluice, type Ended, type RunningSluice } from '../commands/support/sluice-process.ts';
import { requestSender, type SendRequest } from './send-request.ts';

export interface ServeOptions {
  readonly dataDirectory: string;
  readonly args?: readonly string[];
  readonly program?: readonly string[];
  readonly environment?: Record<string, string>;
}

export interface ServeProcess extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  readonly send: SendRequest;
  /** Resolves when a line of the log matches. */
  readonly untilSaid: RunningSluice['untilSaid'];
  /** Ends it by a signal, by default SIGTERM, and resolves with what it wrote. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Resolves when it answers. Without a key file of its own in `args` it takes one in the data directory. */
export async function startServe({
  dataDirectory,
  args = [],
  program,
  environment,
}: ServeOptions): Promise<ServeProcess> {
  const keyFile = join(dataDirectory, 'api-key');
  const running = startSluice(
    ['serve', '--port', '0', '--data-dir', dataDirectory, '--api-key-file', keyFile, ...args],
    // No keychain: that of the machine would be asked for its password.
    {
      ...(program && { program }),
      environment: { DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '', DISPLAY: '', ...environment },
    },
  );
  let url: string | undefined;
  running.process.stdout.on('data', (chunk: Buffer) => (url ??= /"url":"([^"]+)"/.exec(chunk.toString())?.[1]));
  await running.untilSaid(/"url":"[^"]+".*\n/);
  const door = { url: url!, key: readFileSync(keyFile, 'utf8').trim() };
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    running.process.kill(signal);
    return await running.ended;
  };
  return {
    ...door,
    pid: running.process.pid!,
    send: requestSender(() => door),
    untilSaid: running.untilSaid,
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

/** The lines of a log. Throws for one that is not JSON. */
export const logLines = ({ stdout }: Ended): { level: string; time: string; msg: string; [fact: string]: unknown }[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
