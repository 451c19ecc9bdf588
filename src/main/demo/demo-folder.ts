/**
 * The folder of one demo, in the system's folder for temporary files. `owner.json` in it says which process made it, so
 * that the next demo removes what a killed one left behind, its server included.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeUser } from './unprivileged-user.ts';

const prefix = 'sluice-demo-';
const markerName = 'owner.json';
const longestWaitMs = 10_000;

interface Marker {
  readonly pid: number;
  /** Tells the process from a later one of the same number; null where the system does not say. */
  readonly start: string | null;
  /** A user of the operating system that the demo made for its server. */
  readonly createdUser: string | null;
}

export function createDemoFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // The server runs as another user when we are root, and must reach its own folder in this one.
  chmodSync(folder, 0o711);
  markFolder(folder, null);
  return folder;
}

export function markFolder(folder: string, createdUser: string | null): void {
  const marker: Marker = { pid: process.pid, start: startOf(process.pid), createdUser };
  writeFileSync(join(folder, markerName), JSON.stringify(marker), { mode: 0o600 });
}

/** Makes the folder a person's: no later demo removes it. */
export function unmarkFolder(folder: string): void {
  rmSync(join(folder, markerName), { force: true });
}

export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/** Where the server of a demo keeps its data; the path is also how its process is known. */
export const serverFolder = (folder: string): string => join(folder, 'postgres');

/** Removes what demos left whose process is gone. Resolves with the number of folders removed. */
export async function removeLeftovers(parent = tmpdir()): Promise<number> {
  let removed = 0;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(parent, name);
    const marker = readMarker(folder);
    if (!marker || isOwnerAlive(marker)) continue;
    await endServer(serverFolder(folder));
    removeFolder(folder);
    if (marker.createdUser !== null) removeUser(marker.createdUser);
    removed++;
  }
  return removed;
}

/** null: not a folder of our own user with a marker in it, so none of our business. */
function readMarker(folder: string): Marker | null {
  try {
    const facts = lstatSync(folder);
    // In a folder that everybody may write to, others could lay out one that makes us kill or remove theirs.
    if (!facts.isDirectory() || (process.getuid && facts.uid !== process.getuid())) return null;
    return JSON.parse(readFileSync(join(folder, markerName), 'utf8')) as Marker;
  } catch {
    return null;
  }
}

function isOwnerAlive({ pid, start }: Marker): boolean {
  return isAlive(pid) && (start === null || startOf(pid) === start);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in the kernel's ticks since boot. null outside Linux. */
function startOf(pid: number): string | null {
  try {
    // Field 22; the second one, the name in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Ends the PostgreSQL that works on exactly this data folder; leaves every other process alone. */
async function endServer(data: string): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(data, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if (!Number.isInteger(pid) || pid < 2 || !commandLine(pid).includes(`-D ${join(data, 'data')} `)) return;
  // Immediate shutdown: it ends its children and removes its shared memory, and the data are thrown away anyhow.
  process.kill(pid, 'SIGQUIT');
  const deadline = Date.now() + longestWaitMs;
  while (isAlive(pid) && Date.now() < deadline) await setTimeout(20);
}

/** Arguments with single spaces between them; empty where the system does not tell. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return process.platform === 'win32' ? '' : execFileSync('ps', ['-o', 'command=', '-p', String(pid)]).toString();
  } catch {
    return '';
  }
}
