/** Which streams there are and which may run: start, pause, resume, stop, and the rules between streams (SPEC 5). */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { newIdentifier } from '../../shared/model/identifier.ts';
import { completeOptions, type SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { PausedBy, StreamDetail, StreamStatistics, StreamSummary } from '../../shared/model/stream.ts';
import type { StreamAssignment } from '../hosts/stream-host.ts';
import type { StreamFilter, StreamRecord } from '../stores/journal.ts';
import { timestamp, unixSeconds } from './clock.ts';
import { isActive, readyState, transition } from './lifecycle.ts';
import { crashReason, LiveStream, type StreamSurroundings } from './live-stream.ts';
import { newStatistics, statisticsAnswer, type StatisticsState } from './statistics.ts';

/** Both ends reached and their secrets resolved: what a host needs beyond the config. */
export interface PreparedEnds {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly secrets: readonly string[];
  /** Target tables that a run writes, named so that the same table has the same name whatever its connection. */
  readonly claims: readonly string[];
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

interface Reservation extends StreamUse {
  readonly claims: readonly string[];
}

export class Supervisor {
  readonly #surroundings: StreamSurroundings;
  /** Every stream that is READY, RUNNING or PAUSED. */
  readonly #active = new Map<string, LiveStream>();
  /** Starts under way, by config id. */
  readonly #starting = new Map<string, Reservation>();
  /** Streams whose hosts are being started. */
  readonly #beginnings = new Set<Promise<unknown>>();
  /** End of the last command of each stream: commands on one stream run one after the other. */
  readonly #commands = new Map<string, Promise<unknown>>();
  #isClosing = false;

  constructor(surroundings: StreamSurroundings) {
    this.#surroundings = surroundings;
  }

  /** At the start of the app: streams that a crash left running come back PAUSED. Returns every PAUSED stream. */
  recover(): StreamSummary[] {
    const { journal, clock } = this.#surroundings;
    for (const status of ['READY', 'RUNNING', 'PAUSED'] as const) {
      for (const record of journal.streams({ status, limit: -1, offset: 0 })) {
        const stream = this.#revive(record);
        this.#active.set(record.stream.id, stream);
        stream.statistics.runningSince = null;
        if (status === 'PAUSED') continue;
        stream.enter(
          { type: 'recover' },
          { paused: unixSeconds(clock), pausedBy: 'crash', reason: crashReason, phaseDetail: null },
        );
      }
    }
    return [...this.#active.values()].map((stream) => stream.summary);
  }

  /**
   * Starts a stream. `claims`: the target tables as far as they are known without a connection. Everything up to `prepare`
   * happens at once, so that of several simultaneous starts one wins. Rejects `conflict`, or whatever `prepare` rejects.
   */
  async start(config: SavedStreamConfig, claims: readonly string[], prepare: Prepare): Promise<StreamSummary> {
    this.#refuseWhenClosing();
    this.#refuseSecondRun(config);
    this.#refuseSharedTables(claims, config.id);
    const { clock } = this.#surroundings;
    const id = newIdentifier('stream', unixSeconds(clock));
    this.#starting.set(config.id, { id, configID: config.id, source: config.source, target: config.target, claims });
    try {
      const ends = await prepare(config);
      this.#refuseWhenClosing();
      this.#refuseSharedTables(ends.claims, config.id);
      const stream = this.#create(id, config, [...new Set([...claims, ...ends.claims])]);
      return await this.#beginning(async () => {
        try {
          await stream.begin(assignment(id, config, ends, false), ends.secrets, 'start');
          await this.#pauseWhenClosing(stream);
        } catch (error) {
          this.#forget(id);
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
      this.#refuseSharedTables(stream.claims, stream.state.configID, id);
      const { config } = stream.state;
      const ends = await prepare(config);
      this.#refuseWhenClosing();
      this.#refuseSharedTables(stream.claims, stream.state.configID, id);
      this.#active.set(id, stream);
      return await this.#beginning(async () => {
        try {
          await stream.begin(assignment(id, config, ends, stream.isComplete), ends.secrets, 'resume');
          await this.#pauseWhenClosing(stream);
        } finally {
          this.#drop(stream);
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
      this.#forget(id);
    });
    const { clock, publish } = this.#surroundings;
    publish({ type: 'deleted', streamID: id, at: timestamp(clock) });
  }

  /** Throws `not_found`. */
  detail(id: string): StreamDetail {
    return this.#find(id).detail;
  }

  list(filter: StreamFilter): StreamSummary[] {
    return this.#surroundings.journal.streams(filter).map((record) => this.#revive(record, true).summary);
  }

  statistics(id: string): StreamStatistics {
    const stream = this.#find(id);
    return statisticsAnswer(stream.state, stream.statistics, stream.tables, this.#surroundings.clock.now());
  }

  activeStatistics(): StreamStatistics[] {
    return [...this.#active.keys()].map((id) => this.statistics(id));
  }

  /** Streams that are READY, RUNNING, PAUSED or being started. */
  inUse(): StreamUse[] {
    return [...[...this.#active.values()].map(({ state }) => state), ...this.#starting.values()];
  }

  /** Streams that wait for their next attempt make it at once: what they wait for may have changed. */
  retryWaiting(): void {
    for (const stream of this.#active.values()) stream.retry();
  }

  running(): StreamSummary[] {
    return [...this.#active.values()].map(({ summary }) => summary).filter(({ status }) => status === 'RUNNING');
  }

  /** Pauses everything durably; nothing starts any more. Ends within twice the grace period. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const running = [...this.#active.values()].filter((stream) => stream.state.status === 'RUNNING');
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

  #create(id: string, config: SavedStreamConfig, claims: readonly string[]): LiveStream {
    const { clock, journal } = this.#surroundings;
    const record: StreamRecord = {
      stream: {
        id,
        configID: config.id,
        name: config.name,
        mode: config.mode,
        source: config.source,
        target: config.target,
        ...readyState,
        phaseDetail: null,
        reason: null,
        pausedBy: null,
        error: null,
        created: unixSeconds(clock),
        config,
        guarantee: null,
        guaranteeReason: null,
        findings: [],
      },
      claims,
    };
    const stream = new LiveStream(record, newStatistics(config.reportingIntervals, clock.now()), [], this.#inner(id));
    journal.saveStream(record, stream.statistics);
    this.#active.set(id, stream);
    return stream;
  }

  /** A stream of the journal in memory: the active one where there is one. */
  #revive(record: StreamRecord, isSummaryEnough = false): LiveStream {
    const { id, config, created } = record.stream;
    const active = this.#active.get(id);
    if (active) return active;
    const { journal } = this.#surroundings;
    const statistics = isSummaryEnough ? null : (journal.statistics(id) as StatisticsState | null);
    return new LiveStream(
      record,
      statistics ?? newStatistics(config.reportingIntervals, created * 1000),
      isSummaryEnough ? [] : journal.tables(id),
      this.#inner(id),
    );
  }

  /** The surroundings of one stream: it leaves the active ones by itself when it ends. */
  #inner(id: string): StreamSurroundings {
    return {
      ...this.#surroundings,
      publish: (event) => {
        if (event.type === 'stream' && !isActive(event.stream.status)) this.#active.delete(id);
        this.#surroundings.publish(event);
      },
    };
  }

  #drop(stream: LiveStream): void {
    if (!isActive(stream.state.status)) this.#active.delete(stream.state.id);
  }

  #forget(id: string): void {
    this.#active.delete(id);
    this.#surroundings.journal.deleteStream(id);
  }

  #find(id: string): LiveStream {
    const active = this.#active.get(id);
    if (active) return active;
    const record = this.#surroundings.journal.stream(id);
    if (record) return this.#revive(record);
    if (id.startsWith('config_')) {
      throw new SluiceError(
        'not_found',
        `${id} is the id of a stream configuration; this address takes the id of a stream (stream_...), which start answers.`,
      );
    }
    throw new SluiceError('not_found', `There is no stream ${id}.`);
  }

  async #command<Result>(id: string, work: (stream: LiveStream) => Promise<Result>): Promise<Result> {
    const before = this.#commands.get(id);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return await work(this.#find(id));
    })();
    this.#commands.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#commands.get(id) === mine) this.#commands.delete(id);
    }
  }

  #refuseWhenClosing(): void {
    if (this.#isClosing) throw new SluiceError('unavailable', 'Sluice is shutting down.');
  }

  /** A stream whose host came up while the others were being paused. */
  async #pauseWhenClosing(stream: LiveStream): Promise<void> {
    if (this.#isClosing) await stream.end({ type: 'pause', by: 'quit' });
  }

  #refuseSecondRun(config: SavedStreamConfig): void {
    const starting = this.#starting.get(config.id);
    const latest = starting ? null : this.#surroundings.journal.latestOf(config.id)?.stream;
    const holds = latest && (isActive(latest.status) || transition(latest, { type: 'resume' }));
    if (!starting && !holds) return;
    const [id, state] = starting
      ? [starting.id, 'being started']
      : [latest!.id, latest!.resumable ? 'FAILED and can be resumed' : latest!.status];
    throw new SluiceError(
      'conflict',
      `Stream ${id} of this configuration is ${state}. ${starting || isActive(latest!.status) ? 'Stop it first, or start a clone of the configuration.' : 'Resume, stop or delete it first.'}`,
      { streamID: id },
    );
  }

  #refuseSharedTables(claims: readonly string[], configID: string, ownID: string | null = null): void {
    const wanted = new Set(claims);
    const others = [
      ...[...this.#active.values()].map(({ state, claims: held }) => ({ id: state.id, claims: held })),
      ...[...this.#starting].filter(([config]) => config !== configID).map(([, reservation]) => reservation),
    ];
    for (const { id, claims: held } of others) {
      const shared = id === ownID ? undefined : held.find((claim) => wanted.has(claim));
      if (shared === undefined) continue;
      throw new SluiceError(
        'conflict',
        `Stream ${id} writes the target table ${tableOfClaim(shared)} too. Stop it first, or give the table another \`targetName\`.`,
        { streamID: id },
      );
    }
  }
}

/** Claims are a database, a line break and a table. */
const tableOfClaim = (claim: string) => claim.slice(claim.indexOf('\n') + 1);

const assignment = (
  streamId: string,
  config: SavedStreamConfig,
  { source, target }: PreparedEnds,
  wasComplete: boolean,
): StreamAssignment => ({ streamId, options: completeOptions(config), source, target, wasComplete });

function expectStatus(stream: LiveStream, wanted: 'PAUSED' | 'STOPPED'): StreamSummary {
  const { summary } = stream;
  if (summary.status === wanted) return summary;
  throw new SluiceError(
    'conflict',
    `Stream ${summary.id} became ${summary.status} before it could be ${wanted}${summary.reason ? `: ${summary.reason}` : '.'}`,
    { status: summary.status },
  );
}
