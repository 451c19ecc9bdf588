import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childProcessFactory } from '../../src/main/hosts/child-process-factory.ts';
import { plainEnvironment } from '../../src/main/hosts/host-environment.ts';
import { OnDemandHost } from '../../src/main/hosts/on-demand-host.ts';
import { drillOperations } from './support/drill-operations.ts';
import { comesTrue, isAlive } from './support/processes.ts';

/** Starts a parent; resolves when it has printed its child's process id. */
async function startParent(operation: 'wait' | 'block', end: 'exit' | 'stay' | 'return') {
  const program = fileURLToPath(new URL('./support/parent-drill.ts', import.meta.url));
  const parent = spawn(process.execPath, [program, operation, end], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(parent, 'exit');
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, exited, childPid: Number(text.toString()) };
}

test('a host ends when its parent is killed', async () => {
  const { parent, childPid } = await startParent('wait', 'stay');
  expect(isAlive(childPid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await comesTrue(() => !isAlive(childPid), 5_000)).toBe(true);
});

test.each(['wait', 'block'] as const)('a parent that exits takes its host along (%s)', async (operation) => {
  const { exited, childPid } = await startParent(operation, 'exit');
  expect((await exited)[0]).toBe(0);
  expect(await comesTrue(() => !isAlive(childPid), 5_000)).toBe(true);
});

test('a host does not keep its parent alive', async () => {
  const { exited, childPid } = await startParent('block', 'return');
  expect((await exited)[0]).toBe(0);
  expect(await comesTrue(() => !isAlive(childPid), 5_000)).toBe(true);
});

test('a host on demand ends when it is idle, and comes again', async () => {
  const launch = { title: 'drill', heapMegabytes: 64, environment: plainEnvironment(process.env) };
  const entry = new URL('./support/drill-host-entry.ts', import.meta.url);
  const processes = childProcessFactory();
  const options = { title: 'The drill', hangMs: null, idleMs: 100 };
  const host = new OnDemandHost(() => processes.fork(entry, launch), drillOperations, options);
  expect(host.pid).toBeUndefined();
  expect(await host.call('echo', { text: 'a' }, { graceMs: 0 })).toBe('a');
  const pid = host.pid!;
  expect(await comesTrue(() => !isAlive(pid), 5_000)).toBe(true);
  expect(await host.call('echo', { text: 'b' }, { graceMs: 0 })).toBe('b');
  expect(host.pid).not.toBe(pid);
  host.kill();
});
