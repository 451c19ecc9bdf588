/**
 * The source of a run: its session and, while rows are copied, its snapshot. It may outlive the run, so that a paused copy goes
 * on in the same snapshot.
 */
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { Driver, Session, Snapshot } from '../driver/driver.ts';
import type { TableName } from '../model/table-schema.ts';
import { tableKey } from './convert-plan.ts';

export class RunSource implements AsyncDisposable {
  readonly #streamId: string;
  readonly #signal: AbortSignal;
  #session: Session | null = null;
  #snapshot: Snapshot | null = null;
  /** tableKeys of the tables that the snapshot was opened for. */
  #tables: ReadonlySet<string> = new Set();
  #takenAt: Date | null = null;
  #isRecorded = false;

  /** `streamId` names its connections (SessionOptions); aborting `signal` closes them all at once. */
  constructor(streamId: string, signal: AbortSignal) {
    this.#streamId = streamId;
    this.#signal = signal;
  }

  /** When the snapshot that is open was taken; null: none is. */
  get takenAt(): Date | null {
    return this.#takenAt;
  }

  /** True: what the target's ledger has as committed is of the snapshot that is open. */
  get isRecorded(): boolean {
    return this.#isRecorded;
  }

  /** The session of an earlier run, or a new one. */
  async connect(driver: Driver, settings: ConnectionSettings): Promise<Session> {
    const options = { role: 'source', streamId: this.#streamId, signal: this.#signal } as const;
    return (this.#session ??= await driver.connect(settings, options));
  }

  /** The snapshot of an earlier run, or a new one: also where `tables` has one that the earlier run did not know. */
  async openSnapshot(session: Session, count: number, tables: readonly TableName[]): Promise<Snapshot> {
    const keys = tables.map(tableKey);
    if (this.#snapshot && keys.every((key) => this.#tables.has(key))) return this.#snapshot;
    await this.closeSnapshot();
    this.#snapshot = await session.openSnapshot(count, tables);
    this.#tables = new Set(keys);
    this.#takenAt = new Date();
    return this.#snapshot;
  }

  /** To be called when the ledger names this snapshot. */
  recorded(): void {
    this.#isRecorded = true;
  }

  /** Rejects with a SluiceError when the snapshot is lost. */
  async keepAlive(): Promise<void> {
    await this.#snapshot?.keepAlive?.();
  }

  async closeSnapshot(): Promise<void> {
    const snapshot = this.#snapshot;
    this.#snapshot = this.#takenAt = null;
    this.#isRecorded = false;
    await snapshot?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeSnapshot();
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = null;
  }
}
