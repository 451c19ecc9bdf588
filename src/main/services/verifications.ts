/** Comparisons of source and target: they take as long as they take, so they run in the background, one per stream. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { VerifyReport } from '../../shared/model/copy-plan.ts';
import type { StreamDetail } from '../../shared/model/stream.ts';
import type { StreamEnds } from '../hosts/inspector.ts';
import type { Journal } from '../stores/journal.ts';
import { unixSeconds, type Clock } from '../streams/clock.ts';
import type { ConnectionAccess, Opened } from './connection-access.ts';

const emptyReport: VerifyReport = {
  status: 'none',
  started: null,
  ended: null,
  error: null,
  differences: 0,
  tables: [],
};

/** A comparison reads every row of both sides. */
const verifyMs = 24 * 3_600_000;

export class Verifications {
  readonly #journal: Journal;
  readonly #access: ConnectionAccess;
  readonly #clock: Clock;
  readonly #onDefect: (error: unknown) => void;
  readonly #running = new Map<string, AbortController>();

  constructor(journal: Journal, access: ConnectionAccess, clock: Clock, onDefect: (error: unknown) => void) {
    this.#journal = journal;
    this.#access = access;
    this.#clock = clock;
    this.#onDefect = onDefect;
  }

  latest({ id }: Pick<StreamDetail, 'id'>): VerifyReport {
    const report = this.#journal.verification(id) ?? emptyReport;
    if (report.status !== 'running' || this.#running.has(id)) return report;
    return { ...report, status: 'failed', error: 'Sluice ended while the comparison was running.' };
  }

  /** Begins a comparison and returns at once. Rejects `conflict`, `config_invalid` or `secret_missing`. */
  async start(stream: StreamDetail): Promise<VerifyReport> {
    return await this.#begin(stream, 'verify');
  }

  /** Copies the differing rows again, then compares again. */
  async repair(stream: StreamDetail): Promise<VerifyReport> {
    const last = this.latest(stream);
    if (last.status !== 'different') {
      const message = `Stream ${stream.id} has no comparison that found differences; verify it first.`;
      throw new SluiceError('conflict', message);
    }
    return await this.#begin(stream, 'repair');
  }

  refuseWhileRunning(id: string): void {
    if (this.#running.has(id))
      throw new SluiceError('conflict', `Source and target of stream ${id} are being compared.`);
  }

  /** Cancels what runs: the app ends. */
  close(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  async #begin({ id, status, config }: StreamDetail, work: 'verify' | 'repair'): Promise<VerifyReport> {
    this.refuseWhileRunning(id);
    if (status === 'RUNNING' || status === 'READY') {
      const message = `Stream ${id} is ${status}: rows are still on their way. Pause it, or wait until it has ended.`;
      throw new SluiceError('conflict', message);
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const opened = await this.#access.openEnds(config);
      const report: VerifyReport = { ...emptyReport, status: 'running', started: unixSeconds(this.#clock) };
      this.#journal.saveVerification(id, report);
      void this.#compare(id, report, opened, controller.signal, work);
      return report;
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
  }

  async #compare(
    id: string,
    report: VerifyReport,
    opened: Opened<StreamEnds>,
    signal: AbortSignal,
    work: 'verify' | 'repair',
  ): Promise<void> {
    let outcome: Partial<VerifyReport>;
    try {
      const { tables } = await this.#access.ask(opened, verifyMs, signal, (inspector, ends, call) =>
        inspector[work](ends, call),
      );
      const differences = tables.reduce((sum, table) => sum + table.differences, 0);
      outcome = { status: differences === 0 ? 'equal' : 'different', differences, tables };
    } catch (error) {
      outcome = { status: 'failed', error: SluiceError.from(error).message };
    }
    this.#running.delete(id);
    // The app may have ended meanwhile, and the journal with it: the report stays `running`, which `latest` reads rightly.
    if (signal.aborted) return;
    try {
      this.#journal.saveVerification(id, { ...report, ...outcome, ended: unixSeconds(this.#clock) });
    } catch (error) {
      this.#onDefect(error);
    }
  }
}
