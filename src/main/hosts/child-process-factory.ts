/** Hosts as Node child processes, for the headless entry. Electron's packages cannot fork Node (runAsNode is off). */
import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  hostOptions,
  LivingProcesses,
  OutputTail,
  type HostExit,
  type HostLaunch,
  type HostProcess,
  type ProcessFactory,
} from './host-process.ts';

export function childProcessFactory(): ProcessFactory {
  const living = new LivingProcesses();
  const killAll = () => living.kill();
  // A child that is stuck in a native call would not notice that its parent is gone.
  process.once('exit', killAll);
  return { fork: (entry, launch) => living.add(startChild(entry, launch)), killAll };
}

function startChild(entry: URL, { heapMegabytes, environment }: HostLaunch): HostProcess {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: hostOptions(heapMegabytes),
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // The structured clone, as Electron's message port has it.
    serialization: 'advanced',
  });
  child.unref();
  child.channel?.unref();
  (child.stderr as Socket).unref();

  const output = new OutputTail();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => output.add(text));
  const exited = new Promise<HostExit>((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, output: error.message });
    });
    // `close` comes after the last byte of the standard error, `disconnect` after the last message.
    const disconnected = new Promise<void>((done) => child.once('disconnect', done));
    child.once('close', (code, signal) => {
      void disconnected.then(() => resolve({ code, signal, output: output.text }));
    });
  });
  return {
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    send(message) {
      // Sending to a process that is just ending fails in the callback; its exit is told by onExit.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void exited.then(listener),
    kill: () => void child.kill('SIGKILL'),
  };
}
