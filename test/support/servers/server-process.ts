/** One database server as a child process: started, waited for until it says that it is ready, stopped for good. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface ServerCommand {
  /** Names the pid file, and the server in errors. */
  readonly name: string;
  readonly program: string;
  readonly options: readonly string[];
  /** Working directory, which the server's user may enter. The pid file is written here, for a later run to find. */
  readonly folder: string;
  /** What the server writes to its log when it takes connections. */
  readonly readyText: string;
  /** Signal that ends it at once. Its data are thrown away, so it need not tidy up. */
  readonly stopSignal: 'SIGQUIT' | 'SIGKILL';
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ServerProcess {
  readonly command: ServerCommand;
  readonly pid: number;
  /** Ends the server and waits until it is gone. Default: by the `stopSignal` of its command. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** The same without waiting, for use while the process exits. */
  kill(): void;
}

const startTimeoutMs = 60_000;

/** Starts a server. Rejects with the end of its log if it ends, or is not ready within a minute. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.program, command.options, {
    cwd: command.folder,
    // A group of its own: Ctrl+C reaches us, and we end the servers when the tests have ended.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...command.user,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.pid !== undefined)
    writeFileSync(join(command.folder, `${command.name}.pid`), `${child.pid} ${command.stopSignal}`);
  const kill = (signal: NodeJS.Signals = command.stopSignal) => void child.kill(signal);
  try {
    await untilReady(child, command);
  } catch (error) {
    kill();
    await ended;
    throw error;
  }
  return {
    command,
    pid: child.pid!,
    kill: () => kill(),
    async stop(signal) {
      kill(signal);
      await ended;
    },
  };
}

function untilReady(child: ChildProcess, command: ServerCommand): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${command.name} ${what}: ${log.slice(-2000).trim()}`));
    const timer = setTimeout(() => fail('was not ready within a minute'), startTimeoutMs);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      then();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code) => settle(() => fail(`ended with ${code}`)));
    // Read to the end of its life, so that a server with much to say never waits for us.
    const listen = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes(command.readyText)) settle(resolve);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
  });
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const listeners = Array.from({ length: count }, () => createServer());
  await Promise.all(
    listeners.map((listener) => new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))),
  );
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return ports;
}
