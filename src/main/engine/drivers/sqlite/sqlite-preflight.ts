/** What a run would trip over in a file, as far as it can be known before. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Finding } from '../../../../shared/model/finding.ts';
import { allRows } from './sqlite-connection.ts';
import { isBusy, sqliteError, type ErrorPlace } from './sqlite-errors.ts';

/** Less room than this is worth a word. */
const littleRoomBytes = 100 * 1024 * 1024;

export interface FileToCheck {
  readonly place: ErrorPlace;
  readonly database: DatabaseSync;
}

export function preflightFile({ database, place }: FileToCheck, role: 'source' | 'target'): Finding[] {
  const findings: Finding[] = [];
  const journal = String(allRows(database, 'PRAGMA journal_mode')[0]![0]);
  if (role === 'source') {
    if (journal !== 'wal') {
      findings.push({
        severity: 'info',
        code: 'source_locked_while_read',
        message: `Programs that write to ${place.path} have to wait while it is copied: it is not in WAL mode.`,
      });
    }
    return findings;
  }
  if (journal === 'memory' || place.path === ':memory:') return findings;
  for (const path of [place.path, dirname(place.path)]) {
    if (isWritable(path)) continue;
    findings.push({
      severity: 'error',
      code: 'permission_denied',
      message: `${path} cannot be written: SQLite needs to write the file, and to make a journal beside it.`,
    });
  }
  if (findings.length === 0) findings.push(...lockFindings(database, place), ...roomFindings(place.path));
  return findings;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Takes the write lock for a moment, which changes nothing. */
function lockFindings(database: DatabaseSync, place: ErrorPlace): Finding[] {
  if (database.isTransaction) return [];
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return [];
  } catch (error) {
    const { code, message } = sqliteError(error, place);
    if (database.isTransaction) database.exec('ROLLBACK');
    return [{ severity: isBusy(error) ? 'error' : 'warning', code, message }];
  }
}

function roomFindings(path: string): Finding[] {
  const { bavail, bsize } = statfsSync(dirname(path));
  const room = bavail * bsize;
  if (room >= littleRoomBytes) return [];
  return [
    {
      severity: 'warning',
      code: 'little_disk_space',
      message: `Only ${Math.floor(room / 1024 / 1024)} MB are left on the disk of ${path}.`,
    },
  ];
}
