/** The real servers of a test run, all started at the same time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serverNames, type ServerAddress, type ServerAddresses, type ServerName } from '../servers.ts';
import { notDownloaded, type MissingServers } from '../test-report.ts';
import { hasMariadb, startMariadb, startMysql, unpackedMysql } from './mysql-server.ts';
import { npmPostgres, startPostgres, systemPostgres } from './postgres-server.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from './run-folder.ts';
import { freePorts, type ServerProcess } from './server-process.ts';

export interface RunningServers {
  readonly addresses: ServerAddresses;
  readonly processes: Partial<Record<ServerName, ServerProcess>>;
  /** Why each server that is missing from `addresses` is not there. */
  readonly missing: MissingServers;
  /** Ends all of them and removes their data. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Default: all. */
  readonly names?: readonly ServerName[];
  /** True = the servers' own durable settings, for measurements; default false, which is faster. */
  readonly durable?: boolean;
  /** Further options of the servers' commands. */
  readonly options?: readonly string[];
}

interface ServerStart {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly durable: boolean;
  readonly options: readonly string[];
}

interface ServerSource {
  readonly kind: ServerAddress['kind'];
  readonly start: ((start: ServerStart) => Promise<ServerProcess>) | null;
  /** Said when `start` is null. */
  readonly without: string;
}

const account = { username: 'sluice', password: 'secret' };

/** Starts what this machine has. A server that is there and does not start is missing too, with its error as the reason. */
export async function startServers(options: StartOptions = {}): Promise<RunningServers> {
  await removeLeftovers();
  const names = options.names ?? serverNames;
  const runFolder = createRunFolder();
  const ports = await freePorts(names.length);
  const processes: Partial<Record<ServerName, ServerProcess>> = {};
  const addresses: Partial<Record<ServerName, ServerAddress>> = {};
  const missing: MissingServers = {};
  const stopNow = () => {
    for (const server of Object.values(processes)) server.kill();
    removeRunFolder(runFolder);
  };
  process.once('exit', stopNow);
  await Promise.all(
    names.map(async (name, index) => {
      const { kind, start, without } = findServer(name);
      if (start === null) {
        missing[name] = without;
        return;
      }
      const folder = join(runFolder, name);
      const port = ports[index]!;
      mkdirSync(folder);
      try {
        const { durable = false, options: more = [] } = options;
        processes[name] = await start({ name, folder, port, ...account, durable, options: more });
        addresses[name] = { kind, host: '127.0.0.1', port, ...account };
      } catch (error) {
        missing[name] = `does not start: ${error instanceof Error ? error.message : String(error)}`;
      }
    }),
  );
  return {
    addresses,
    processes,
    missing,
    async stop() {
      await Promise.all(Object.values(processes).map((server) => server.stop()));
      removeRunFolder(runFolder);
      process.removeListener('exit', stopNow);
    },
  };
}

function findServer(name: ServerName): ServerSource {
  switch (name) {
    case 'postgres18':
      return postgresSource(npmPostgres(), 'npm has no PostgreSQL for this platform');
    case 'postgres15':
      return postgresSource(systemPostgres(), 'no PostgreSQL in /usr/lib/postgresql');
    case 'mariadb':
      return { kind: 'mariadb', start: hasMariadb() ? startMariadb : null, without: 'no mariadbd' };
    case 'mysql': {
      const root = unpackedMysql();
      return {
        kind: 'mysql',
        start: root === null ? null : (start) => startMysql(root, start),
        without: notDownloaded,
      };
    }
  }
}

function postgresSource(binaries: string | null, without: string): ServerSource {
  return {
    kind: 'postgresql',
    start: binaries === null ? null : (start) => startPostgres({ ...start, binaries }),
    without,
  };
}
