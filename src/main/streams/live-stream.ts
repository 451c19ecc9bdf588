/** One stream in memory: takes in what its host tells, keeps its state, counters and journal in step. */
import { errorCodes } from '../../shared/errors/error-codes.ts';
import { SluiceError, type ErrorData } from '../../shared/errors/sluice-error.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { RowError, RunEvent, TableProgress } from '../../shared/model/run-event.ts';
import {
  streamSummarySchema,
  type PausedBy,
  type StreamDetail,
  type StreamSummary,
} from '../../shared/model/stream.ts';
import { redactEvent } from '../../shared/errors/redact.ts';
import type { Journal, StreamRecord } from '../stores/journal.ts';
import type { RejectFile } from '../stores/reject-file.ts';
import { timestamp, unixSeconds, type Clock } from './clock.ts';
import { refusal, transition, type LifecycleEvent } from './lifecycle.ts';
import { beginRunning, endRunning, TableCounters, type StatisticsState } from './statistics.ts';
import {
  crashError,
  pauseReasons,
  snapshotHeld,
  snapshotLost,
  snapshotOld,
  unansweredReason,
} from './stream-reasons.ts';
import { HeldSnapshot } from './held-snapshot.ts';
import type { StreamAssignment, StreamHost, StreamHostListener, StreamHosts } from '../hosts/stream-host.ts';

export interface StreamSurroundings {
  readonly journal: Journal;
  /** Of a stream: where its refused rows are kept beside the journal. */
  readonly rejectFile: (streamId: string) => RejectFile;
  readonly hosts: StreamHosts;
  readonly clock: Clock;
  readonly publish: (event: AppEvent) => void;
  /** How long a host may take to pause or stop before its process is ended. */
  readonly graceMs: number;
  /** How long to wait then until it is gone, and what it left in the databases is cleared up. */
  readonly exitMs: number;
  /** Hears of states that could not be written; they are tried again every second. */
  readonly onError: (error: unknown) => void;
}

type StreamState = StreamRecord['stream'];
type EndEvent = Extract<RunEvent, { type: 'end' }>;

/** What a host was asked to do last; decides how its end is read. */
type Intent = { readonly type: 'pause'; readonly by: PausedBy } | { readonly type: 'stop' };

/** One time in RUNNING. Whatever a host of an earlier one still says must not touch a later one. */
interface Run {
  host: StreamHost | null;
  intent: Intent | null;
  /** Settles when the stream has left RUNNING. */
  readonly over: PromiseWithResolvers<void>;
  /** Settles when the process is gone. */
  readonly gone: PromiseWithResolvers<void>;
}

const saveAgainMs = 1_000;
/** A plan of ten thousand tables has as many findings: they are not worth a write each. */
const saveSoonMs = 250;

export class LiveStream {
  readonly claims: readonly string[];
  readonly statistics: StatisticsState;
  readonly #surroundings: StreamSurroundings;
  readonly #counters: TableCounters;
  readonly #rejects: RejectFile;
  #stream: StreamState;
  #run: Run | null = null;
  #held: HeldSnapshot | null = null;
  /** Something in memory is not in the journal yet, and a later save is under way. */
  #isUnsaved = false;
  readonly #findings: Finding[];
  /** The same as JSON: a resumed run finds again what the first one found. */
  readonly #knownFindings: Set<string>;

  constructor(
    record: StreamRecord,
    statistics: StatisticsState,
    tables: readonly TableProgress[],
    surroundings: StreamSurroundings,
  ) {
    this.#stream = record.stream;
    this.#findings = [...record.stream.findings];
    this.#knownFindings = new Set(this.#findings.map((finding) => JSON.stringify(finding)));
    this.claims = record.claims;
    this.statistics = statistics;
    this.#counters = new TableCounters(tables);
    this.#surroundings = surroundings;
    this.#rejects = surroundings.rejectFile(record.stream.id);
  }

  get state(): StreamState {
    return this.#stream;
  }

  get detail(): StreamDetail {
    const rejectFile = this.#rejects.path;
    return { ...this.#aged, findings: [...this.#findings], tables: this.#counters.list, rejectFile };
  }

  get summary(): StreamSummary {
    return streamSummarySchema.parse(this.#aged);
  }

  get #aged(): StreamState {
    const { snapshotTaken } = this.#stream;
    if (snapshotTaken === undefined) return this.#stream;
    return { ...this.#stream, snapshotAgeSeconds: unixSeconds(this.#surroundings.clock) - snapshotTaken };
  }

  /** A run has told that nothing is left to do. */
  get isComplete(): boolean {
    return this.#counters.isComplete;
  }

  get tables(): TableProgress[] {
    return this.#counters.list;
  }

  /** Throws `conflict` where the state does not allow a command. */
  require(command: LifecycleEvent & { type: 'pause' | 'resume' | 'stop' | 'delete' | 'cut-over' }): void {
    if (!transition(this.#stream, command)) {
      throw new SluiceError('conflict', `Stream ${this.#stream.id} ${refusal(this.#stream, command.type)}`, {
        status: this.#stream.status,
      });
    }
  }

  /**
   * Moves to the state that `event` leads to, with `changes`, in the journal first. Throws `conflict` where the table has no
   * such transition.
   */
  enter(event: LifecycleEvent, changes: Partial<StreamState> = {}): void {
    const next = transition(this.#stream, event);
    if (!next) throw new SluiceError('conflict', `Stream ${this.#stream.id} ${refusal(this.#stream, event.type)}`);
    // A snapshot is held in PAUSED only: whoever enters it says so.
    this.#stream = { ...this.#stream, snapshotTaken: undefined, ...next, ...changes };
    if (next.status !== 'PAUSED') this.#takeHeld()?.kill();
    this.save();
    this.#publish({ type: 'stream', stream: this.summary });
  }

  /** A full disk must not end a run: the state counts from now on, and is written as soon as that is possible. */
  save(): void {
    const { journal, onError } = this.#surroundings;
    try {
      const stream = { ...this.#stream, findings: this.#findings };
      journal.saveStream({ stream, claims: this.claims }, this.statistics);
      this.#isUnsaved = false;
    } catch (error) {
      onError(error);
      this.#saveWithin(saveAgainMs);
    }
  }

  #saveWithin(ms: number): void {
    const { journal, clock } = this.#surroundings;
    if (this.#isUnsaved) return;
    this.#isUnsaved = true;
    clock.after(ms, () => {
      const isDue = this.#isUnsaved && journal.isOpen;
      this.#isUnsaved = false;
      if (isDue) this.save();
    });
  }

  /** In memory at once; in the journal soon, or with the next state. */
  addFindings(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const text = JSON.stringify(finding);
      if (this.#knownFindings.has(text)) continue;
      this.#knownFindings.add(text);
      this.#findings.push(finding);
    }
    this.#saveWithin(saveSoonMs);
  }

  /** Starts a host and enters RUNNING. Rejects, with the state as it was, when there is no host to be had. */
  async begin(assignment: StreamAssignment, secrets: readonly string[], type: 'start' | 'resume'): Promise<void> {
    const run: Run = {
      host: null,
      intent: null,
      over: Promise.withResolvers(),
      gone: Promise.withResolvers(),
    };
    // Events may come before the start is confirmed, when there is no RUNNING yet to which they could belong.
    let early: (() => void)[] | null = [];
    const inOrder = (work: () => void) => (early ? void early.push(work) : work());
    const listener: StreamHostListener = {
      onEvent: (event) => inOrder(() => this.#take(run, redactEvent(event, secrets))),
      onExit: (error) => inOrder(() => this.#exited(run, error)),
    };
    run.host = this.#takeHeld();
    if (run.host) run.host.resume(assignment, listener);
    else run.host = await this.#surroundings.hosts.start(assignment, listener);
    this.#run = run;
    const { clock } = this.#surroundings;
    beginRunning(this.statistics, clock.now());
    const moment = type === 'start' ? { started: unixSeconds(clock) } : { resumed: unixSeconds(clock) };
    this.enter({ type }, { ...moment, reason: null, error: null, pausedBy: null, phaseDetail: null });
    const waiting = early;
    early = null;
    for (const work of waiting) work();
  }

  /** Asks the host to end, and ends its process when it takes too long. Resolves when the run is over. */
  async end(intent: Intent): Promise<void> {
    const run = this.#run;
    if (!run?.host) return;
    run.intent = intent;
    const { pauseHoldsSnapshot = false } = this.#stream.config;
    if (intent.type === 'pause') run.host.pause({ holdSnapshot: pauseHoldsSnapshot && intent.by === 'user' });
    else run.host.stop();
    const { graceMs, exitMs } = this.#surroundings;
    if (await this.#within(graceMs, run.over.promise)) return;
    run.host?.kill();
    await this.#within(exitMs, run.gone.promise);
    this.#conclude(run, null, null);
  }

  /** The snapshot that it held is gone, or goes now. `why`: as the beginning of a sentence. */
  loseSnapshot(why: string): void {
    const { snapshotTaken } = this.#stream;
    if (snapshotTaken === undefined) return;
    this.#takeHeld()?.kill();
    const reason = snapshotLost(snapshotTaken, why);
    this.#stream = { ...this.#stream, snapshotTaken: undefined, reason };
    this.#log('warning', reason);
    this.save();
    this.#publish({ type: 'stream', stream: this.summary });
  }

  /** Where it waits for its next attempt, that is made at once. */
  retry(): void {
    if (this.#stream.phase === 'waiting') this.#run?.host?.retry();
  }

  cutOver(): void {
    this.enter({ type: 'cut-over' });
    this.#run?.host?.finish();
  }

  /** False when the time was over first. */
  async #within(ms: number, work: Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#surroundings.clock.after(ms, () => resolve(false));
    void work.then(() => resolve(true));
    try {
      return await promise;
    } finally {
      cancel();
    }
  }

  #take(run: Run, event: RunEvent): void {
    if (run !== this.#run || this.#stream.status !== 'RUNNING') return;
    const { journal, clock } = this.#surroundings;
    const id = this.#stream.id;
    switch (event.type) {
      case 'phase':
        this.enter(event, { phaseDetail: event.detail });
        break;
      case 'plan':
        this.#counters.apply(event, this.statistics, clock.now());
        this.#stream = { ...this.#stream, guarantee: event.guarantee, guaranteeReason: event.reason };
        this.save();
        journal.saveTables(id, this.#counters.list);
        break;
      case 'progress':
        this.#counters.apply(event, this.statistics, clock.now());
        journal.saveProgress(id, event.table, this.statistics);
        // The target's ledger goes now: from here on only the journal knows that all is done.
        if (event.table.status === 'done' && this.#counters.isComplete) this.save();
        break;
      case 'finding':
        this.addFindings([event.finding]);
        break;
      case 'build':
        if (event.error) this.#log('error', `${event.kind} ${event.name} of ${event.table}: ${event.error.message}`);
        break;
      case 'row-error':
        this.#reject(event.error);
        break;
      case 'comparing':
      case 'compared':
        break;
      case 'log':
        this.#log(event.level, event.message);
        break;
      case 'end':
        this.#conclude(run, event, null);
        break;
      default:
        event satisfies never;
    }
    this.#publish(event);
  }

  #exited(run: Run, error: ErrorData | null): void {
    run.host = null;
    run.gone.resolve();
    this.#conclude(run, null, error);
    if (run === this.#run) this.loseSnapshot(error?.message ?? 'Its process ended');
  }

  #takeHeld(): StreamHost | null {
    const host = this.#held?.take() ?? null;
    this.#held = null;
    return host;
  }

  #hold(host: StreamHost, taken: number): void {
    this.#log('info', snapshotHeld(taken));
    this.#held = new HeldSnapshot(host, taken, this.#surroundings.clock, {
      onAge: () => this.#publish({ type: 'stream', stream: this.summary }),
      onHour: (hours) => this.#log('warning', snapshotOld(taken, hours)),
    });
  }

  /** Leaves RUNNING: told by the host (`end`), or because its process is gone or will not answer. */
  #conclude(run: Run, end: EndEvent | null, crash: ErrorData | null): void {
    if (run !== this.#run || this.#stream.status !== 'RUNNING') return;
    const { clock } = this.#surroundings;
    endRunning(this.statistics, clock.now());
    const moment = unixSeconds(clock);
    const { intent, host } = run;
    const outcome =
      end && !(intent && end.error?.code === 'cancelled') ? end.status : intent ? intentEnd[intent.type] : 'FAILED';
    const error = end?.error ?? crash ?? (end || intent ? null : crashError);
    const silent = end ? null : unansweredReason;
    switch (outcome) {
      case 'FINISHED':
        this.enter({ type: 'finish' }, { finished: moment, reason: end?.reason ?? null });
        break;
      case 'PAUSED': {
        const pausedBy = intent?.type === 'pause' ? intent.by : 'engine';
        const reason = end?.reason ?? silent ?? pauseReasons[pausedBy];
        const snapshotTaken = host ? end?.snapshotTaken : undefined;
        this.enter(
          { type: 'pause' },
          { paused: moment, pausedBy, reason, error: intent ? null : error, snapshotTaken },
        );
        if (host && snapshotTaken !== undefined) this.#hold(host, snapshotTaken);
        break;
      }
      case 'STOPPED':
        this.enter({ type: 'stop' }, { stopped: moment, reason: end?.reason ?? silent });
        break;
      case 'FAILED': {
        const failure = error ?? crashError;
        const { resumable } = errorCodes[failure.code];
        this.enter({ type: 'fail', resumable }, { failed: moment, reason: failure.message, error: failure });
        break;
      }
      default:
        outcome satisfies never;
    }
    run.over.resolve();
    // A host that has told its end leaves by itself; one that does not is helped.
    if (host && !this.#held) {
      const cancel = clock.after(this.#surroundings.graceMs, () => host.kill());
      void run.gone.promise.then(cancel);
    }
  }

  #reject(error: RowError): void {
    const { journal, clock } = this.#surroundings;
    journal.addRowError(this.#stream.id, timestamp(clock), error);
    try {
      this.#rejects.add(error);
    } catch (thrown) {
      // A full disk must not end a run: the journal has the row, and writes it as soon as that is possible.
      this.#log('warning', `A refused row is missing in the reject file: ${String(thrown)}`);
    }
  }

  #log(level: 'info' | 'warning' | 'error', message: string): void {
    this.#surroundings.journal.addLog(this.#stream.id, { at: timestamp(this.#surroundings.clock), level, message });
  }

  #publish(event: RunEvent | { type: 'stream'; stream: StreamSummary }): void {
    this.#surroundings.publish({ ...event, streamID: this.#stream.id, at: timestamp(this.#surroundings.clock) });
  }
}

const intentEnd = { pause: 'PAUSED', stop: 'STOPPED' } as const;
