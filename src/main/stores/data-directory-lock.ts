/**
 * One Sluice per data directory, window or headless. The lock is a write transaction that stays open on a small SQLite
 * file: the operating system drops it with the process, however that ends, so there is no stale lock to clean up.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { fileError, isDamagedFile } from './file-error.ts';

export interface DataDirectoryLock extends Disposable {
  release(): void;
}

/** Throws `data_directory_in_use`, naming the process that holds the directory, or `data_file_failed`. */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  const path = join(directory, 'lock.sqlite');
  try {
    return lock(path, directory);
  } catch (error) {
    if (!isDamagedFile(error)) throw fileError(`The data directory ${directory} cannot be used`, path, error);
    // It holds nothing but who the owner is.
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    return lock(path, directory);
  }
}

function lock(path: string, directory: string): DataDirectoryLock {
  // With this mode other users cannot lock it.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    // In WAL mode others can read who the owner is while its write transaction is open.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL;');
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER); DELETE FROM owner;');
    database.exec(`INSERT INTO owner VALUES (${process.pid}); COMMIT; BEGIN IMMEDIATE;`);
  } catch (error) {
    const owner = ownerOf(database);
    database.close();
    if (!isBusy(error)) throw error;
    throw new SluiceError(
      'data_directory_in_use',
      `Sluice is already running on ${directory}${owner === null ? '' : ` (process ${owner})`}. Close it first, or choose another directory with --data-dir.`,
      { directory, ...(owner === null ? {} : { pid: owner }) },
    );
  }
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    database.exec('ROLLBACK');
    database.close();
  };
  return { release, [Symbol.dispose]: release };
}

function ownerOf(database: DatabaseSync): number | null {
  try {
    const row = database.prepare('SELECT pid FROM owner').get();
    return typeof row?.['pid'] === 'number' ? row['pid'] : null;
  } catch {
    return null;
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED. */
const isBusy = (error: unknown) =>
  error instanceof Error && 'errcode' in error && [5, 6].includes(Number(error.errcode) & 0xff);
