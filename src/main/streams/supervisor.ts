/** Which streams may run: start, pause, resume, stop, one command on a stream after the other (SPEC 5). */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { newIdentifier } from '../../shared/model/identifier.ts';
import { completeOptions, type SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { PausedBy, StreamDetail, StreamStatistics, StreamSummary } from '../../shared/model/stream.ts';
import type { StreamAssignment } from '../hosts/stream-host.ts';
import type { StreamFilter } from '../stores/journal.ts';
import { timestamp, unixSeconds } from './clock.ts';
import type { LiveStream, StreamSurroundings } from './live-stream.ts';
import { pauseReasons } from './stream-reasons.ts';
import { statisticsAnswer } from './statistics.ts';
import { refuseSecondRun, refuseSharedTables, refuseUnknownMode, type Holder } from './stream-rules.ts';
import { StreamShelf } from './stream-shelf.ts';

/** Both ends reached and their secrets resolved: what a host needs beyond the config. */
export interface PreparedEnds {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly secrets: readonly string[];
  /** Target tables that a run writes, named so that the same table has the same name whatever its connection. */
  readonly claims: readonly string[];
  /** Nobody is there to hear that a database cannot be reached: the stream waits for it. Default false. */
  readonly isUnattended?: boolean;
}

export type Prepare = (config: SavedStreamConfig) => Promise<PreparedEnds>;
/** Drops what a stream without a host keeps in its databases. Returns what could not be dropped. Never rejects. */
export type Release = (stream: StreamDetail) => Promise<Finding[]>;

/** What other parts may ask about a stream that is active or about to be. */
export interface StreamUse {
  readonly id: string;
  readonly configID: string;
  /** Connection ids. */
  readonly source: string;
  readonly target: string;
}

type Reservation = StreamUse & Holder;

export class Supervisor {
  readonly #surroundings: StreamSurroundings;
  readonly #shelf: StreamShelf;
  /** Starts under way, by config id. */
  readonly #starting = new Map<string, Reservation>();
  /** Streams whose hosts are being started. */
  readonly #beginnings = new Set<Promise<unknown>>();
  /** End of the last command of each stream: commands on one stream run one after the other. */
  readonly #commands = new Map<string, Promise<unknown>>();
  #isClosing = false;

  constructor(surroundings: StreamSurroundings) {
    this.#surroundings = surroundings;
    this.#shelf = new StreamShelf(surroundings);
  }

  /** At the start of the app: streams that a crash left running come back PAUSED. Returns every PAUSED stream. */
  recover(): StreamSummary[] {
    const { clock } = this.#surroundings;
    this.#shelf.load();
    for (const stream of this.#shelf.active) {
      stream.statistics.runningSince = null;
      stream.loseSnapshot('Sluice ended meanwhile');
      if (stream.state.status === 'PAUSED') continue;
      stream.enter(
        { type: 'recover' },
        { paused: unixSeconds(clock), pausedBy: 'crash', reason: pauseReasons.crash, phaseDetail: null },
      );
    }
    return this.#shelf.active.map((stream) => stream.summary);
  }

  /** Forgets streams that ended more than so many days ago; 0: none. */
  forgetAfter(days: number): void {
    if (days === 0) return;
    const { clock, publish } = this.#surroundings;
    for (const streamID of this.#shelf.forgetEndedBefore(unixSeconds(clock) - days * 86_400))
      publish({ type: 'deleted', streamID, at: timestamp(clock) });
  }

  /**
   * Starts a stream. `claims`: the target tables as far as they are known without a connection. Everything up to `prepare`
   * happens at once, so that of several simultaneous starts one wins. Rejects `config_invalid`, `conflict`, or whatever `prepare` rejects.
   */
  async start(config: SavedStreamConfig, claims: readonly string[], prepare: Prepare): Promise<StreamSummary> {
    this.#refuseWhenClosing();
    refuseUnknownMode(config.mode, this.#surroundings.hosts.modes);
    const starting = this.#starting.get(config.id) ?? null;
    refuseSecondRun(starting, starting ? null : this.#shelf.latestOf(config.id));
    refuseSharedTables(claims, this.#holders(config.id));
    const { clock } = this.#surroundings;
    const id = newIdentifier('stream', unixSeconds(clock));
    this.#starting.set(config.id, { id, configID: config.id, source: config.source, target: config.target, claims });
    try {
      const ends = await prepare(config);
      this.#refuseWhenClosing();
      refuseSharedTables(ends.claims, this.#holders(config.id));
      const stream = this.#shelf.create(id, config, [...new Set([...claims, ...ends.claims])]);
      return await this.#beginning(async () => {
        try {
          await stream.begin(assignment(stream, ends), ends.secrets, 'start');
          await this.#pauseWhenClosing(stream);
        } catch (error) {
          this.#shelf.forget(id);
          throw error;
        }
        return stream.summary;
      });
    } finally {
      this.#starting.delete(config.id);
    }
  }

  /** Rejects `conflict` when it is not RUNNING, or ended otherwise while it was asked to pause. */
  async pause(id: string, by: PausedBy = 'user'): Promise<StreamSummary> {
    return await this.#command(id, async (stream) => {
      stream.require({ type: 'pause' });
      await stream.end({ type: 'pause', by });
      return expectStatus(stream, 'PAUSED');
    });
  }

  async resume(id: string, prepare: Prepare): Promise<StreamSummary> {
    return await this.#command(id, async (stream) => {
      this.#refuseWhenClosing();
      stream.require({ type: 'resume' });
      refuseSharedTables(stream.claims, this.#holders(stream.state.configID, id));
      const { config } = stream.state;
      const ends = await prepare(config);
      this.#refuseWhenClosing();
      refuseSharedTables(stream.claims, this.#holders(stream.state.configID, id));
      this.#shelf.hold(stream);
      return await this.#beginning(async () => {
        try {
          await stream.begin(assignment(stream, ends), ends.secrets, 'resume');
          await this.#pauseWhenClosing(stream);
        } finally {
          this.#shelf.release(stream);
        }
        return stream.summary;
      });
    });
  }

  async stop(id: string, release: Release): Promise<StreamSummary> {
    return await this.#command(id, async (stream) => {
      stream.require({ type: 'stop' });
      if (stream.state.status === 'RUNNING') {
        await stream.end({ type: 'stop' });
        return expectStatus(stream, 'STOPPED');
      }
      stream.addFindings(await release(stream.detail));
      stream.enter({ type: 'stop' }, { stopped: unixSeconds(this.#surroundings.clock), reason: null });
      return stream.summary;
    });
  }

  async finish(id: string): Promise<StreamSummary> {
    return await this.#command(id, async (stream) => {
      stream.require({ type: 'cut-over' });
      stream.cutOver();
      return await Promise.resolve(stream.summary);
    });
  }

  /** Deletes an ended stream. What a resumable one keeps in its databases is released first. */
  async delete(id: string, release: Release): Promise<void> {
    await this.#command(id, async (stream) => {
      stream.require({ type: 'delete' });
      if (stream.state.resumable) await release(stream.detail);
      this.#shelf.forget(id);
    });
    const { clock, publish } = this.#surroundings;
    publish({ type: 'deleted', streamID: id, at: timestamp(clock) });
  }

  /** Throws `not_found`. */
  detail(id: string): StreamDetail {
    return this.#shelf.find(id).detail;
  }

  list(filter: StreamFilter): StreamSummary[] {
    return this.#shelf.list(filter);
  }

  statistics(id: string): StreamStatistics {
    const stream = this.#shelf.find(id);
    return statisticsAnswer(stream.state, stream.statistics, stream.tables, this.#surroundings.clock.now());
  }

  activeStatistics(): StreamStatistics[] {
    return this.#shelf.active.map(({ state }) => this.statistics(state.id));
  }

  /** Streams that are READY, RUNNING, PAUSED or being started. */
  inUse(): StreamUse[] {
    return [...this.#shelf.active.map(({ state }) => state), ...this.#starting.values()];
  }

  /** Streams that wait for their next attempt make it at once: what they wait for may have changed. */
  retryWaiting(): void {
    for (const stream of this.#shelf.active) stream.retry();
  }

  running(): StreamSummary[] {
    return this.#shelf.active.map(({ summary }) => summary).filter(({ status }) => status === 'RUNNING');
  }

  /** Pauses everything durably; nothing starts any more. Ends within twice the grace period. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const stream of this.#shelf.active) stream.loseSnapshot('Sluice was closed');
    const running = this.#shelf.active.filter((stream) => stream.state.status === 'RUNNING');
    await Promise.all(running.map(async (stream) => await stream.end({ type: 'pause', by: 'quit' })));
  }

  /** After the processes of all hosts were ended: resolves when those that were being started have been heard of. */
  async settle(): Promise<void> {
    const { clock, exitMs } = this.#surroundings;
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(exitMs, resolve);
    await Promise.race([Promise.allSettled(this.#beginnings), tooLong]);
    cancel();
  }

  async #beginning<Result>(work: () => Promise<Result>): Promise<Result> {
    const beginning = work();
    this.#beginnings.add(beginning);
    try {
      return await beginning;
    } finally {
      this.#beginnings.delete(beginning);
    }
  }

  async #command<Result>(id: string, work: (stream: LiveStream) => Promise<Result>): Promise<Result> {
    const before = this.#commands.get(id);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return await work(this.#shelf.find(id));
    })();
    this.#commands.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#commands.get(id) === mine) this.#commands.delete(id);
    }
  }

  /** What holds tables beside the stream `ownID`, or the start that is under way of the config `configID`. */
  #holders(configID: string, ownID: string | null = null): Holder[] {
    const active = this.#shelf.active.map(({ state, claims }) => ({ id: state.id, claims }));
    const starting = [...this.#starting.values()].filter((each) => each.configID !== configID);
    return [...active, ...starting].filter(({ id }) => id !== ownID);
  }

  #refuseWhenClosing(): void {
    if (this.#isClosing) throw new SluiceError('unavailable', 'Sluice is shutting down.');
  }

  /** A stream whose host came up while the others were being paused. */
  async #pauseWhenClosing(stream: LiveStream): Promise<void> {
    if (this.#isClosing) await stream.end({ type: 'pause', by: 'quit' });
  }
}

const assignment = (
  { state, isComplete, statistics }: LiveStream,
  { source, target, isUnattended = false }: PreparedEnds,
): StreamAssignment => ({
  streamId: state.id,
  options: completeOptions(state.config),
  source,
  target,
  wasPlanned: state.guarantee !== null || isUnattended,
  ranMs: statistics.runMs,
  wasComplete: isComplete,
});

function expectStatus(stream: LiveStream, wanted: 'PAUSED' | 'STOPPED'): StreamSummary {
  const { summary } = stream;
  if (summary.status === wanted) return summary;
  throw new SluiceError(
    'conflict',
    `Stream ${summary.id} became ${summary.status} before it could be ${wanted}${summary.reason ? `: ${summary.reason}` : '.'}`,
    { status: summary.status },
  );
}
