/** `sluice run` that is killed at random moments and started again until it is through. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src/main/sluice.js', import.meta.url));

export interface KilledRun {
  /** How many of the kills found the run at work. */
  readonly kills: number;
  /** What all attempts wrote, as text of `--json` events. */
  readonly output: string;
}

type Moment = 'checking' | 'creating' | 'copying' | 'indexing';

export interface KillChoice {
  readonly kills: number;
  /** From 0 up to 1; the moments of the kills depend on it alone. */
  readonly random: () => number;
}

/**
 * Runs `body` as a run file, killing the whole process group or only the engine's process at `kills` moments. Resolves
 * after an attempt that ended well; rejects when one ends badly by itself.
 */
export async function runUnderKills(folder: string, body: object, choice: KillChoice): Promise<KilledRun> {
  const file = join(folder, 'run.json');
  writeFileSync(file, JSON.stringify(body));
  let output = '';
  let kills = 0;
  for (let attempt = 0; ; attempt++) {
    // A fast machine is through before a late first kill.
    const moment = attempt === 0 ? 'creating' : attempt < choice.kills ? pickMoment(choice.random()) : null;
    const onlyEngine = choice.random() < 0.3;
    // Copying takes a second or so, the other phases less.
    const pauseMs = choice.random() * Math.min(attempt, 3) * (moment === 'copying' ? 200 : 20);
    const ended = await runOnce(file, folder, async (child, told) => {
      if (moment === null || !(await told(moment))) return;
      await setTimeout(pauseMs);
      kill(child, onlyEngine);
    });
    output += ended.output;
    if (ended.exitCode === 0) return { kills, output };
    // A run that was killed after its last word has nothing left to do.
    if (/"type":"end","status":"FINISHED"/.test(ended.output)) return { kills: kills + 1, output };
    // Or between its ledger's end and its last word: all is there (who calls compares), which is what the next one says.
    if (kills > 0 && /"code":"target_not_empty"/.test(ended.output)) return { kills, output };
    if (ended.signal === 'SIGKILL' || /"code":"host_crashed"/.test(ended.output)) kills++;
    else throw new Error(`Ended by itself with ${ended.exitCode}:\n${ended.output.slice(-3000)}`);
  }
}

function pickMoment(pick: number): Moment {
  if (pick < 0.1) return 'checking';
  if (pick < 0.25) return 'creating';
  return pick < 0.85 ? 'copying' : 'indexing';
}

interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

async function runOnce(
  file: string,
  folder: string,
  meanwhile: (child: ChildProcess, told: (moment: Moment) => Promise<boolean>) => Promise<void>,
): Promise<Ended> {
  const args = [entry, 'run', file, '--json', '--data-dir', folder];
  const child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      for (const listener of listeners) listener();
      resolve({ exitCode, signal, output });
    });
  });
  /** Resolves when the run has come so far; false: it ended before. */
  const told = (moment: Moment) =>
    new Promise<boolean>((resolve) => {
      const look = () => {
        const isThere = output.includes(`"phase":"${moment}"`);
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (!isThere && !isOver) return;
        listeners.delete(look);
        resolve(isThere && !isOver);
      };
      listeners.add(look);
      look();
    });
  await meanwhile(child, told);
  return await ended;
}

function kill(child: ChildProcess, onlyEngine: boolean): void {
  const target = onlyEngine ? (childrenOf(child.pid!)[0] ?? -child.pid!) : -child.pid!;
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    // Gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Linux keeps them in /proc. */
function childrenOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  return parents.filter(({ parent }) => parent === pid).map((each) => each.pid);
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
  } catch {
    return null;
  }
}

/** Numbers from 0 up to 1 that `seed` decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
