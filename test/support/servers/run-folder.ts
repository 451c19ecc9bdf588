/**
 * The folder of one run's servers: removed at its end, and by the next run if this one was killed. It lies in the
 * system's folder for temporary files and holds `owner.json` and a folder for each server, with its pid file.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const prefix = 'sluice-test-run-';

export function createRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // PostgreSQL runs as another user when we are root, and must reach its folder in this one.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, start: startOf(process.pid) }));
  return folder;
}

/** Ends the servers and removes the folders of runs whose process is gone. */
export async function removeLeftovers(): Promise<void> {
  const folders = readdirSync(tmpdir())
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(tmpdir(), name))
    .filter((folder) => !ownerLives(folder));
  for (const folder of folders) {
    const servers = serversOf(folder).filter(({ pid }) => mentions(pid, folder));
    for (const { pid, signal } of servers) process.kill(pid, signal);
    await untilNone(() => servers.some(({ pid }) => mentions(pid, folder)));
    removeRunFolder(folder);
  }
}

/** Removes a folder whose servers were told to end. They may write for a moment more, and while a process exits nothing but this can wait. */
export function removeRunFolder(folder: string): void {
  for (let attempt = 0; existsSync(folder) && attempt < 40; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/** They are no children of ours, so there is no event to wait for. */
async function untilNone(isThere: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (isThere() && Date.now() < deadline) await setTimeout(20);
}

function ownerLives(folder: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { pid: number; start: string | null };
    return isAlive(owner.pid) && startOf(owner.pid) === owner.start;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in the kernel's ticks: tells it from a later one with the same number. null outside Linux. */
function startOf(pid: number): string | null {
  try {
    // Field 22; the second field, the name in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function serversOf(folder: string): { pid: number; signal: NodeJS.Signals }[] {
  const servers = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return servers
    .map((entry) => join(folder, entry.name, `${entry.name}.pid`))
    .filter((path) => existsSync(path))
    .map((path) => {
      const [pid, signal] = readFileSync(path, 'utf8').split(' ');
      return { pid: Number(pid), signal: signal as NodeJS.Signals };
    });
}

/** True if the process is a server of that folder, by its command line, which a dead one has no more. Outside Linux: if there is one. */
function mentions(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return isAlive(pid);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
  } catch {
    return false;
  }
}
