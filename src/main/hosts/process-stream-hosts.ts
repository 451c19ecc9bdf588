/** Streams in processes of their own: whatever becomes of such a process costs one stream. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import { HostClient } from './host-client.ts';
import type { HostInspector } from './host-inspector.ts';
import { plainEnvironment } from './host-environment.ts';
import type { ProcessFactory } from './host-process.ts';
import { ProcessStreamHost } from './process-stream-host.ts';
import type { StreamAssignment, StreamHost, StreamHostListener, StreamHosts } from './stream-host.ts';
import { streamOperations } from './stream-operations.ts';

export interface ProcessStreamHostsOptions {
  readonly processes: ProcessFactory;
  /** Program of the stream host. */
  readonly entry: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends what a dead process left at work in the servers, and releases a stream that was to stop. */
  readonly inspector: Pick<HostInspector, 'endRun' | 'release'>;
  /** Limit of the JavaScript heap. Default 1024: rows are buffers, outside of it. */
  readonly heapMegabytes?: number;
  /** A host that says nothing for this long is taken for hung. Default 60,000; see `fileHangMs`. */
  readonly hangMs?: number;
  /**
   * The same where an end of the stream is a SQLite file: one statement, such as CREATE INDEX over a large table, holds the
   * host's only thread until it is done. Default 1,800,000.
   */
  readonly fileHangMs?: number;
}

const startWithinMs = 30_000;
/** Long enough for a busy machine to start the inspector first. Who waits for the exit has a deadline of its own. */
const endRunWithinMs = 10_000;
/** Long enough to wait for the locks of what is being ended. */
const releaseWithinMs = 5_000;

export class ProcessStreamHosts implements StreamHosts {
  readonly modes = ['convert'] as const;
  readonly #options: ProcessStreamHostsOptions;

  constructor(options: ProcessStreamHostsOptions) {
    this.#options = options;
  }

  async start(assignment: StreamAssignment, listener: StreamHostListener): Promise<StreamHost> {
    const { processes, entry, environment, heapMegabytes = 1024 } = this.#options;
    const launch = { title: 'Sluice stream', heapMegabytes, environment: plainEnvironment(environment) };
    const client = new HostClient(processes.fork(entry, launch), streamOperations, {
      title: 'The process of the stream',
      hangMs: this.#hangMsOf(assignment),
    });
    const timer = setTimeout(() => client.kill(), startWithinMs);
    try {
      await client.up;
    } finally {
      clearTimeout(timer);
    }

    const host = new ProcessStreamHost(client, (...dead) => this.#clearUp(...dead));
    host.resume(assignment, listener);
    return host;
  }

  /** Before the listener hears of the exit, so that a resume finds nothing of the dead run. Never rejects. */
  async #clearUp(
    { streamId, source, target, options }: StreamAssignment,
    isStopped: boolean,
    listener: StreamHostListener,
  ): Promise<void> {
    const { inspector } = this.#options;
    const ends = { source, target, options };
    const { signal } = new AbortController();
    const isLocal = isFile(ends.source) && isFile(ends.target);
    const end = async () => {
      if (!isLocal) await inspector.endRun(ends, streamId, { timeoutMs: endRunWithinMs, signal });
    };
    const release = async () => {
      if (!isStopped) return;
      const findings = await inspector.release(ends, streamId, { timeoutMs: releaseWithinMs, signal });
      for (const finding of findings) listener.onEvent({ type: 'finding', finding });
    };
    // Side by side: a source that does not answer must not keep the target from being tidied up.
    for (const each of await Promise.allSettled([end(), release()])) {
      if (each.status === 'fulfilled') continue;
      const { message } = SluiceError.from(each.reason);
      const text = `What the ended process left in the databases could not be cleared up: ${message}`;
      listener.onEvent({ type: 'log', level: 'warning', message: text });
    }
  }

  #hangMsOf({ source, target }: StreamAssignment): number {
    const { hangMs = 60_000, fileHangMs = 1_800_000 } = this.#options;
    return isFile(source) || isFile(target) ? fileHangMs : hangMs;
  }
}

const isFile = (settings: ConnectionSettings) => 'path' in settings;
