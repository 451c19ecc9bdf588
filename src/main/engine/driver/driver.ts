/**
 * What a database has to answer to take part. The phases of a copy live once in src/main/engine/copy; a driver knows
 * its own database and nothing of the other end. Adding a database is adding a folder beside the others.
 */
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { DatabaseKind } from '../../../shared/model/database-kind.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import type { DatabaseFamily } from '../model/neutral-type.ts';
import type { LoadUnit, RowBundle } from '../model/row-bundle.ts';
import type { BinaryType } from '../row-binary/binary-type.ts';
import type { TableName } from '../model/table-schema.ts';
import type { Administration } from './administration.ts';
import type { Capabilities } from './capabilities.ts';
import type { Catalog } from './catalog.ts';
import type { Dialect } from './dialect.ts';

export interface Driver {
  readonly kind: DatabaseKind;
  readonly family: DatabaseFamily;
  readonly capabilities: Capabilities;
  readonly dialect: Dialect;
  readonly administration: Administration;
  /**
   * Opens a session. Rejects with a SluiceError whose code says what to do: `host_unknown`, `connection_refused`,
   * `authentication_failed`, `database_missing`, `permission_denied`, `tls_failed`, `file_missing`, ...
   */
  connect(settings: ConnectionSettings, options: SessionOptions): Promise<Session>;
}

export interface SessionOptions {
  /** `source` sessions are read-only, whatever they are asked to run. */
  readonly role: 'source' | 'target';
  /** Shown to the server's administrator (application_name, connection attributes). */
  readonly streamId: string;
  /** Aborting it cancels what runs in the server and closes every connection of the session. */
  readonly signal: AbortSignal;
  /**
   * SQLite targets: create the file when it is missing; `pretend` (dry runs): an empty database in memory stands for it.
   * Default false: a missing file is an error.
   */
  readonly createDatabase?: boolean | 'pretend';
}

export interface ServerFacts {
  readonly kind: DatabaseKind;
  /** As the server prints it, e.g. `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string;
  /** major * 10000 + minor * 100 + patch. */
  readonly versionNumber: number;
  /** Two sessions with equal identity reach the same database, whatever their URLs. */
  readonly identity: string;
}

/** One login. Owns every connection that it opened; disposing it closes them all. */
export interface Session extends AsyncDisposable {
  readonly server: ServerFacts;
  readonly catalog: Catalog;
  /** Everything that a run in this role would trip over, not the first only. Never changes anything. */
  preflight(role: 'source' | 'target'): Promise<Finding[]>;
  /**
   * Read connections that see one moment in time where the database can do that. Their number may be lower than
   * asked for when the server has no more to give; never 0.
   */
  openSnapshot(count: number, tables: readonly TableName[]): Promise<Snapshot>;
  /** A connection of its own for loading rows. */
  openWriter(): Promise<Writer>;
  /**
   * Runs one statement on a target (DDL, truncation, statistics). Several may be called at once: each gets a
   * connection. Rejects with a SluiceError.
   */
  execute(sql: string): Promise<void>;
  /**
   * Runs many short statements in the least time: several in a transaction or on several connections, as the database
   * has it. Those of a group run in their order; groups do not rely on each other. Rejects with the first error, as `execute`
   * would; other groups may have run or not.
   */
  executeGroups(groups: readonly (readonly string[])[]): Promise<void>;
  /**
   * Runs `work` while no other session, of whatever process, runs its own of this `name` on the same database: others wait. For several
   * statements of which nobody must meet a part. `work` uses this session, and nothing else does meanwhile. Rejects with what `work`
   * rejects with, or with a SluiceError.
   */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Runs one query and returns its rows as text (null = NULL). For small results of ours: ledgers, counts, keys. */
  query(sql: string): Promise<(string | null)[][]>;
  /** Whether a target's writers may leave foreign keys unchecked; `refused`: the statement that allows it, or '' where none does. */
  uncheckedKeys(): Promise<{ readonly refused: string | null }>;
  /** Cancels in the server whatever this session runs, then closes its connections. Nothing is left 2 s later. */
  cancel(): Promise<void>;
}

export interface Snapshot extends AsyncDisposable {
  /** `snapshot`: all readers see one moment. `per table`: each table is consistent in itself only. */
  readonly guarantee: 'snapshot' | 'per table';
  /** Why not `snapshot`, as a sentence; null when it is. */
  readonly reason: string | null;
  /**
   * Names the moment: two snapshots of one source with equal text prove that both see the same rows of its tables. null:
   * nothing can be proved.
   */
  readonly position: string | null;
  readonly readers: readonly TableReader[];
  /**
   * Keeps servers and routers from closing connections that a paused copy leaves idle: to be called a few times a minute. Rejects with a
   * SluiceError when the moment is gone. Absent: nothing takes it away.
   */
  keepAlive?(): Promise<void>;
}

export interface TableReader {
  /**
   * Row text of `plan`'s columns in their wire form, `range` null = the whole source. Stops reading ahead when the
   * consumer stops pulling. Leaving the loop early (return, throw) cancels the statement in the server and leaves the
   * reader usable, and so does aborting `signal` while the next rows are waited for: then it throws `cancelled`. Readers of files,
   * which never wait, leave it to their consumer to look. Throws a SluiceError.
   */
  read(plan: TablePlan, range: KeyRange | null, signal?: AbortSignal): AsyncIterable<RowBundle>;
  /** Absent: this database gives row text only. */
  readonly binary?: BinaryReader;
}

export interface BinaryReader {
  /** Whether `plan`'s columns can be read as fields of these types. */
  offers(plan: TablePlan, types: readonly BinaryType[]): Promise<boolean>;
  /** As TableReader.read, in row binary; each bundle ends with a row. Throws BinaryDoubt where the text has to be read. */
  read(
    plan: TablePlan,
    range: KeyRange | null,
    types: readonly BinaryType[],
    signal?: AbortSignal,
  ): AsyncIterable<RowBundle>;
}

/**
 * Loads rows in transactions of one connection. Order of calls: begin, any number of load, loadStrict and execute,
 * then commit or rollback.
 */
export interface Writer extends AsyncDisposable {
  /**
   * `keys` `unchecked`: foreign keys are not looked at in this transaction; whoever asks for that looks at them afterwards.
   * Only where `Session.uncheckedKeys` allows it. Default `checked`, as far as the database checks them while rows come.
   */
  begin(keys?: 'checked' | 'unchecked'): Promise<void>;
  /**
   * The types that `plan`'s columns have in row binary, if the writer takes them in that form; null: not this table. Absent: it
   * takes row text only. May be asked inside a transaction.
   */
  binaryTypes?(plan: TablePlan): Promise<readonly BinaryType[] | null>;
  /**
   * Loads the unit by the fastest way the server has. All rows or none: on RowsRefused the transaction is as it was
   * before this call. Units in row binary come to writers that asked for them only.
   */
  load(plan: TablePlan, unit: LoadUnit): Promise<void>;
  /**
   * Like load, by a way that names the reason for which the server refuses a row. Called with ever smaller units to
   * find the refused rows.
   */
  loadStrict(plan: TablePlan, unit: LoadUnit): Promise<void>;
  /** One statement inside the transaction. */
  execute(sql: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}
