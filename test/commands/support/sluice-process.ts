/** The command line as users start it: a process of its own. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const sluiceEntry = fileURLToPath(new URL('../../../src/main/sluice.js', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SluiceOptions {
  /** What Node.js runs, and arguments before all others. Default: the command's own entry. */
  readonly program?: readonly string[];
  readonly environment?: Record<string, string>;
  readonly folder?: string;
  /** Standard input; without it there is none. */
  readonly input?: string;
}

export interface RunningSluice {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when stdout matches; rejects when the process ends first. */
  untilSaid(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

export function startSluice(
  args: readonly string[],
  { program = [sluiceEntry], environment, folder, input }: SluiceOptions = {},
): RunningSluice {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '', ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  if (input !== undefined) (child as unknown as { stdin: NodeJS.WritableStream }).stdin.end(input);
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const untilSaid = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void (pattern.test(stdout) && resolve());
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`ended before it said ${pattern}: ${stdout}${stderr}`)));
      look();
    });
  return { process: child, untilSaid, ended };
}

export const runSluice = (args: readonly string[], options?: SluiceOptions): Promise<Ended> =>
  startSluice(args, options).ended;
