/** Hosts as Electron utility processes. What it uses of Electron is declared here, so that it loads without Electron. */
import { fileURLToPath } from 'node:url';
import {
  hostOptions,
  LivingProcesses,
  OutputTail,
  type HostExit,
  type HostProcess,
  type ProcessFactory,
} from './host-process.ts';

/** The part of Electron's `utilityProcess` that is used: the real one is assignable to it (checked by its test). */
export interface UtilityProcessModule {
  fork(
    modulePath: string,
    args: string[],
    options: { serviceName: string; execArgv: string[]; env: Record<string, string>; stdio: ('ignore' | 'pipe')[] },
  ): UtilityChild;
}

export interface UtilityChild {
  readonly pid: number | undefined;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'error', listener: (type: 'FatalError', location: string, report: string) => void): unknown;
  once(event: 'spawn', listener: () => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

/** To be called after the app's `ready`. Electron ends its utility processes when it ends. */
export function utilityProcessFactory(electron: UtilityProcessModule): ProcessFactory {
  const living = new LivingProcesses();
  return {
    fork(entry, { title, heapMegabytes, environment }) {
      const child = electron.fork(fileURLToPath(entry), [], {
        serviceName: title,
        execArgv: hostOptions(heapMegabytes),
        env: { ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      return living.add(wrap(child));
    },
    killAll: () => living.kill(),
  };
}

function wrap(child: UtilityChild): HostProcess {
  const output = new OutputTail();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => output.add(text));
  // Out of memory among others. The exit follows.
  child.on('error', (type, location) => output.add(`\nFATAL ERROR: ${type} ${location}\n`));
  const exited = new Promise<HostExit>((resolve) => {
    child.once('exit', (code) => resolve({ code, signal: null, output: output.text }));
  });
  let [isGone, isKilled] = [false, false];
  child.once('spawn', () => {
    if (isKilled && child.pid !== undefined) killNow(child.pid);
  });
  void exited.then(() => (isGone = true));
  return {
    get pid() {
      return child.pid;
    },
    send(message) {
      if (!isGone) child.postMessage(message);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void exited.then(listener),
    kill() {
      if (isGone) return;
      // Electron's own kill is SIGTERM, which hosts leave to their parent. One that has no pid yet gets one soon.
      isKilled = true;
      if (child.pid !== undefined) killNow(child.pid);
    },
  };
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
