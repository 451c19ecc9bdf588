/** File systems of a few megabytes, which fill up. Linux, as root. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { describeNeeds } from './needs.ts';
import { createFolder } from './databases.ts';

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Makes it so large. */
  grow(megabytes: number): void;
}

/** Empty; `owner` may write to it. */
export async function createSmallDisk(
  megabytes: number,
  owner: { uid: number; gid: number } | null = null,
): Promise<SmallDisk> {
  const folder = await createFolder();
  const mount = (...options: string[]) => run('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder.path]);
  mount(`size=${megabytes}m`);
  // The folder around it is the test's alone.
  chmodSync(folder.path, 0o755);
  if (owner) chownSync(folder.path, owner.uid, owner.gid);
  return {
    path: folder.path,
    grow: (size) => mount('remount', `size=${size}m`),
    async [Symbol.asyncDispose]() {
      run('umount', ['--lazy', folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A suite that mounts file systems; skips in one line where that is not possible. */
export function describeSmallDisks(title: string, suite: () => void): void {
  describeNeeds(title, canMount() ? [] : ['mount'], suite);
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  // In namespaces of its own, which leave nothing behind.
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}

function run(program: string, options: readonly string[]): void {
  const { status, stderr } = spawnSync(program, options);
  if (status !== 0) throw new Error(`${program} ${options.join(' ')}: ${String(stderr)}`);
}
