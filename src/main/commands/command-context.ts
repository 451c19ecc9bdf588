/** What a command sees of the process: its output, its input, its environment, and whether it is to stop. */
import { resolve } from 'node:path';
import type { HostEntries } from '../hosts/host-process.ts';
import type { Interruption } from './interruption.ts';
import type { Output } from '../progress/run-view.ts';

export interface CommandContext extends Installation {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interruption: Interruption;
}

/** Where parts of Sluice lie beside this program. */
export interface Installation {
  /** Programs of the processes in which the engine works. */
  readonly hosts: HostEntries;
  /** Folder of the built pages of the UI, ending with a slash. It is missing before the first build. */
  readonly ui: URL;
}

/**
 * A stream of the process. NO_COLOR (any value but empty) and TERM=dumb are obeyed. What is being done goes on when nobody
 * can read of it any more. `onFailure` hears why, unless a reader has closed it early, as in `sluice plan | head`.
 */
export function processOutput(
  stream: NodeJS.WriteStream,
  environment: CommandContext['environment'],
  onFailure: (error: Error) => void,
): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') onFailure(error);
  });
  const isTerminal = stream.isTTY === true && environment['TERM'] !== 'dumb';
  return {
    write: (text) => void (stream.destroyed || stream.write(text)),
    isTerminal,
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
    hasColors: isTerminal && !environment['NO_COLOR'],
    stream,
  };
}

/** Relative paths are those of `folder`. */
export const surroundingsIn = (folder: string, environment: CommandContext['environment']) => ({
  environment,
  absolutePath: (path: string) => resolve(folder, path),
});
