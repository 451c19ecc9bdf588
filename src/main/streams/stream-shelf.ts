/** The streams that there are: the active ones in memory, all of them in the journal. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { StreamSummary } from '../../shared/model/stream.ts';
import type { StreamFilter, StreamRecord } from '../stores/journal.ts';
import { unixSeconds } from './clock.ts';
import { isActive, readyState } from './lifecycle.ts';
import { LiveStream, type StreamSurroundings } from './live-stream.ts';
import { newStatistics, type StatisticsState } from './statistics.ts';

export class StreamShelf {
  readonly #surroundings: StreamSurroundings;
  /** Every stream that is READY, RUNNING or PAUSED, and one that is being resumed from FAILED. */
  readonly #active = new Map<string, LiveStream>();

  constructor(surroundings: StreamSurroundings) {
    this.#surroundings = surroundings;
  }

  get active(): LiveStream[] {
    return [...this.#active.values()];
  }

  /** Takes the active streams of an earlier process out of the journal. */
  load(): void {
    const { journal } = this.#surroundings;
    const ofStatus = (status: StreamSummary['status']) => journal.streams({ status, limit: -1, offset: 0 });
    // Its host never came up, so that nothing was done for it, and who asked for it was never told its id.
    for (const { stream } of ofStatus('READY')) journal.deleteStream(stream.id);
    for (const record of [...ofStatus('RUNNING'), ...ofStatus('PAUSED')]) this.hold(this.#revive(record));
  }

  /** A new stream, READY and in the journal. */
  create(id: string, config: SavedStreamConfig, claims: readonly string[]): LiveStream {
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
    this.hold(stream);
    return stream;
  }

  hold(stream: LiveStream): void {
    this.#active.set(stream.state.id, stream);
  }

  /** Lets a stream go that is not active. */
  release({ state }: LiveStream): void {
    if (!isActive(state.status)) this.#active.delete(state.id);
  }

  /** Deletes all that is known of a stream. */
  forget(id: string): void {
    this.#active.delete(id);
    this.#surroundings.journal.deleteStream(id);
    this.#surroundings.rejectFile(id).remove();
  }

  /** Forgets streams that ended before a moment (Unix seconds). Returns their ids. */
  forgetEndedBefore(moment: number): string[] {
    const { journal, rejectFile } = this.#surroundings;
    const forgotten = journal.deleteEndedBefore(moment);
    for (const id of forgotten) rejectFile(id).remove();
    return forgotten;
  }

  /** Throws `not_found`. */
  find(id: string): LiveStream {
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

  list(filter: StreamFilter): StreamSummary[] {
    return this.#surroundings.journal
      .streams(filter)
      .map((record) => (this.#active.get(record.stream.id) ?? this.#without(record)).summary);
  }

  latestOf(configID: string): StreamSummary | null {
    return this.#surroundings.journal.latestOf(configID)?.stream ?? null;
  }

  #revive(record: StreamRecord): LiveStream {
    const { id, config, created } = record.stream;
    const { journal } = this.#surroundings;
    const kept = journal.statistics(id) as StatisticsState | null;
    const statistics = kept ?? newStatistics(config.reportingIntervals, created * 1000);
    return new LiveStream(record, statistics, journal.tables(id), this.#inner(id));
  }

  /** Without counters and tables, which its summary does not have. */
  #without(record: StreamRecord): LiveStream {
    const { id, config, created } = record.stream;
    return new LiveStream(record, newStatistics(config.reportingIntervals, created * 1000), [], this.#inner(id));
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
}
