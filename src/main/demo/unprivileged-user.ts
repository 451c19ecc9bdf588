/** PostgreSQL refuses to run as root: then it runs as a user that is there, or as one made for the demo. */
import { spawnSync } from 'node:child_process';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
  /** Name of the user if it was made here and has to go at the end. */
  readonly created: string | null;
}

/** undefined: we are not root, so no other user is needed. */
export function findUnprivilegedUser(known: readonly string[] = ['postgres', 'nobody']): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of known) {
    const user = lookUp(name);
    if (user) return { ...user, created: null };
  }
  const created = `sluice-demo-${process.pid}`;
  // Debian and most others; then BusyBox.
  const made =
    runQuietly('useradd', ['--system', '--no-create-home', '--shell', '/bin/false', created]) ||
    runQuietly('adduser', ['-S', '-D', '-H', created]);
  const user = made ? lookUp(created) : undefined;
  if (user) return { ...user, created };
  throw new SluiceError(
    'permission_denied',
    'PostgreSQL does not run as root, there is neither a user postgres nor nobody, and none could be made. Run the demo as another user.',
  );
}

export function removeUser(name: string): void {
  if (!runQuietly('userdel', [name])) runQuietly('deluser', [name]);
}

function lookUp(name: string): { uid: number; gid: number } | undefined {
  const id = (option: string) => Number.parseInt(spawnSync('id', [option, name]).stdout?.toString() ?? '', 10);
  const [uid, gid] = [id('-u'), id('-g')];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}

const runQuietly = (program: string, options: readonly string[]) =>
  spawnSync(program, options, { stdio: 'ignore' }).status === 0;
