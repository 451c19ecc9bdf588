/** Debian and Ubuntu packages that tests use: installed by apt-get where they are missing, if we are root. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram } from '../find-program.ts';
import { runProgram } from '../run-program.ts';
import { systemPostgres } from '../servers/postgres-server.ts';

type Say = (line: string) => void;

const packages = [
  'mariadb-server',
  'sqlite3',
  'openssl',
  'pgloader',
  // The keychain: keytar's library and compilers, a keyring to test it with, and an independent reader.
  'libsecret-1-dev',
  'build-essential',
  'python3',
  'gnome-keyring',
  'dbus-x11',
  'libsecret-tools',
  // The window's pages, in the engine of Electron.
  'chromium',
  'fonts-noto-core',
];

/** True where apt-get can be used. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== null;
}

/** Installs what is missing. What the release does not have is left out; its suites will skip. */
export async function installPackages(say: Say): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  await aptGet('update', '-qq');
  const available = await selectAvailable(missing);
  if (available.length === 0) return;
  say(`installing ${available.join(', ')}`);
  const allowServices = keepServicesFromStarting();
  try {
    await aptGet('install', '-y', '-qq', '--no-install-recommends', ...available);
  } finally {
    allowServices();
  }
}

/** True if dpkg says so. */
export async function isInstalled(name: string): Promise<boolean> {
  return (await dpkgStatus([name])).has(name);
}

async function missingPackages(): Promise<string[]> {
  const installed = await dpkgStatus(packages);
  const missing = packages.filter((name) => !installed.has(name));
  // Version 15 where the release has it, otherwise its own version.
  if (systemPostgres() === null) missing.push('postgresql-15', 'postgresql');
  if (findProgram('psql') === null) missing.push('postgresql-client-15', 'postgresql-client');
  return missing;
}

async function dpkgStatus(names: readonly string[]): Promise<Set<string>> {
  // Fails if one is unknown, and prints the others all the same.
  const text = await runProgram('sh', [
    '-c',
    'dpkg-query -W -f \'${Package} ${db:Status-Status}\\n\' "$@" || :',
    '',
    ...names,
  ]);
  const lines = text.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.split(' ')[0]!));
}

async function selectAvailable(names: readonly string[]): Promise<string[]> {
  const policy = await runProgram('apt-cache', ['policy', ...names], { env: { ...process.env, LC_ALL: 'C' } });
  const available = names.filter((name) => new RegExp(`^${name}:\\n.*\\n  Candidate: [^(]`, 'm').test(policy));
  const superseded = available.filter((name) => name.endsWith('-15')).map((name) => name.replace('-15', ''));
  return available.filter((name) => !superseded.includes(name));
}

const aptGet = (...options: string[]) =>
  runProgram('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...options], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

/**
 * The tests run servers of their own: those that come with the packages need not start now. Debian asks this file
 * before it starts a service; a machine that has one already, as containers do, keeps its own.
 */
function keepServicesFromStarting(): () => void {
  const file = '/usr/sbin/policy-rc.d';
  const content = '#!/bin/sh\n# Written by the tests of Sluice while they install packages.\nexit 101\n';
  if (existsSync(file) && readFileSync(file, 'utf8') !== content) return () => undefined;
  writeFileSync(file, content, { mode: 0o755 });
  return () => rmSync(file, { force: true });
}
