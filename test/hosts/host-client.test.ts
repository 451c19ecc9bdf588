import { afterEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import { childProcessFactory } from '../../src/main/hosts/child-process-factory.ts';
import { HostClient, type HostClientOptions } from '../../src/main/hosts/host-client.ts';
import { plainEnvironment } from '../../src/main/hosts/host-environment.ts';
import { drillOperations } from './support/drill-operations.ts';
import { comesTrue, isAlive } from './support/processes.ts';

const processes = childProcessFactory();
const entry = new URL('./support/drill-host-entry.ts', import.meta.url);
const launch = { title: 'drill', heapMegabytes: 64, environment: plainEnvironment(process.env) };
const running: HostClient<typeof drillOperations>[] = [];
const patient = { graceMs: 10_000 };

function startDrill(options: Partial<HostClientOptions> = {}) {
  const host = processes.fork(entry, launch);
  const client = new HostClient(host, drillOperations, { title: 'The drill', hangMs: null, ...options });
  running.push(client);
  return client;
}

afterEach(() => {
  for (const client of running.splice(0)) client.kill();
});

/** What a call is rejected with. */
async function errorOf(call: Promise<unknown>): Promise<SluiceError> {
  const thrown = await call.then(
    () => new Error('The call went well.'),
    (error: unknown) => error,
  );
  if (thrown instanceof SluiceError) return thrown;
  throw thrown;
}

test('calls are answered, side by side', async () => {
  const drill = startDrill();
  await drill.up;
  const texts = Array.from({ length: 20 }, (_, index) => `text ${index} \u{1f600} \0 "`);
  const answers = await Promise.all(texts.map((text) => drill.call('echo', { text }, patient)));
  expect(answers).toEqual(texts);
});

test('events come in order and before the answer', async () => {
  const drill = startDrill();
  const numbers: number[] = [];
  const onEvent = (batch: number[]) => numbers.push(...batch);
  await drill.call('count', { upTo: 5_000 }, { ...patient, onEvent });
  expect(numbers).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
});

test('errors keep code, sentence and details; others are internal', async () => {
  const drill = startDrill();
  const known = await errorOf(drill.call('fail', { code: 'table_missing' }, patient));
  expect(known.toData()).toEqual({
    code: 'table_missing',
    message: 'The table "x" is missing.',
    details: { table: 'x' },
  });
  const plain = await errorOf(drill.call('fail', { code: null }, patient));
  expect(plain.toData()).toMatchObject({ code: 'internal', message: 'a plain error' });
  expect(await drill.call('echo', { text: 'still there' }, patient)).toBe('still there');
});

describe('what crosses is checked', () => {
  test('input', async () => {
    const error = await errorOf(startDrill().call('echo', { text: 1 as unknown as string }, patient));
    expect(error.toData()).toMatchObject({ code: 'internal', message: 'echo: text: expected string, received number' });
  });

  test('answers', async () => {
    const error = await errorOf(startDrill().call('wrongAnswer', null, patient));
    expect(error.message).toBe('Answer of a host to wrongAnswer: count: expected number, received string');
  });

  test('events', async () => {
    const call = startDrill().call('wrongEvent', null, { ...patient, onEvent: () => undefined });
    expect((await errorOf(call)).message).toBe('An event of a host: expected number, received string');
  });
});

describe('cancel and deadline', () => {
  test('a cancelled call settles with what the host answers then', async () => {
    const drill = startDrill();
    const controller = new AbortController();
    const call = drill.call('wait', null, { ...patient, signal: controller.signal });
    await drill.up;
    controller.abort();
    expect(await call).toBe('cancelled in good order');
    expect(drill.isUsable).toBe(true);
  });

  test('a signal that is aborted already', async () => {
    const call = startDrill().call('wait', null, { ...patient, signal: AbortSignal.abort() });
    expect(await call).toBe('cancelled in good order');
  });

  test('past its deadline a call is cancelled and fails; the host goes on', async () => {
    const drill = startDrill();
    await drill.up;
    const error = await errorOf(drill.call('wait', null, { ...patient, deadlineMs: 100 }));
    expect(error.toData()).toMatchObject({
      code: 'deadline_exceeded',
      message: 'There was no answer within 0.1 seconds.',
    });
    expect(await drill.call('echo', { text: 'here' }, patient)).toBe('here');
  });

  test.each(['block', 'ignore'] as const)('a host that does not give up (%s) is killed', async (name) => {
    const drill = startDrill();
    await drill.up;
    const pid = drill.pid!;
    const call = drill.call(name, null, { deadlineMs: 100, graceMs: 100 });
    const neighbour = drill.call('wait', null, patient);
    expect(await errorOf(call)).toMatchObject({ code: 'deadline_exceeded' });
    expect(await errorOf(neighbour)).toMatchObject({ code: 'host_crashed' });
    expect(await comesTrue(() => !isAlive(pid), 5_000)).toBe(true);
  });
});

describe('a host that ends', () => {
  test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)('by %s fails its calls with the reason', async (name) => {
    const drill = startDrill();
    const neighbour = errorOf(drill.call('wait', null, patient));
    const error = await errorOf(drill.call('signal', { name }, patient));
    expect(error.toData()).toMatchObject({
      code: 'host_crashed',
      message: `The drill was ended by signal ${name}.`,
      details: { signal: name },
    });
    expect((await neighbour).code).toBe('host_crashed');
    expect((await errorOf(drill.call('echo', { text: 'late' }, patient))).code).toBe('host_crashed');
  });

  test('by itself', async () => {
    const error = await errorOf(startDrill().call('exit', { code: 7 }, patient));
    expect(error.message).toBe('The drill ended by itself (exit code 7).');
  });

  test('out of memory', async () => {
    const error = await errorOf(startDrill().call('fillMemory', null, patient));
    expect(error.toData()).toMatchObject({ code: 'host_crashed', message: 'The drill ran out of memory.' });
  });

  test('by an error that nothing catches, which is kept', async () => {
    const drill = startDrill();
    const error = await errorOf(drill.call('throwLater', null, patient));
    expect(error.toData()).toMatchObject({ code: 'internal', message: 'nobody catches this' });
    expect(drill.isUsable).toBe(false);
  });

  test('before it began, with what it said', async () => {
    const missing = new URL('./support/no-such-entry.ts', import.meta.url);
    const client = new HostClient(processes.fork(missing, launch), drillOperations, { title: 'It', hangMs: null });
    const error = await errorOf(client.up);
    expect(error.code).toBe('host_crashed');
    expect(error.message).toMatch(/^It could not start: it ended by itself \(exit code 1\)\. .*no-such-entry/s);
  });
});

test('a host that says nothing while it has calls is taken for hung', async () => {
  const drill = startDrill({ hangMs: 2_000 });
  const pid = await drill.up.then(() => drill.pid!);
  const error = await errorOf(drill.call('block', null, patient));
  expect(error.message).toBe('The drill did not respond for 2 seconds and was ended.');
  expect(await comesTrue(() => !isAlive(pid), 5_000)).toBe(true);
});

test('a host that waits is not taken for hung', async () => {
  const drill = startDrill({ hangMs: 2_000 });
  const controller = new AbortController();
  const call = drill.call('wait', null, { ...patient, signal: controller.signal });
  setTimeout(() => controller.abort(), 3_500);
  expect(await call).toBe('cancelled in good order');
});
