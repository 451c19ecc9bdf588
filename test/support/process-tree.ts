/** Processes that a process has started, and theirs, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ChildProcessText {
  readonly pid: number;
  /** Arguments, separated by NUL. */
  readonly cmdline: string;
  readonly environ: string;
}

/** One that ends meanwhile is left out. */
export function descendantsOf(pid: number): ChildProcessText[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /^PPid:\s*(\d+)/m.exec(read(`/proc/${name}/status`) ?? '')?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (child: number): boolean => {
    const parent = parents.get(child) ?? 0;
    return parent === pid || (parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow).flatMap((child) => {
    const [cmdline, environ] = [read(`/proc/${child}/cmdline`), read(`/proc/${child}/environ`)];
    return cmdline && environ !== null ? [{ pid: child, cmdline, environ }] : [];
  });
}

/** False for one that has ended, even if nobody has taken note of it. */
export const isRunning = (pid: number): boolean => !!read(`/proc/${pid}/cmdline`);

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
