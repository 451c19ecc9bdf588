/** What goes wrong with files of our own, in words that name the file and the cause. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** `sentence`: what cannot be done with which file, e.g. `/data/sluice.json cannot be written`. */
export function fileError(sentence: string, path: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SluiceError(isFull(error) ? 'disk_full' : 'data_file_failed', `${sentence}: ${reason}.`, { path }, error);
}

/** True for what SQLite says of a file that is none of its own, or has wrong pages. */
export const isDamagedFile = (error: unknown): boolean =>
  [sqliteCorrupt, sqliteNotADatabase].includes(sqliteCode(error));

const isFull = (error: unknown) =>
  sqliteCode(error) === sqliteFull || (error instanceof Error && 'code' in error && error.code === 'ENOSPC');

/** Primary result codes, https://sqlite.org/rescode.html. */
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteNotADatabase = 26;

const sqliteCode = (error: unknown) =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : Number.NaN;
