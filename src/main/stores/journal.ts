/**
 * What streams did: their states, progress, logs and refused rows, in an SQLite file of our own. States are written at
 * once; everything that comes often waits for the next batch, so that a busy stream costs the main process little.
 */
import { chmodSync, closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Finding } from '../../shared/model/finding.ts';
import type { RowError, TableProgress } from '../../shared/model/run-event.ts';
import type { VerifyReport } from '../../shared/model/copy-plan.ts';
import type { LogEntry, RowErrorEntry, StreamDetail, StreamStatus } from '../../shared/model/stream.ts';
import { asideName } from './document-store.ts';
import { fileError, isDamagedFile } from './file-error.ts';
import { migrateJournal } from './journal-schema.ts';

/** A stream without its tables, which are kept in rows of their own, and without what is kept elsewhere. */
export interface StreamRecord {
  readonly stream: Omit<StreamDetail, 'tables' | 'rejectFile'>;
  /** Names of the target tables that it writes, see target-claims.ts. */
  readonly claims: readonly string[];
}

export interface StreamFilter {
  readonly status?: StreamStatus | undefined;
  readonly configID?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface Page {
  /** Entries with a greater id. */
  readonly after: number;
  readonly limit: number;
}

const batchDelayMs = 250;
const batchSize = 500;
/** Beyond this many unwritten entries (a full disk) the oldest are given up. */
const maxWaiting = 20_000;

export class Journal {
  readonly findings: readonly Finding[];
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #waiting: { sql: string; values: SQLInputValue[] }[] = [];
  /** Latest progress of tables and streams, by stream and name: only the last one is worth writing. */
  readonly #progress = new Map<string, { sql: string; values: SQLInputValue[] }>();
  #timer: NodeJS.Timeout | null = null;
  readonly #onError: (error: unknown) => void;

  /**
   * Opens or makes the file. A damaged one is set aside, and so is an empty one where it is `isExpected` that one is there; one of
   * a newer version throws `data_file_newer`. `onError` hears of batches that could not be written; they are tried again with the
   * next one.
   */
  constructor(path: string, onError: (error: unknown) => void, now: Date = new Date(), isExpected = false) {
    const { database, findings } = openJournal(path, now, isExpected);
    this.#database = database;
    this.findings = findings;
    this.#onError = onError;
  }

  /** False after `close`. */
  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** Writes a stream's state, new or changed, before it returns. */
  saveStream({ stream, claims }: StreamRecord, statistics: object | null): void {
    this.flush();
    const isEnded = stream.status === 'STOPPED' || stream.status === 'FINISHED' || stream.status === 'FAILED';
    const ended = isEnded ? (stream.stopped ?? stream.finished ?? stream.failed ?? stream.created) : null;
    const values = [stream.id, stream.configID, stream.created, ended, stream.status];
    this.#now(
      `INSERT INTO streams (id, config_id, created, ended, status, record, statistics) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, status = excluded.status, record = excluded.record,
         statistics = coalesce(excluded.statistics, statistics)`,
      [...values, JSON.stringify({ stream, claims }), statistics && JSON.stringify(statistics)],
    );
  }

  stream(id: string): StreamRecord | null {
    const row = this.#get('SELECT record FROM streams WHERE id = ?', [id]);
    return row ? parseRecord(row) : null;
  }

  /** Newest first. */
  streams({ status, configID, limit, offset }: StreamFilter): StreamRecord[] {
    return this.#all(
      `SELECT record FROM streams WHERE status = coalesce(?, status) AND config_id = coalesce(?, config_id)
       ORDER BY created DESC, rowid DESC LIMIT ? OFFSET ?`,
      [status ?? null, configID ?? null, limit, offset],
    ).map(parseRecord);
  }

  /** The stream that was started last from a config. */
  latestOf(configID: string): StreamRecord | null {
    return this.streams({ configID, limit: 1, offset: 0 })[0] ?? null;
  }

  /** The counters that were saved with a stream, as they were given. */
  statistics(id: string): object | null {
    this.flush();
    const text = this.#get('SELECT statistics FROM streams WHERE id = ?', [id])?.['statistics'];
    return typeof text === 'string' ? (JSON.parse(text) as object) : null;
  }

  tables(id: string): TableProgress[] {
    this.flush();
    const sql = `SELECT name, status, rows, estimated_rows AS estimatedRows, bytes, failed FROM table_progress
      WHERE stream_id = ? ORDER BY ordinal`;
    return this.#all(sql, [id]).map((row) => ({ ...row }) as TableProgress);
  }

  /** Replaces the list of tables: a run has been planned. */
  saveTables(id: string, tables: readonly TableProgress[]): void {
    this.#enqueue('DELETE FROM table_progress WHERE stream_id = ?', [id]);
    for (const [ordinal, table] of tables.entries()) {
      const { name, status, rows, estimatedRows, bytes, failed } = table;
      this.#enqueue('INSERT INTO table_progress VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
        id,
        name,
        ordinal,
        status,
        rows,
        estimatedRows,
        bytes,
        failed,
      ]);
    }
  }

  saveProgress(id: string, table: TableProgress, statistics: object): void {
    this.#progress.set(JSON.stringify([id, table.name]), {
      sql: 'UPDATE table_progress SET status = ?, rows = ?, bytes = ?, failed = ? WHERE stream_id = ? AND name = ?',
      values: [table.status, table.rows, table.bytes, table.failed, id, table.name],
    });
    this.#progress.set(id, {
      sql: 'UPDATE streams SET statistics = ? WHERE id = ?',
      values: [JSON.stringify(statistics), id],
    });
    this.#schedule();
  }

  addLog(id: string, entry: Omit<LogEntry, 'id'>): void {
    this.#enqueue('INSERT INTO logs (stream_id, at, level, message) VALUES (?, ?, ?, ?)', [
      id,
      entry.at,
      entry.level,
      entry.message,
    ]);
  }

  addRowError(id: string, at: string, error: RowError): void {
    this.#enqueue('INSERT INTO row_errors (stream_id, at, error) VALUES (?, ?, ?)', [id, at, JSON.stringify(error)]);
  }

  logs(id: string, { after, limit }: Page): LogEntry[] {
    this.flush();
    const sql = 'SELECT id, at, level, message FROM logs WHERE stream_id = ? AND id > ? ORDER BY id LIMIT ?';
    return this.#all(sql, [id, after, limit]).map((row) => ({ ...row }) as LogEntry);
  }

  rowErrors(id: string, { after, limit }: Page): RowErrorEntry[] {
    this.flush();
    const sql = 'SELECT id, at, error FROM row_errors WHERE stream_id = ? AND id > ? ORDER BY id LIMIT ?';
    return this.#all(sql, [id, after, limit]).map(
      (row) => ({ id: row['id'], at: row['at'], ...(JSON.parse(row['error'] as string) as RowError) }) as RowErrorEntry,
    );
  }

  verification(id: string): VerifyReport | null {
    const text = this.#get('SELECT verification FROM streams WHERE id = ?', [id])?.['verification'];
    return typeof text === 'string' ? (JSON.parse(text) as VerifyReport) : null;
  }

  saveVerification(id: string, report: VerifyReport): void {
    this.#now('UPDATE streams SET verification = ? WHERE id = ?', [JSON.stringify(report), id]);
  }

  deleteStream(id: string): void {
    this.flush();
    this.#now('DELETE FROM streams WHERE id = ?', [id]);
  }

  /** Forgets streams that ended before a moment (Unix seconds). Returns their ids. */
  deleteEndedBefore(moment: number): string[] {
    this.flush();
    return this.#now('DELETE FROM streams WHERE ended < ? RETURNING id', [moment]).map((row) => String(row['id']));
  }

  /** Writes what waits. A failure keeps it for the next time. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = [...this.#waiting, ...this.#progress.values()];
    if (batch.length === 0) return;
    try {
      this.#database.exec('BEGIN');
      for (const { sql, values } of batch) {
        try {
          this.#statement(sql).run(...values);
        } catch (error) {
          // The stream was deleted meanwhile: what belonged to it is of no use.
          if (!isConstraint(error)) throw error;
        }
      }
      this.#database.exec('COMMIT');
      this.#waiting = [];
      this.#progress.clear();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#waiting.splice(0, this.#waiting.length - maxWaiting);
      this.#onError(error);
    }
  }

  close(): void {
    this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    this.#database.close();
  }

  #enqueue(sql: string, values: SQLInputValue[]): void {
    this.#waiting.push({ sql, values });
    if (this.#waiting.length % batchSize === 0) this.flush();
    else this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), batchDelayMs);
  }

  #now(sql: string, values: SQLInputValue[]) {
    try {
      return this.#statement(sql).all(...values);
    } catch (error) {
      throw fileError('The journal of streams cannot be written', this.#database.location() ?? '', error);
    }
  }

  #get(sql: string, values: SQLInputValue[]) {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, values: SQLInputValue[]) {
    return this.#statement(sql).all(...values);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

const parseRecord = (row: Record<string, unknown>) => JSON.parse(row['record'] as string) as StreamRecord;

/** SQLITE_CONSTRAINT of any kind. */
const isConstraint = (error: unknown) =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 19;

function openJournal(path: string, now: Date, isExpected: boolean): { database: DatabaseSync; findings: Finding[] } {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  // SQLite would take both for a new file, and throw a WAL away. From its first moment on a journal is not empty.
  const isLost = !size && (isExpected || existsSync(`${path}-wal`));
  if (isLost) {
    const aside = size === undefined && !existsSync(`${path}-wal`) ? null : setJournalAside(path, now);
    const kept = aside === null ? '' : ` What was there is kept as ${aside}.`;
    const finding: Finding = {
      severity: 'warning',
      code: 'journal_lost',
      message: `The history of streams, ${path}, ${size === 0 ? 'is empty' : 'is missing'}, although there was one: Sluice starts a new one, and streams that were not complete are not known any more.${kept} If you have a copy of it, end Sluice and put the copy there.`,
    };
    return { database: openDatabase(path), findings: [finding] };
  }
  const whole = openWhole(path);
  if (whole) return { database: whole, findings: [] };
  const aside = setJournalAside(path, now);
  const finding: Finding = {
    severity: 'warning',
    code: 'journal_damaged',
    message: `The history of streams was damaged, so Sluice starts a new one. The damaged file is kept as ${aside}.`,
  };
  return { database: openDatabase(path), findings: [finding] };
}

/** Returns the new path. */
function setJournalAside(path: string, now: Date): string {
  const aside = asideName(path, now);
  // Its last writes are in the first of those beside it.
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}

/** null for a damaged one: what of it can be read would end the app later, in the middle of something. */
function openWhole(path: string): DatabaseSync | null {
  let database: DatabaseSync;
  try {
    database = openDatabase(path);
  } catch (error) {
    if (isDamagedFile(error)) return null;
    throw fileError(`The history of streams, ${path}, cannot be opened`, path, error);
  }
  if (isWhole(database)) return database;
  database.close();
  return null;
}

function isWhole(database: DatabaseSync): boolean {
  try {
    if (database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') return false;
    return database.prepare('SELECT 1 FROM streams WHERE NOT json_valid(record)').get() === undefined;
  } catch {
    return false;
  }
}

function openDatabase(path: string): DatabaseSync {
  // Refused rows hold values of users: nobody else may read them. The files that SQLite puts beside take the same mode.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    migrateJournal(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
