/** Starting and quitting: what is kept across restarts and crashes, and who may start at all. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { confFile } from '../src/main/stores/conf-file.ts';
import { Journal } from '../src/main/stores/journal.ts';
import { systemClock } from '../src/main/streams/clock.ts';
import { SluiceError } from '../src/shared/errors/sluice-error.ts';
import type { StreamDetail, StreamStatistics } from '../src/shared/model/stream.ts';
import {
  FakeHosts,
  makeConfig,
  MemoryVault,
  startControlPlane,
  tableProgress,
  type ControlPlane,
} from './support/control-plane.ts';

let directory: string;
let vault: MemoryVault;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-app-'));
  vault = new MemoryVault();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const boot = (options: object = {}) => startControlPlane({ dataDirectory: directory, vault }, options);
const stream = async (plane: ControlPlane, id: string) =>
  (await plane.send<StreamDetail>('GET', `/streams/${id}`)).body;
const startOne = async (plane: ControlPlane) => {
  const { config } = await makeConfig(plane);
  return (await plane.send('POST', `/streams/${config}/start`)).body.id;
};

/** Makes a journal look as it does after a crash: the last state that was written stays. */
function crash(id: string): void {
  const journal = new Journal(join(directory, 'journal.sqlite'), () => undefined);
  const { stream: kept, claims } = journal.stream(id)!;
  journal.saveStream(
    { stream: { ...kept, status: 'RUNNING', phase: 'copying', pausedBy: null, reason: null }, claims },
    null,
  );
  journal.close();
}

/** Resolves when a stream of the plane reaches a state. */
const reached = (plane: ControlPlane, status: string) =>
  new Promise<void>((resolve) => {
    const unsubscribe = plane.app.feed.subscribe(({ event }) => {
      if (event.type !== 'stream' || event.stream.status !== status) return;
      unsubscribe();
      resolve();
    });
  });

describe('what a restart finds', () => {
  test('connections, configs, settings, streams and their counters', async () => {
    const first = await boot();
    const { config, source, answer } = await makeConfig(first);
    await first.send('PUT', '/settings', { theme: 'dark' });
    const { id } = (await first.send('POST', `/streams/${config}/start`)).body;
    const host = first.hosts.last;
    host.emit({ type: 'plan', tables: [tableProgress('users')], guarantee: 'snapshot', reason: null });
    host.emit({ type: 'progress', table: tableProgress('users', { rows: 42 }), readRows: 50, readBytes: 0 });
    await first.app.quit();
    expect(host.commands).toEqual(['pause']);

    await using second = await boot();
    expect((await second.send('GET', `/stream-configs/${config}`)).body).toEqual(answer.body);
    expect((await second.send('GET', `/connections/${source}`)).status).toBe(200);
    expect((await second.send('GET', '/settings')).body['theme']).toBe('dark');
    expect(await stream(second, id)).toMatchObject({
      status: 'PAUSED',
      pausedBy: 'quit',
      reason: 'Sluice was closed while the stream was running.',
      guarantee: 'snapshot',
      tables: [tableProgress('users', { rows: 42 })],
    });
    const { source: from, target } = (await second.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body;
    expect([from.counter, target.counter, target.status]).toEqual([50, 42, 'PAUSED']);
    expect((await second.send('POST', `/streams/${id}/resume`)).status).toBe(200);
    expect(second.hosts.last.assignment.streamId).toBe(id);
  });

  test('after a crash, a RUNNING stream is PAUSED with the reason, and holds its tables', async () => {
    const first = await boot();
    const { config, source, target } = await makeConfig(first);
    const { id } = (await first.send('POST', `/streams/${config}/start`)).body;
    await first.app.quit();
    crash(id);
    await using second = await boot();
    const found = await stream(second, id);
    expect(found).toMatchObject({ status: 'PAUSED', pausedBy: 'crash', phase: null });
    expect(found.reason).toContain('ended unexpectedly');
    expect((await second.send('POST', `/streams/${config}/start`)).status).toBe(409);
    const tables = [{ name: 'users' }];
    const other = await second.send('POST', '/stream-configs', { name: 'o', source, target, mode: 'convert', tables });
    expect((await second.send('POST', `/streams/${other.body.id}/start`)).status).toBe(409);
    expect((await second.send('DELETE', `/connections/${source}`)).status).toBe(409);
  });
});

describe('continuing what was running', () => {
  test.each([
    ['--resume', { resume: true }, {}],
    ['resumeOnStart', {}, { resumeOnStart: true }],
  ])('with %s', async (_, options, settings) => {
    const first = await boot();
    const quit = await startOne(first);
    const crashed = await startOne(first);
    const byUser = await startOne(first);
    await first.send('POST', `/streams/${byUser}/pause`);
    await first.send('PUT', '/settings', settings);
    await first.app.quit();
    crash(crashed);
    const hosts = new FakeHosts();
    await using second = await startControlPlane({ dataDirectory: directory, vault, hosts }, options);
    while ((await stream(second, quit)).status !== 'RUNNING' || (await stream(second, crashed)).status !== 'RUNNING')
      await new Promise(setImmediate);
    expect((await stream(second, byUser)).status).toBe('PAUSED');
  });

  test('without, they stay paused', async () => {
    const first = await boot();
    const id = await startOne(first);
    await first.app.quit();
    await using second = await boot();
    expect((await stream(second, id)).status).toBe('PAUSED');
    expect(second.hosts.started).toEqual([]);
  });
});

describe('quitting', () => {
  test('ends although a host hangs, and the stream is paused durably', async () => {
    const first = await boot();
    const id = await startOne(first);
    first.hosts.last.obeys = false;
    await Promise.all([first.app.quit(), first.app.quit()]);
    expect(first.hosts.last.commands).toEqual(['pause', 'kill']);
    await using second = await boot();
    expect(await stream(second, id)).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
  });

  test('callers get 503 meanwhile, and 401 without the key', async () => {
    const plane = await boot({ graceMs: 200 });
    await startOne(plane);
    plane.hosts.last.obeys = false;
    const paused = reached(plane, 'PAUSED');
    const quitting = plane.app.quit();
    const { status, body } = await plane.send('GET', '/streams');
    expect([status, body]).toEqual([
      503,
      { error: 'Sluice is shutting down. Try again in a moment.', code: 'unavailable' },
    ]);
    expect((await plane.send('GET', '/streams', undefined, { 'x-api-key': 'wrong' })).status).toBe(401);
    await Promise.all([paused, quitting]);
  });
});

describe('quitting while a stream is being started', () => {
  /** A start that waits for what the test holds back. Not awaited: the answer is in `outcome`. */
  const startHeld = (plane: ControlPlane, id: string) => {
    const outcome = plane.app.dispatcher.call('streams.start', { id }, new AbortController().signal);
    outcome.catch(() => undefined);
    return { outcome };
  };

  test('whose databases have not answered yet: there is no stream', async () => {
    const first = await boot();
    const { config } = await makeConfig(first);
    const gate = Promise.withResolvers<void>();
    first.inspector.gate = gate.promise;
    const { outcome } = startHeld(first, config);
    await expect.poll(() => first.inspector.calls).toHaveLength(1);
    await first.app.quit();
    gate.resolve();
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
    expect(first.hosts.asked).toBe(0);
    await using second = await boot();
    expect((await second.send('GET', '/streams')).body).toEqual([]);
  });

  test('whose process comes up meanwhile: it is paused like the others', async () => {
    const first = await boot({ graceMs: 10_000 });
    const other = await startOne(first);
    const busy = first.hosts.last;
    busy.obeys = false;
    const { config } = await makeConfig(first);
    const gate = Promise.withResolvers<void>();
    first.hosts.gate = gate.promise;
    const { outcome } = startHeld(first, config);
    await expect.poll(() => first.hosts.asked).toBe(2);
    const quitting = first.app.quit();
    gate.resolve();
    const { id } = await outcome;
    expect(first.hosts.of(id).commands).toEqual(['pause']);
    busy.end('PAUSED');
    await quitting;
    await using second = await boot();
    for (const each of [id, other])
      expect(await stream(second, each)).toMatchObject({ status: 'PAUSED', pausedBy: 'quit' });
  });

  test('whose process is ended before it is up: there is no stream', async () => {
    const gate = Promise.withResolvers<void>();
    const ended = new SluiceError('host_crashed', 'The process was ended.');
    // The end of a process is heard of a moment after it was asked for.
    const closeHosts = async () => void setTimeout(() => gate.reject(ended), 100);
    const first = await startControlPlane({ dataDirectory: directory, vault, closeHosts }, { exitMs: 20_000 });
    const { config } = await makeConfig(first);
    first.hosts.gate = gate.promise;
    const { outcome } = startHeld(first, config);
    await expect.poll(() => first.hosts.asked).toBe(1);
    await first.app.quit();
    await expect(outcome).rejects.toBe(ended);
    await using second = await boot();
    expect((await second.send('GET', '/streams')).body).toEqual([]);
  });

  test('whose process neither comes nor goes: the end does not wait for it, and there is no stream', async () => {
    const first = await boot();
    const { config } = await makeConfig(first);
    first.hosts.gate = new Promise(() => undefined);
    startHeld(first, config);
    await expect.poll(() => first.hosts.asked).toBe(1);
    await first.app.quit();
    await using second = await boot();
    expect((await second.send('GET', '/streams')).body).toEqual([]);
    expect((await second.send('POST', `/streams/${config}/start`)).status).toBe(200);
  });
});

describe('who may start', () => {
  test('one Sluice per data directory', async () => {
    await using plane = await boot();
    await expect(boot()).rejects.toMatchObject({ code: 'data_directory_in_use' });
    expect((await plane.send('GET', '/health')).status).toBe(200);
  });

  test('a taken port is refused, and the directory is free again', async () => {
    await using other = await startControlPlane();
    const port = Number(new URL(other.app.url!).port);
    await expect(boot({ rest: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'port_in_use' });
    await using plane = await boot();
    expect(plane.app.url).not.toBe(null);
  });

  test('where REST is optional, a taken port is a finding, and the rest works', async () => {
    await using other = await startControlPlane();
    const port = Number(new URL(other.app.url!).port);
    await using plane = await boot({ rest: { host: '127.0.0.1', port, isOptional: true } });
    expect(plane.app.url).toBe(null);
    const info = await plane.app.dispatcher.call('server.info', {}, new AbortController().signal);
    expect(info.findings).toMatchObject([
      { code: 'rest_missing', message: expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`) },
    ]);
  });

  test('a damaged settings file is set aside and told', async () => {
    writeFileSync(join(directory, 'sluice.json'), '{"version": 1, "conn');
    await using plane = await boot();
    const { findings } = (await plane.send('GET', '/info')).body;
    expect(findings).toMatchObject([{ code: 'settings_file_damaged' }]);
  });

  test('without REST there is no address', async () => {
    await using plane = await boot({ rest: null });
    expect(plane.app.url).toBe(null);
  });
});

describe('the API key', () => {
  test('is made once and kept in the keychain', async () => {
    const first = await boot();
    const { key } = first;
    expect(key).toMatch(/^sluice_[\w-]{32}$/);
    await first.app.quit();
    await using second = await boot();
    expect(second.key).toBe(key);
    expect(vault.secrets.get('api-key')).toBe(key);
  });

  test('of a file goes before that of the environment', async () => {
    const file = join(directory, 'key');
    const environment = { SLUICE_API_KEY: 'from-the-environment' };
    const platform = { dataDirectory: directory, vault, environment };
    const first = await startControlPlane(platform, { apiKeyFile: file });
    expect(readFileSync(file, 'utf8').trim()).toBe(first.key);
    const replaced = await first.send('POST', '/settings/api-key');
    expect(replaced.body['source']).toBe('file');
    expect(readFileSync(file, 'utf8').trim()).toBe(replaced.body['key']);
    expect((await first.send('GET', '/streams', undefined, { 'x-api-key': first.key })).status).toBe(401);
    expect((await first.send('GET', '/streams')).status).toBe(200);
    await first.app.quit();

    await using second = await startControlPlane(platform);
    expect(second.key).toBe('from-the-environment');
    expect((await second.send('POST', '/settings/api-key')).status).toBe(409);
    expect(vault.secrets.size).toBe(0);
  });

  test('is one of the session when the keychain does not answer', async () => {
    vault.refusal = new SluiceError('keychain_failed', 'The keychain is locked.');
    await using plane = await boot();
    const { body } = await plane.send('GET', '/info');
    expect(body['findings']).toMatchObject([{ code: 'api_key_not_kept' }]);
    expect((await plane.send('GET', '/settings/api-key')).body['source']).toBe('session');
  });
});

test('history that is too old for a new setting is gone at once, and that of later within the hour', async () => {
  let now = Date.now();
  const hourly = new Set<() => void>();
  const after = (ms: number, work: () => void) => {
    if (ms !== 3_600_000) return systemClock.after(ms, work);
    hourly.add(work);
    return () => hourly.delete(work);
  };
  await using plane = await startControlPlane({
    ...{ dataDirectory: directory, vault, clock: { now: () => now, after } },
  });
  const old = await startOne(plane);
  plane.hosts.last.end('FINISHED');
  const statusOf = async (id: string) => (await plane.send('GET', `/streams/${id}`)).status;
  now += 31 * 86_400_000;
  expect(await statusOf(old)).toBe(200);
  const deleted: string[] = [];
  plane.app.feed.subscribe(({ event }) => void (event.type === 'deleted' && deleted.push(event.streamID)));
  await plane.send('PUT', '/settings', { historyDays: 30 });
  expect(await statusOf(old)).toBe(404);
  const young = await startOne(plane);
  plane.hosts.last.end('FINISHED');
  now += 31 * 86_400_000;
  expect(hourly.size).toBe(1);
  for (const work of [...hourly]) work();
  expect(await statusOf(young)).toBe(404);
  expect(deleted).toEqual([old, young]);
});

test.each(['emptied', 'lost'])('a journal that was %s is told of', async (how) => {
  const first = await boot();
  await startOne(first);
  await first.app.quit();
  const journal = join(directory, 'journal.sqlite');
  for (const suffix of ['', '-wal', '-shm']) rmSync(journal + suffix, { force: true });
  if (how === 'emptied') writeFileSync(journal, '');
  await using second = await boot();
  expect((await second.send('GET', '/info')).body['findings']).toEqual([
    expect.objectContaining({ code: 'journal_lost', message: expect.stringContaining(journal) }),
  ]);
  const aside = readdirSync(directory).filter((name) => name.startsWith('journal.sqlite.damaged-'));
  expect(aside).toHaveLength(how === 'emptied' ? 1 : 0);
});

test('history that is too old is gone at the next start, and its refused rows with it', async () => {
  const first = await boot();
  const id = await startOne(first);
  const error = { table: 'users', columns: ['id'], values: ['1'], message: 'no', code: '23505' };
  first.hosts.last.emit({ type: 'row-error', error });
  const { rejectFile } = (await first.send<StreamDetail>('GET', `/streams/${id}`)).body;
  expect(existsSync(rejectFile!)).toBe(true);
  first.hosts.last.end('FINISHED');
  await first.send('PUT', '/settings', { historyDays: 30 });
  await first.app.quit();
  const later = { ...systemClock, now: () => Date.now() + 31 * 86_400_000 };
  await using second = await startControlPlane({
    dataDirectory: directory,
    vault,
    clock: later,
    documentFile: confFile,
  });
  expect((await second.send('GET', `/streams/${id}`)).status).toBe(404);
  expect(existsSync(rejectFile!)).toBe(false);
});
