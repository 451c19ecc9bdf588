/** Times a shell command as a whole: every process that it starts counts. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measurement {
  readonly seconds: number;
  /**
   * User and system time of all processes of the command, looked at every 50 ms: what a process does after the last look is
   * not in it, nor is the servers' own time.
   */
  readonly cpuSeconds: number;
  /** Largest sum of the peak resident sizes of the command's processes, bytes. */
  readonly peakBytes: number;
}

const samplingMs = 50;
/** Of Linux: the unit of times in /proc. */
const ticksPerSecond = 100;

/** Runs `command` with bash in a process group of its own. Rejects with its error output when it fails. */
export async function measure(command: string, environment: NodeJS.ProcessEnv): Promise<Measurement> {
  const script = `set -e -o pipefail; ${command}`;
  const started = performance.now();
  const child = spawn('bash', ['-c', script], {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const seen = new Map<string, number>();
  let peakBytes = 0;
  const timer = setInterval(() => {
    const living = processesOf(child.pid!);
    for (const { id, ticks } of living) seen.set(id, ticks);
    peakBytes = Math.max(
      peakBytes,
      living.reduce((sum, process) => sum + process.peakBytes, 0),
    );
  }, samplingMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`exit code ${code}: ${command}\n${errors.slice(-2000)}`);
  const ticks = [...seen.values()].reduce((sum, each) => sum + each, 0);
  return { seconds, cpuSeconds: ticks / ticksPerSecond, peakBytes };
}

interface LivingProcess {
  readonly id: string;
  /** User and system time so far. */
  readonly ticks: number;
  /** Highest resident size so far (VmHWM). */
  readonly peakBytes: number;
}

/** The living processes of a group. */
function processesOf(group: number): LivingProcess[] {
  const found: LivingProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // Fields after the command's name, which is in parentheses and may hold blanks: state, parent, group.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) !== group) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      found.push({ id: entry, ticks: Number(fields[11]) + Number(fields[12]), peakBytes: Number(peak ?? 0) * 1024 });
    } catch {
      // The process ended between two reads.
    }
  }
  return found;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}
