/** Times a shell command as a whole: every process that it starts counts. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measurement {
  readonly seconds: number;
  /** User and system time of all processes of the command. The servers' own time is not in it. */
  readonly cpuSeconds: number;
  /** Largest sum of the peak resident sizes of the command's processes, bytes. */
  readonly peakBytes: number;
}

const samplingMs = 50;
const mark = 'cpu-seconds:';

/** Runs `command` with bash in a process group of its own. Rejects with its error output when it fails. */
export async function measure(command: string, environment: NodeJS.ProcessEnv): Promise<Measurement> {
  const script = `set -e -o pipefail; TIMEFORMAT='${mark}%U %S'; time ( ${command} )`;
  const started = performance.now();
  const child = spawn('bash', ['-c', script], {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let peakBytes = 0;
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, groupPeak(child.pid!))), samplingMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`exit code ${code}: ${command}\n${errors.slice(-2000)}`);
  const [user = 0, system = 0] = (new RegExp(`${mark}(.*)`).exec(errors)?.[1] ?? '').split(' ').map(Number);
  return { seconds, cpuSeconds: user + system, peakBytes };
}

/** Sum of the highest resident sizes (VmHWM) of the living processes of a group. */
function groupPeak(group: number): number {
  let sum = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // Fields after the command's name, which is in parentheses and may hold blanks: state, parent, group.
      const processGroup = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      if (processGroup !== group) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
      sum += Number(peak ?? 0) * 1024;
    } catch {
      // The process ended between two reads.
    }
  }
  return sum;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}
