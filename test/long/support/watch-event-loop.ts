/**
 * Loaded into a process before its program: looks at the event loop every few milliseconds, and writes down how late each look
 * came and how much of that the thread was at work, rather than waiting for a processor that others had. Written as it exits, as
 * JSON to the file LOOKS_FILE.
 */
import { writeFileSync } from 'node:fs';

export interface Look {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly lateMs: number;
  /** Of `lateMs`; what the thread did while the look was not due yet may be in it. */
  readonly workMs: number;
}

export const lookEveryMs = 5;

const looks: Look[] = [];

const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

function lookAgain(): void {
  const due = performance.now() + lookEveryMs;
  const cpuBefore = cpuMs();
  setTimeout(() => {
    const lateMs = Math.max(0, performance.now() - due);
    looks.push({ at: Date.now(), lateMs, workMs: Math.min(lateMs, cpuMs() - cpuBefore) });
    lookAgain();
  }, lookEveryMs).unref();
}

lookAgain();
process.on('exit', () => writeFileSync(process.env['LOOKS_FILE']!, JSON.stringify(looks)));
