/** Streams in real processes, with what tests want to know of them. */
import { childProcessFactory } from '../../../src/main/hosts/child-process-factory.ts';
import { HostInspector } from '../../../src/main/hosts/host-inspector.ts';
import { hostEntriesOf, type HostProcess, type ProcessFactory } from '../../../src/main/hosts/host-process.ts';
import { ProcessStreamHosts, type ProcessStreamHostsOptions } from '../../../src/main/hosts/process-stream-hosts.ts';
import type { StreamHost, StreamHostListener } from '../../../src/main/hosts/stream-host.ts';
import type { ErrorData } from '../../../src/shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';
import { streamOptionsSchema } from '../../../src/shared/model/stream-config.ts';
import type { z } from 'zod';

export const entries = hostEntriesOf(new URL('../../../src/main/cli.ts', import.meta.url).href);

const factory = childProcessFactory();
/** Every process that was made, in order. */
export const madeProcesses: HostProcess[] = [];
export const processes: ProcessFactory = {
  killAll: () => factory.killAll(),
  fork(entry, launch) {
    const host = factory.fork(entry, launch);
    madeProcesses.push(host);
    return host;
  },
};

export const inspector = new HostInspector({ processes, entry: entries.inspector, environment: process.env });

export interface TestStream {
  readonly host: StreamHost;
  readonly pid: number;
  readonly events: readonly RunEvent[];
  /** The first event, present or future, that `matches`. Rejects when the process goes before. */
  waitFor(matches: (event: RunEvent) => boolean): Promise<RunEvent>;
  /** When the process is gone; what onExit was told. */
  readonly exited: Promise<ErrorData | null>;
  /** While it holds a snapshot: the run that goes on in it. */
  resume(assignment: TestAssignment): TestStream;
}

export interface TestAssignment {
  readonly streamId: string;
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly options?: z.input<typeof streamOptionsSchema>;
}

export async function startStream(
  { options = {}, ...assignment }: TestAssignment,
  hostOptions: Partial<ProcessStreamHostsOptions> = {},
): Promise<TestStream> {
  const hosts = new ProcessStreamHosts({
    processes,
    entry: entries.stream,
    environment: process.env,
    inspector,
    ...hostOptions,
  });
  const before = madeProcesses.length;
  const heard = listen();
  const host = await hosts.start({ ...assignment, options: streamOptionsSchema.parse(options) }, heard.listener);
  const pid = madeProcesses[before]!.pid!;
  const streamOf = ({ events, exited, waitFor }: Heard): TestStream => ({
    ...{ host, pid, events, exited, waitFor },
    resume({ options: given = {}, ...next }) {
      const goesOn = listen();
      host.resume({ ...next, options: streamOptionsSchema.parse(given) }, goesOn.listener);
      return streamOf(goesOn);
    },
  });
  return streamOf(heard);
}

type Heard = ReturnType<typeof listen>;

function listen() {
  const events: RunEvent[] = [];
  const waiting = new Set<() => void>();
  const exit = Promise.withResolvers<ErrorData | null>();
  const listener: StreamHostListener = {
    onEvent(event) {
      events.push(event);
      for (const look of waiting) look();
    },
    onExit: (error) => exit.resolve(error),
  };
  const waitFor = (matches: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve, reject) => {
      const look = () => {
        const found = events.find(matches);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void exit.promise.then((error) => {
        look();
        reject(new Error(`The stream ended first: ${JSON.stringify({ error, last: events.slice(-3) })}`));
      });
    });
  return { listener, events, exited: exit.promise, waitFor };
}

/** Rows of the table have been committed, but not all of `rows`. */
export const isUnderWay = (event: RunEvent): boolean =>
  event.type === 'progress' && event.table.status === 'copying' && event.table.rows > 0;

export const isEnd = (event: RunEvent): boolean => event.type === 'end';
