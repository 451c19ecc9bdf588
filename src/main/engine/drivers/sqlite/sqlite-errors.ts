/** node:sqlite's errors as ours, by SQLite's result code and never by its message. */
import type { ErrorCode } from '../../../../shared/errors/error-codes.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { RowsRefused } from '../../driver/rows-refused.ts';

/** Primary result codes (https://www.sqlite.org/rescode.html); the extended code holds them in its low byte. */
export const sqliteBusy = 5;
const sqliteConstraint = 19;
const refusals: Readonly<Record<number, string>> = {
  18: 'SQLITE_TOOBIG',
  [sqliteConstraint]: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  275: 'SQLITE_CONSTRAINT_CHECK',
  531: 'SQLITE_CONSTRAINT_COMMITHOOK',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  1811: 'SQLITE_CONSTRAINT_TRIGGER',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
  3091: 'SQLITE_CONSTRAINT_DATATYPE',
};

export interface ErrorPlace {
  readonly role: 'source' | 'target';
  readonly path: string;
}

/** SQLite's extended result code, null for anything that SQLite did not throw. */
export function resultCode(thrown: unknown): number | null {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : null;
}

export const isBusy = (thrown: unknown): boolean => {
  const code = (resultCode(thrown) ?? 0) & 0xff;
  return code === sqliteBusy || code === 6;
};

/** Anything thrown while a file was used, as a SluiceError that names the file; a SluiceError stays as it is. */
export function sqliteError(thrown: unknown, place: ErrorPlace, statement?: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const extended = resultCode(thrown);
  if (extended === null) return SluiceError.from(thrown);
  const message = (thrown as Error).message;
  const details = { path: place.path, resultCode: extended, ...(statement === undefined ? {} : { statement }) };
  const [code, sentence] = explain(extended, message, place);
  return new SluiceError(code, sentence, details, thrown);
}

function explain(extended: number, message: string, { role, path }: ErrorPlace): [ErrorCode, string] {
  switch (extended & 0xff) {
    case 1:
      // SQLite has no code of its own for a missing table.
      if (message.startsWith('no such table: ')) return ['table_missing', `${path} has ${message}.`];
      return ['database_error', `SQLite reports for ${path}: ${message}.`];
    case 3:
    case 23:
      return ['permission_denied', `SQLite may not do this in ${path}: ${message}.`];
    case sqliteBusy:
    case 6:
      return role === 'target'
        ? ['target_in_use', `Another process has ${path} locked; close the other program, then run again.`]
        : ['source_in_use', `Another process has ${path} locked; close the other program, then run again.`];
    case 8:
      return ['permission_denied', `${path} cannot be written: ${message}.`];
    case 10:
      return ['database_error', `The disk failed under ${path}: ${message}.`];
    case 11:
      return ['database_error', `${path} is damaged: ${message}. Run "PRAGMA integrity_check" on it.`];
    case 13:
      return ['disk_full', `No room is left on the disk of ${path}.`];
    case 14:
      return ['permission_denied', `${path}, or a file that SQLite needs beside it, cannot be opened: ${message}.`];
    case sqliteConstraint:
      return ['constraint_failed', `${path}: ${message}.`];
    case 26:
      return ['database_error', `${path} is not an SQLite database (or is encrypted).`];
    default:
      return ['database_error', `SQLite reports for ${path}: ${message}.`];
  }
}

/** The error of a refused row, null when the failure is not about the rows. */
export function rowsRefused(thrown: unknown, table: string): RowsRefused | null {
  if (thrown instanceof RowsRefused) return thrown;
  const extended = resultCode(thrown);
  if (extended === null) return null;
  const name = refusals[extended] ?? refusals[extended & 0xff];
  if (name === undefined) return null;
  const message = (thrown as Error).message;
  return new RowsRefused(message, name, columnOf(message, table));
}

/** `UNIQUE constraint failed: t.a` => a; null when the message names no column, or several. */
function columnOf(message: string, table: string): string | null {
  const prefix = `${table}.`;
  const at = message.indexOf(prefix);
  if (at === -1 || message.includes(`, ${prefix}`, at)) return null;
  return message.slice(at + prefix.length);
}
