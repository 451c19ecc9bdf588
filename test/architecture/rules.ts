/** Who may import whom. The first room whose path begins a file's path is the file's room. */

export interface Room {
  /** A folder that ends with a slash, or a file. */
  readonly path: string;
  /** Paths of the rooms that it may import, beside itself. */
  readonly imports: readonly string[];
  /** Packages that it may import; `any` = whatever the project depends on, but Electron. */
  readonly packages: 'any' | readonly string[];
  /** Node's own modules. */
  readonly builtins: boolean;
}

const shared = 'src/shared/';
const engine = 'src/main/engine/';
const hosts = 'src/main/hosts/';
const streams = 'src/main/streams/';
const stores = 'src/main/stores/';
const credentials = 'src/main/credentials/';
const services = 'src/main/services/';
const transports = 'src/main/transports/';
const ipc = 'src/main/transports/ipc/';
const security = 'src/main/security/';
const windows = 'src/main/windows/';
const application = 'src/main/application.ts';
const log = 'src/main/log/';
const streamWork = 'src/main/stream-work.ts';
const hostedParts = 'src/main/hosted-parts.ts';
const cli = 'src/main/cli.ts';
const compileCache = 'src/main/compile-cache.js';
const commands = 'src/main/commands/';
const progress = 'src/main/progress/';
const demo = 'src/main/demo/';

const main = { packages: 'any', builtins: true } as const;

export const rooms: readonly Room[] = [
  { path: shared, imports: [], packages: ['zod'], builtins: false },
  { path: 'src/preload/', imports: [shared], packages: ['electron'], builtins: false },
  { path: 'src/renderer/', imports: [shared], packages: 'any', builtins: false },
  { path: engine, imports: [shared], packages: ['pg', 'pg-copy-streams', 'mysql2'], builtins: true },
  { path: hosts, imports: [shared, engine], ...main },
  { path: stores, imports: [shared], ...main },
  { path: credentials, imports: [shared, hosts], ...main },
  { path: streams, imports: [shared, hosts, stores], ...main },
  { path: services, imports: [shared, stores, credentials, streams, hosts], ...main },
  { path: security, imports: [shared], packages: ['electron'], builtins: true },
  { path: windows, imports: [shared, security], packages: ['electron'], builtins: true },
  { path: ipc, imports: [shared, services, security], packages: ['electron'], builtins: true },
  { path: transports, imports: [shared, services], ...main },
  { path: application, imports: [shared, services, streams, stores, credentials, hosts, transports], ...main },
  { path: log, imports: [shared, application], ...main },
  { path: hostedParts, imports: [shared, application, hosts, credentials], ...main },
  { path: streamWork, imports: [shared, application, log, windows], ...main },
  {
    path: 'src/main/index.ts',
    imports: [shared, application, log, streamWork, hostedParts, hosts, windows, security, ipc, stores, streams],
    packages: ['electron'],
    builtins: true,
  },
  { path: compileCache, imports: [], ...main },
  { path: 'src/main/sluice.js', imports: [shared, compileCache, cli], ...main },
  { path: cli, imports: [shared, application, transports, commands, hosts], ...main },
  // `serve` is the application; the others do without it.
  {
    path: commands,
    imports: [shared, engine, hosts, progress, demo, application, log, hostedParts, stores, streams],
    ...main,
  },
  { path: demo, imports: [shared, engine, progress], ...main },
  { path: progress, imports: [shared], ...main },
  { path: 'test/', imports: ['src/'], packages: 'any', builtins: true },
];

/** The engine's one door to its drivers. */
export const driverRegistry = 'src/main/engine/driver/registry.ts';
export const driversFolder = 'src/main/engine/drivers/';

/**
 * Modules that make processes and threads. In Electron they do not work, or not as in Node: hosts/ gets what starts a process
 * from the entry.
 */
export const processModules = ['node:child_process', 'node:worker_threads', 'node:cluster'];
export const electronEntry = 'src/main/index.ts';

/** What cannot be loaded without Electron. */
export const electronPackages = ['electron', 'electron-store'];
export const headlessEntry = 'src/main/cli.ts';

/** Aim for 200. */
export const maxLines = 400;
