import type { UtilityProcess, utilityProcess } from 'electron';
import { expect, expectTypeOf, test } from 'vitest';
import { HostClient } from '../../src/main/hosts/host-client.ts';
import { plainEnvironment } from '../../src/main/hosts/host-environment.ts';
import { hostOptions } from '../../src/main/hosts/host-process.ts';
import {
  utilityProcessFactory,
  type UtilityChild,
  type UtilityProcessModule,
} from '../../src/main/hosts/utility-process-factory.ts';
import { FakeUtilityProcesses } from '../support/electron/fake-utility-process.ts';
import { drillOperations } from './support/drill-operations.ts';
import { comesTrue, isAlive } from './support/processes.ts';

test("Electron's own module is what the factory takes", () => {
  expectTypeOf<typeof utilityProcess>().toExtend<UtilityProcessModule>();
  expectTypeOf<UtilityProcess>().toExtend<UtilityChild>();
});

const electron = new FakeUtilityProcesses();

const launch = { title: 'Sluice drill', heapMegabytes: 64, environment: plainEnvironment(process.env) };
const entry = new URL('./support/drill-host-entry.ts', import.meta.url);
const patient = { graceMs: 5_000 };

function startDrill() {
  const factory = utilityProcessFactory(electron);
  return new HostClient(factory.fork(entry, launch), drillOperations, { title: 'The drill', hangMs: null });
}

test('calls, events and cancel through the parent port', async () => {
  const drill = startDrill();
  expect(await drill.call('echo', { text: 'a\0b' }, patient)).toBe('a\0b');
  const numbers: number[] = [];
  await drill.call('count', { upTo: 100 }, { ...patient, onEvent: (batch) => numbers.push(...batch) });
  expect(numbers).toHaveLength(100);
  const call = drill.call('wait', null, { ...patient, signal: AbortSignal.abort() });
  expect(await call).toBe('cancelled in good order');
  drill.kill();
});

test('it is named, limited and poor', () => {
  expect(electron.options[0]).toEqual({
    serviceName: 'Sluice drill',
    execArgv: hostOptions(64),
    env: plainEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
});

test('one that hangs is killed for good', async () => {
  const drill = startDrill();
  await drill.up;
  const pid = drill.pid!;
  await expect(drill.call('block', null, { deadlineMs: 100, graceMs: 50 })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
  expect(await comesTrue(() => !isAlive(pid), 5_000)).toBe(true);
});

test('out of memory and exits are told', async () => {
  await expect(startDrill().call('fillMemory', null, patient)).rejects.toMatchObject({
    message: 'The drill ran out of memory.',
  });
  await expect(startDrill().call('exit', { code: 4 }, patient)).rejects.toMatchObject({
    message: 'The drill ended by itself (exit code 4).',
  });
});

test('one that is killed before it is there does not come', async () => {
  const drill = startDrill();
  expect(drill.pid).toBeUndefined();
  drill.kill();
  const child = electron.children.at(-1)!;
  expect(await comesTrue(() => child.signalCode === 'SIGKILL', 5_000)).toBe(true);
});
