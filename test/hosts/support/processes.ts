/** What tests ask the operating system about processes. */
import { setTimeout as sleep } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `isTrue` is, at most `withinMs`. Returns whether it came true. */
export async function comesTrue(isTrue: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > end) return false;
    await sleep(20);
  }
  return true;
}
