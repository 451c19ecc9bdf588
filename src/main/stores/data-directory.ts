import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileError } from './file-error.ts';

export interface DirectorySurroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * Where everything that Sluice keeps lives: `--data-dir`, else SLUICE_DATA_DIR, else the platform's place for the data of
 * applications. Absolute.
 */
export function dataDirectoryPath(option: string | undefined, { platform, environment, home }: DirectorySurroundings) {
  const chosen = option ?? environment['SLUICE_DATA_DIR'];
  if (chosen) return resolve(chosen);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'sluice');
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'sluice', 'Data');
  return join(environment['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'sluice');
}

/**
 * Makes the directory, readable by its owner only. One that is there keeps its mode: others may work in it too (`/tmp`), and
 * what Sluice writes there can be read by its owner only.
 */
export function makeDataDirectory(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw fileError(`The data directory ${path} cannot be made`, path, error);
  }
}

/**
 * With the folders above it. Not by `recursive`: where a file system says of a folder that is there that it is not (`/proc`),
 * Node.js tries again without an end.
 */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}
