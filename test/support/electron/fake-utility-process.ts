/**
 * Electron's utilityProcess over a Node process that gets a `process.parentPort`: messages are structured clones wrapped in
 * an event on the child's side, exit tells a code only, the pid is there after `spawn` and gone after the exit.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import type { UtilityChild, UtilityProcessModule } from '../../../src/main/hosts/utility-process-factory.ts';

type ForkOptions = Parameters<UtilityProcessModule['fork']>[2];

export class FakeUtilityProcesses implements UtilityProcessModule {
  readonly children: ChildProcess[] = [];
  readonly options: ForkOptions[] = [];
  /** Processes of this name get no message: to their parent they hang. */
  deaf: string | null = null;
  readonly #isReady: () => boolean;

  constructor(isReady: () => boolean = () => true) {
    this.#isReady = isReady;
  }

  fork(modulePath: string, args: string[], options: ForkOptions): UtilityChild {
    if (!this.#isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    const parentPort = new URL('./parent-port.ts', import.meta.url).href;
    const child = fork(modulePath, args, {
      execArgv: [...options.execArgv, '--import', parentPort],
      env: options.env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.children.push(child);
    this.options.push(options);
    const events = new EventEmitter();
    let isSpawned = false;
    child.once('spawn', () => {
      isSpawned = true;
      events.emit('spawn');
    });
    child.on('message', (message) => events.emit('message', message));
    child.once('exit', (code, signal) => events.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 1)));
    const listen = (event: string, listener: (...values: unknown[]) => void) => events.on(event, listener);
    return {
      get pid() {
        return isSpawned && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
      },
      stderr: child.stderr as Readable,
      postMessage: (message: unknown) => void (options.serviceName === this.deaf || child.send(message as object)),
      on: listen as UtilityChild['on'],
      once: listen as UtilityChild['once'],
    };
  }

  /** Resolves when all of them are gone. */
  async exited(): Promise<void> {
    for (const child of this.children)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  killAll(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}
