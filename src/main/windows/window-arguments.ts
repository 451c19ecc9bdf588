import { parseArgs } from 'node:util';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** What the window is started with, as `sluice serve` takes it. */
export interface WindowArguments {
  readonly dataDirectory: string | undefined;
  /** Where the REST API listens on this computer. */
  readonly port: number;
}

const defaultPort = 8020;

/** `args`: without the program. Chromium's own switches are left to it. Throws `config_invalid`. */
export function readWindowArguments(args: readonly string[]): WindowArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { 'data-dir': { type: 'string' }, port: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const { 'data-dir': dataDirectory, port = String(defaultPort) } = values;
  if (typeof dataDirectory === 'boolean' || dataDirectory === '')
    throw new SluiceError('config_invalid', '--data-dir: the folder is missing.');
  if (typeof port === 'boolean' || !/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new SluiceError('config_invalid', '--port: give a number from 0 (any free port) to 65535.');
  return { dataDirectory, port: Number(port) };
}
