/** A server of one suite's own, which it may stop, freeze and configure as it likes. */
import { descendantsOf } from '../process-tree.ts';
import type { ServerAddress, ServerName } from '../servers.ts';
import { startServer } from './server-process.ts';
import { startServers, type StartOptions } from './start-servers.ts';

export interface OwnServer extends AsyncDisposable {
  readonly address: ServerAddress;
  /** As a connection takes it: PostgreSQL's folder, the file of the others. */
  readonly socket: string;
  /** Ends it as an administrator does (`SIGTERM`; PostgreSQL cuts its clients at `SIGINT`), or hard (`SIGKILL`). */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the stopped server again: the same data, the same port. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing any more, until `thaw`. Linux only. */
  freeze(): void;
  thaw(): void;
}

/** Durable by default: what a client was told to be committed is there after a restart. */
export async function startOwnServer(
  name: ServerName,
  { durable = true, options = [] }: Omit<StartOptions, 'names'> = {},
): Promise<OwnServer> {
  const servers = await startServers({ names: [name], durable, options });
  const address = servers.addresses[name];
  if (!address) throw new Error(`${name}: ${servers.missing[name]}`);
  const server = () => servers.processes[name]!;
  const { folder } = server().command;
  const isPostgres = address.kind === 'postgresql';
  return {
    address,
    socket: isPostgres ? folder : `${folder}/socket`,
    stop: (signal = isPostgres ? 'SIGINT' : 'SIGTERM') => server().stop(signal),
    start: async () => void (servers.processes[name] = await startServer(server().command)),
    freeze: () => void signalTree(server().pid, 'SIGSTOP'),
    thaw: () => void signalTree(server().pid, 'SIGCONT'),
    async [Symbol.asyncDispose]() {
      signalTree(server().pid, 'SIGCONT');
      await servers.stop();
    },
  };
}

/** PostgreSQL is a process for each connection. */
function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const each of [pid, ...descendantsOf(pid).map((child) => child.pid)]) {
    try {
      process.kill(each, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}
