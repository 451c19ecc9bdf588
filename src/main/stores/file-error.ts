/** What goes wrong with files of our own, in words that name the file and the cause. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** `sentence`: what cannot be done with which file, e.g. `/data/sluice.json cannot be written`. */
export function fileError(sentence: string, path: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isFull(error) || (sqliteCode(error) === sqliteInputOutput && hasNoRoom(path)))
    return new SluiceError('disk_full', `${sentence}: there is no room left on its disk.`, { path }, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new SluiceError('data_file_failed', `${sentence}: ${reason}.`, { path }, error);
}

/** True for what SQLite says of a file that is none of its own, or has wrong pages. */
export const isDamagedFile = (error: unknown): boolean =>
  [sqliteCorrupt, sqliteNotADatabase].includes(sqliteCode(error));

const isFull = (error: unknown) =>
  sqliteCode(error) === sqliteFull || (error instanceof Error && 'code' in error && error.code === 'ENOSPC');

/** Files that SQLite maps into memory it cannot make larger on a full disk, and calls that an error of input and output. */
function hasNoRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < mappedBytes;
  } catch {
    return false;
  }
}

/** More than SQLite maps at once, 32 KB. */
const mappedBytes = 65_536;

/** Primary result codes, https://sqlite.org/rescode.html. */
const sqliteInputOutput = 10;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteNotADatabase = 26;

const sqliteCode = (error: unknown) =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : Number.NaN;
