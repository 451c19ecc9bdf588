/**
 * Files of runs that stay in the data directory: they are kept as long as ended streams are by default (see the setting
 * `historyDays`).
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dataDirectoryPath } from '../stores/data-directory.ts';
import type { CommandContext } from './command-context.ts';

const keptDays = 90;

export interface KeptFile {
  /** Absolute; it may be missing. */
  readonly folder: string;
  readonly name: string;
}

/** Where a file of this run goes, and an end to those that were written more than 90 days ago. */
export function keptFile(
  kind: 'rejects' | 'to-do',
  streamId: string,
  dataDirOption: string | undefined,
  environment: CommandContext['environment'],
): KeptFile {
  const folder = keptFolder(kind, dataDirOption, environment);
  const moment = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  return { folder, name: `${moment}-${streamId}.${kind === 'rejects' ? 'ndjson' : 'sql'}` };
}

/** Absolute; it may be missing. What was written into it more than 90 days ago is removed. */
export function keptFolder(
  kind: 'rejects' | 'to-do' | 'complete',
  dataDirOption: string | undefined,
  environment: CommandContext['environment'],
): string {
  const surroundings = { platform: process.platform, environment, home: homedir() };
  const folder = join(dataDirectoryPath(dataDirOption, surroundings), kind);
  removeOldFiles(folder);
  return folder;
}

/** A folder that is not there has none. */
function removeOldFiles(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const oldest = Date.now() - keptDays * 86_400_000;
  for (const name of names) {
    const path = join(folder, name);
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts?.isFile() && facts.mtimeMs < oldest) rmSync(path, { force: true });
  }
}
