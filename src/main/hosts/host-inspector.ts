/** The inspector over its host processes. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { plainEnvironment } from './host-environment.ts';
import type { ProcessFactory } from './host-process.ts';
import type { InputOf, OutputOf } from './host-protocol.ts';
import type { Inspector, InspectorCall, StreamEnds } from './inspector.ts';
import { inspectorOperations } from './inspector-operations.ts';
import { OnDemandHost } from './on-demand-host.ts';
import type { PreviewPage } from './preview-table.ts';

export interface HostInspectorOptions {
  readonly processes: ProcessFactory;
  /** Program of the inspector host. */
  readonly entry: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Operations = typeof inspectorOperations;
type Name = keyof Operations;

/** After its deadline a call has this long to cancel what it runs in the server. */
const graceMs = 2_000;
const idleMs = 60_000;

/** Take minutes, or more: each has a process of its own, so that it neither waits nor makes others wait. */
const longOperations: ReadonlySet<Name> = new Set<Name>(['plan', 'profile', 'verify', 'repair']);
/** Not begun a second time when the process ended under them. */
const changingOperations: ReadonlySet<Name> = new Set<Name>(['createDatabase', 'createSchema', 'repair']);

/**
 * Short calls share a process, those to files another: a statement of SQLite holds its process's only thread, and one that
 * is over its deadline can be ended only with the process. Calls that were in it by bad luck are made again in the next one.
 */
export class HostInspector implements Inspector {
  readonly #shared: Readonly<Record<'servers' | 'files', OnDemandHost<Operations>>>;
  readonly #newHost: () => OnDemandHost<Operations>;
  /** Processes of the long calls that are under way. */
  readonly #own = new Set<OnDemandHost<Operations>>();
  #isClosed = false;

  constructor({ processes, entry, environment }: HostInspectorOptions) {
    const launch = { title: 'Sluice inspector', heapMegabytes: 512, environment: plainEnvironment(environment) };
    const options = { title: 'The process of the inspector', hangMs: null, idleMs };
    this.#newHost = () => new OnDemandHost(() => processes.fork(entry, launch), inspectorOperations, options);
    this.#shared = { servers: this.#newHost(), files: this.#newHost() };
  }

  ping(settings: ConnectionSettings, call: InspectorCall) {
    return this.#ask('ping', { settings }, call);
  }

  databases(settings: ConnectionSettings, call: InspectorCall) {
    return this.#ask('databases', { settings }, call);
  }

  async createDatabase(settings: ConnectionSettings, name: string, call: InspectorCall): Promise<void> {
    await this.#ask('createDatabase', { settings, name }, call);
  }

  async createSchema(settings: ConnectionSettings, name: string, call: InspectorCall): Promise<void> {
    await this.#ask('createSchema', { settings, name }, call);
  }

  tables(settings: ConnectionSettings, call: InspectorCall) {
    return this.#ask('tables', { settings }, call);
  }

  views(settings: ConnectionSettings, call: InspectorCall) {
    return this.#ask('views', { settings }, call);
  }

  structure(settings: ConnectionSettings, call: InspectorCall) {
    return this.#ask('structure', { settings }, call);
  }

  preview(settings: ConnectionSettings, page: PreviewPage, call: InspectorCall) {
    return this.#ask('preview', { settings, ...page }, call);
  }

  preflight(
    settings: ConnectionSettings,
    use: { readonly role: 'source' | 'target'; readonly mode: 'convert' | 'cdc' },
    call: InspectorCall,
  ) {
    return this.#ask('preflight', { settings, ...use }, call);
  }

  survey(ends: StreamEnds, call: InspectorCall) {
    return this.#ask('survey', ends, call);
  }

  plan(ends: StreamEnds, call: InspectorCall) {
    return this.#ask('plan', ends, call);
  }

  profile(ends: StreamEnds, call: InspectorCall) {
    return this.#ask('profile', ends, call);
  }

  verify(ends: StreamEnds, call: InspectorCall) {
    return this.#ask('verify', ends, call);
  }

  repair(ends: StreamEnds, call: InspectorCall) {
    return this.#ask('repair', ends, call);
  }

  release(ends: StreamEnds, streamId: string, call: InspectorCall) {
    return this.#ask('release', { ...ends, streamId }, call);
  }

  /** Ends what a run whose process is gone left at work in both servers. */
  async endRun(ends: StreamEnds, streamId: string, call: InspectorCall): Promise<void> {
    await this.#ask('endRun', { ...ends, streamId }, call);
  }

  /** Ends all processes at once; calls that are under way reject. */
  close(): void {
    this.#isClosed = true;
    for (const host of [...Object.values(this.#shared), ...this.#own]) host.kill();
  }

  async #ask<Operation extends Name>(
    name: Operation,
    input: InputOf<Operations[Operation]>,
    { timeoutMs, signal }: InspectorCall,
  ): Promise<OutputOf<Operations[Operation]>> {
    if (signal.aborted) throw new SluiceError('cancelled', 'The request was cancelled.');
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt++) {
      const leftMs = timeoutMs - (performance.now() - startedAt);
      try {
        return await this.#askHost(name, input, { deadlineMs: Math.max(1, leftMs), signal, graceMs });
      } catch (thrown) {
        const error = SluiceError.from(thrown);
        if (signal.aborted) throw new SluiceError('cancelled', 'The request was cancelled.', {}, error);
        if (error.code === 'deadline_exceeded') throw deadlineError(timeoutMs);
        const isWorthAnother = error.code === 'host_crashed' && attempt === 1 && !changingOperations.has(name);
        if (!isWorthAnother || this.#isClosed) throw error;
      }
    }
  }

  async #askHost<Operation extends Name>(
    name: Operation,
    input: InputOf<Operations[Operation]>,
    options: { readonly deadlineMs: number; readonly signal: AbortSignal; readonly graceMs: number },
  ): Promise<OutputOf<Operations[Operation]>> {
    if (!longOperations.has(name)) return await this.#sharedHostOf(input).call(name, input, options);
    const host = this.#newHost();
    this.#own.add(host);
    try {
      return await host.call(name, input, options);
    } finally {
      this.#own.delete(host);
      host.kill();
    }
  }

  #sharedHostOf(input: InputOf<Operations[Name]>): OnDemandHost<Operations> {
    const settings = 'settings' in input ? [input.settings] : [input.source, input.target];
    return settings.some((each) => 'path' in each) ? this.#shared.files : this.#shared.servers;
  }
}

const deadlineError = (timeoutMs: number) =>
  new SluiceError('deadline_exceeded', `The database did not answer within ${timeoutMs / 1000} seconds.`, {
    timeoutMs,
  });
