/** One open SQLite file. A source has a reading connection; a target has one connection, which all writes share. */
import { existsSync, statSync, unlinkSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Finding } from '../../../../shared/model/finding.ts';
import type { ServerFacts, Session, Snapshot, Writer } from '../../driver/driver.ts';
import { HeldFile } from './file-format/held-file.ts';
import { SqliteCatalog } from './sqlite-catalog.ts';
import { allRows, valueText, walPath } from './sqlite-connection.ts';
import { sqliteError, type ErrorPlace } from './sqlite-errors.ts';
import { preflightFile } from './sqlite-preflight.ts';
import { openSnapshot } from './sqlite-snapshot.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { WriteLock } from './sqlite-write-lock.ts';

/** How long a write goes on trying while another process holds the file. */
const busyMs = 10_000;
/** A few milliseconds of making tables. */
const groupsAtOnce = 50;

export interface OpenedFile {
  readonly place: ErrorPlace;
  readonly database: DatabaseSync;
  readonly server: ServerFacts;
  /** The file did not exist before this session. */
  readonly isCreated: boolean;
  /** The file was there, in WAL mode, and without a `-wal` beside it. */
  readonly leavesNoWal: boolean;
}

export class SqliteSession implements Session {
  readonly server: ServerFacts;
  readonly catalog: SqliteCatalog;
  readonly #file: OpenedFile;
  readonly #lock = new WriteLock(busyMs);
  readonly #held: HeldFile;
  /** Connections of snapshots. */
  readonly #readers = new Set<DatabaseSync>();
  #isEnded = false;
  /** The work of `exclusively` goes on, which has the lock. */
  #isExclusive = false;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => void this.cancel();

  constructor(file: OpenedFile, signal: AbortSignal) {
    this.#file = file;
    this.server = file.server;
    this.#held = new HeldFile(file.place.path, file.server.identity);
    const context = { place: file.place, held: this.#held, throwIfEnded: this.#throwIfEnded };
    this.catalog = new SqliteCatalog(file.database, context);
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  async preflight(role: 'source' | 'target'): Promise<Finding[]> {
    this.#throwIfEnded();
    return preflightFile(this.#file, role);
  }

  async openSnapshot(count: number): Promise<Snapshot> {
    this.#throwIfEnded();
    const throwIfEnded = this.#throwIfEnded;
    const context = { place: this.#file.place, held: this.#held, throwIfEnded, open: this.#readers };
    return await openSnapshot(count, context);
  }

  async openWriter(): Promise<Writer> {
    this.#throwIfEnded();
    const { database, place } = this.#file;
    return new SqliteWriter({ database, place, lock: this.#lock, throwIfEnded: this.#throwIfEnded });
  }

  /** Waits for a writer's open transaction to end: the connection is one and the same. */
  async execute(sql: string): Promise<void> {
    const { database, place } = this.#file;
    const release = this.#isExclusive ? () => undefined : await this.#lock.acquire();
    try {
      this.#throwIfEnded();
      await this.#lock.whileBusy(() => database.exec(sql), this.#throwIfEnded);
    } catch (error) {
      throw sqliteError(error, place, sql);
    } finally {
      release();
    }
  }

  /** A transaction a batch, and a turn for others between two of them. */
  async executeGroups(groups: readonly (readonly string[])[]): Promise<void> {
    const { database, place } = this.#file;
    for (let start = 0; start < groups.length; start += groupsAtOnce) {
      const some = groups.slice(start, start + groupsAtOnce).flat();
      const release = await this.#lock.acquire();
      let current = 'BEGIN IMMEDIATE';
      try {
        this.#throwIfEnded();
        await this.#lock.whileBusy(() => database.exec(current), this.#throwIfEnded);
        for (current of some) database.exec(current);
        current = 'COMMIT';
        await this.#lock.whileBusy(() => database.exec(current), this.#throwIfEnded);
      } catch (error) {
        if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
        throw sqliteError(error, place, current);
      } finally {
        release();
      }
      await setImmediate();
    }
  }

  /** By SQLite's own lock of the file: all that `work` does is one transaction. */
  async exclusively<Result>(_name: string, work: () => Promise<Result>): Promise<Result> {
    const { database, place } = this.#file;
    const release = await this.#lock.acquire();
    try {
      this.#throwIfEnded();
      await this.#lock.whileBusy(() => database.exec('BEGIN IMMEDIATE'), this.#throwIfEnded);
      this.#isExclusive = true;
      const result = await work();
      await this.#lock.whileBusy(() => database.exec('COMMIT'), this.#throwIfEnded);
      return result;
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw sqliteError(error, place);
    } finally {
      this.#isExclusive = false;
      release();
    }
  }

  /** Sees the rows of a writer's open transaction too. */
  async query(sql: string): Promise<(string | null)[][]> {
    this.#throwIfEnded();
    try {
      return allRows(this.#file.database, sql).map((row) => row.map(valueText));
    } catch (error) {
      throw sqliteError(error, this.#file.place, sql);
    }
  }

  /** SQLite never looks at them here: its connections are opened so. */
  async uncheckedKeys(): Promise<{ readonly refused: string | null }> {
    return { refused: null };
  }

  /**
   * A statement that runs cannot be interrupted, and nothing else runs meanwhile: when this is called, none does. What
   * was not committed is undone by closing.
   */
  async cancel(): Promise<void> {
    this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  #close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    for (const reader of this.#readers) if (reader.isOpen) reader.close();
    const { database, isCreated, leavesNoWal, place } = this.#file;
    if (isCreated && place.role === 'target') settleCreatedFile(database);
    database.close();
    this.#held[Symbol.dispose]();
    if (isCreated) removeIfEmpty(place.path);
    if (leavesNoWal) removeIdleWal(place.path);
  }

  readonly #throwIfEnded = (): void => {
    if (this.#isEnded) throw new SluiceError('cancelled', 'The connection to the database was closed by a cancel.');
  };
}

/**
 * A file of our own is filled with synchronous=OFF. A commit with FULL then waits until all of the file is on the disk;
 * writing the header's user_version is the smallest one.
 */
function settleCreatedFile(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK');
    const [[version]] = allRows(database, 'PRAGMA user_version') as [[bigint]];
    const [[pages]] = allRows(database, 'PRAGMA page_count') as [[bigint]];
    if (pages > 0n) database.exec(`PRAGMA synchronous = FULL; PRAGMA user_version = ${version}`);
  } catch {
    // A full disk, or another process that reads: the rows are in the file, only their place on the disk is not certain.
  }
}

/** A run that ends before its first table leaves no file behind. */
function removeIfEmpty(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) unlinkSync(path);
}

/**
 * A reader of a file in WAL mode makes `-wal` and `-shm`, and may not remove them. One that may write does, if it is the
 * last one to close, which SQLite's own locks decide; with an empty WAL it has nothing else to write.
 */
function removeIdleWal(path: string): void {
  const wal = statSync(walPath(path), { throwIfNoEntry: false });
  if (wal?.size !== 0 || !existsSync(path)) return;
  try {
    const database = new DatabaseSync(path);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    database.close();
  } catch {
    // Not ours to write, or in use: the two files do no harm.
  }
}
