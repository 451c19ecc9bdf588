import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../find-program.ts';
import { runProgram } from '../run-program.ts';
import { startServer, type ServerProcess } from './server-process.ts';

export interface MysqlStart {
  readonly name: string;
  /** An empty folder for everything of this server. */
  readonly folder: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** True = the server's own durable settings; false = faster, since a test's data need not survive a power cut. */
  readonly durable: boolean;
  /** Further options of the server's command. */
  readonly options: readonly string[];
}

/** Row binlogs with full metadata, LOAD DATA LOCAL allowed. */
const commonSettings = [
  '--bind-address=127.0.0.1',
  '--server-id=1',
  '--log-bin=bin',
  '--binlog-row-metadata=FULL',
  '--local-infile=1',
  '--max-connections=300',
];
const fastSettings = ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--innodb-doublewrite=OFF'];

/** True where the operating system has MariaDB's server and the script that makes its data directory. */
export function hasMariadb(): boolean {
  return findMariadb() !== null;
}

function findMariadb(): { server: string; install: string } | null {
  const server = findProgram('mariadbd', ['/usr/sbin']);
  const install = findProgram('mariadb-install-db');
  return server && install ? { server, install } : null;
}

/** A new MariaDB instance with the operating system's programs. */
export async function startMariadb(start: MysqlStart): Promise<ServerProcess> {
  const programs = findMariadb();
  if (programs === null) throw new Error('no mariadbd');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = `--datadir=${join(start.folder, 'data')}`;
  await runProgram(programs.install, [
    ...[
      '--no-defaults',
      ...asRoot,
      data,
      ownTemporary(start),
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
  ]);
  return startServer({
    name: start.name,
    program: programs.server,
    options: ['--no-defaults', ...asRoot, data, ownTemporary(start), ...serverSettings(start), '--binlog-format=ROW'],
    folder: start.folder,
    readyText: 'ready for connections',
    stopSignal: 'SIGKILL',
  });
}

/** Where get-mysql.sh unpacks MySQL: outside the project, so that a second clone need not download it again. */
export const mysqlCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sluice-test', 'mysql');

/** The unpacked MySQL, or null where it was not downloaded. */
export function unpackedMysql(): string | null {
  const root = join(mysqlCache, 'root');
  return existsSync(join(root, 'usr/sbin/mysqld')) ? root : null;
}

/** A new MySQL instance. `root` is the folder into which get-mysql.sh unpacked it, with all the libraries it needs. */
export async function startMysql(root: string, start: MysqlStart): Promise<ServerProcess> {
  const find = (folder: string, pattern: RegExp) => {
    const name = readdirSync(join(root, folder)).find((entry) => pattern.test(entry));
    return name === undefined ? null : join(root, folder, name);
  };
  const loader = find('usr/lib64', /^ld-linux/) ?? find('usr/lib', /^ld-linux/);
  const libraries = find('usr/lib', /-linux-gnu$/);
  if (loader === null || libraries === null) throw new Error(`${root} holds no libraries for MySQL`);
  const program = ['--library-path', libraries, join(root, 'usr/sbin/mysqld')];
  const settings = [
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    `--datadir=${join(start.folder, 'data')}`,
    ownTemporary(start),
    `--basedir=${join(root, 'usr')}`,
    `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
    `--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`,
  ];
  await runProgram(loader, [...program, ...settings, '--initialize-insecure', ...(start.durable ? [] : fastSettings)]);
  return startServer({
    name: start.name,
    program: loader,
    options: [
      ...[...program, ...settings, ...serverSettings(start)],
      ...['--mysqlx=OFF', '--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--secure-file-priv='],
    ],
    folder: start.folder,
    readyText: 'ready for connections',
    stopSignal: 'SIGKILL',
  });
}

/** A server that starts removes every `#sql*` in its folder for temporary files: also those of one beside it. */
function ownTemporary({ folder }: MysqlStart): string {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return `--tmpdir=${temporary}`;
}

function serverSettings(start: MysqlStart): string[] {
  const users = join(start.folder, 'users.sql');
  // localhost too: MariaDB prefers its anonymous user of that host, where there is one, to ours of any host.
  const statements = ['%', 'localhost'].flatMap((host) => {
    const user = `'${start.username}'@'${host}'`;
    return [
      `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${start.password}';`,
      `GRANT ALL ON *.* TO ${user} WITH GRANT OPTION;`,
    ];
  });
  writeFileSync(users, statements.join('\n') + '\n');
  return [
    `--port=${start.port}`,
    `--socket=${join(start.folder, 'socket')}`,
    `--init-file=${users}`,
    ...commonSettings,
    ...(start.durable ? [] : fastSettings),
    ...start.options,
  ];
}
