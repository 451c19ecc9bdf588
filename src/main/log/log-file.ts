import { openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openJsonLog, type JsonLog } from './json-log.ts';

/** A file that is longer than this when it is opened is set aside, in place of the one before. */
const maxBytes = 5_000_000;

/** The log of an app that has no standard output that anybody reads: sluice.log in `directory`, for its owner only. */
export function openLogFile(directory: string): JsonLog {
  const path = join(directory, 'sluice.log');
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxBytes) renameSync(path, join(directory, 'sluice.old.log'));
  return openJsonLog(openSync(path, 'a', 0o600));
}
