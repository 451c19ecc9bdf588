/** Streams that keep the source's snapshot while they are paused: what is told of it, and what ends it. */
import { cp } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { systemClock, type Clock } from '../../src/main/streams/clock.ts';
import type { LogEntry, StreamDetail, StreamStatistics } from '../../src/shared/model/stream.ts';
import { makeConfig, startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { createFolder } from '../support/databases.ts';

const detail = async (plane: ControlPlane, id: string) =>
  (await plane.send<StreamDetail>('GET', `/streams/${id}`)).body;
const messages = async (plane: ControlPlane, id: string) =>
  (await plane.send<LogEntry[]>('GET', `/streams/${id}/logs`)).body.map(({ message }) => message);

/** A stream that is paused and holds a snapshot. Resolves with its id. */
async function holdOne(plane: ControlPlane, clock: Clock = systemClock): Promise<string> {
  const { config } = await makeConfig(plane, { pauseHoldsSnapshot: true });
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  plane.hosts.last.snapshotTaken = Math.floor(clock.now() / 1000);
  expect((await plane.send('POST', `/streams/${id}/pause`)).status).toBe(200);
  expect(plane.hosts.last.commands).toEqual(['pause, hold']);
  return id;
}

/** A clock that stands still but for `pass`, which also does what is due by then. */
function standingClock() {
  let now = Date.now();
  const due = new Map<() => void, number>();
  const clock: Clock = {
    now: () => now,
    after(ms, work) {
      due.set(work, now + ms);
      return () => due.delete(work);
    },
  };
  const pass = (seconds: number) => {
    for (const end = now + seconds * 1000; now < end; now += 1000) {
      for (const [work, at] of [...due]) if (at <= now && due.delete(work)) work();
    }
  };
  return { clock, pass };
}

test('the snapshot and its age are told until the stream goes on, in the same process', async () => {
  const { clock, pass } = standingClock();
  await using plane = await startControlPlane({ clock });
  const aged = vi.fn();
  plane.app.feed.subscribe(({ event }) => event.type === 'stream' && aged(event.stream.snapshotAgeSeconds));
  const id = await holdOne(plane, clock);
  const { snapshotTaken, status } = await detail(plane, id);
  expect([status, snapshotTaken]).toEqual(['PAUSED', Math.floor(clock.now() / 1000)]);
  pass(2 * 3600 + 90);
  expect(await detail(plane, id)).toMatchObject({ snapshotTaken, snapshotAgeSeconds: 7290 });
  expect((await plane.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body.snapshotAgeSeconds).toBe(7290);
  expect((await plane.send('GET', '/metrics')).text).toContain(`snapshot_age_seconds{stream="${id}"`);
  expect(aged.mock.calls.flat().filter((age) => age >= 7200)).toHaveLength(2);
  expect(await messages(plane, id)).toEqual([
    expect.stringMatching(/^The snapshot of \S+Z stays open until/),
    expect.stringMatching(/^The snapshot of \S+Z is 1 hour old/),
    expect.stringMatching(/^The snapshot of \S+Z is 2 hours old/),
  ]);

  expect((await plane.send('POST', `/streams/${id}/resume`)).status).toBe(200);
  expect(plane.hosts.started).toHaveLength(1);
  expect(plane.hosts.last.commands).toEqual(['pause, hold', 'resume']);
  const running = await detail(plane, id);
  expect(running.status).toBe('RUNNING');
  expect(running).not.toHaveProperty('snapshotTaken');
  expect(running).not.toHaveProperty('snapshotAgeSeconds');
  pass(7200);
  expect(await messages(plane, id)).toHaveLength(3);
  plane.hosts.last.end('FINISHED');
  expect((await detail(plane, id)).status).toBe('FINISHED');
});

test('it is held for who pauses a stream that is to hold it, and not when Sluice ends', async () => {
  await using plane = await startControlPlane();
  const { config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  await plane.send('POST', `/streams/${id}/pause`);
  expect(plane.hosts.last.commands).toEqual(['pause']);
  const other = await makeConfig(plane, { pauseHoldsSnapshot: true });
  await plane.send('POST', `/streams/${other.config}/start`);
  await plane.app.quit();
  expect(plane.hosts.last.commands).toEqual(['pause']);
});

test('a stop ends the process that holds it', async () => {
  await using plane = await startControlPlane();
  const id = await holdOne(plane);
  expect((await plane.send('POST', `/streams/${id}/stop`)).status).toBe(200);
  expect(plane.hosts.last.commands).toEqual(['pause, hold', 'kill']);
  expect(await detail(plane, id)).toMatchObject({ status: 'STOPPED', reason: null });
  expect(await messages(plane, id)).toHaveLength(1);
});

test('a snapshot that is lost is told at once, and a resume takes another process', async () => {
  await using plane = await startControlPlane();
  const id = await holdOne(plane);
  plane.hosts.last.crash({ code: 'server_lost', message: 'The server closed the connection.' });
  const lost = await detail(plane, id);
  expect(lost.status).toBe('PAUSED');
  expect(lost).not.toHaveProperty('snapshotTaken');
  expect(lost.reason).toMatch(/^The server closed the connection: the snapshot of \S+Z that the stream held is gone\./);
  expect((await messages(plane, id)).at(-1)).toBe(lost.reason);
  await plane.send('POST', `/streams/${id}/resume`);
  expect(plane.hosts.started).toHaveLength(2);
});

test('it is gone, and that is told, after Sluice was closed and after it was killed', async () => {
  await using left = await createFolder();
  let id: string;
  {
    await using plane = await startControlPlane();
    id = await holdOne(plane);
    // What the journal holds at this moment is what a killed Sluice leaves.
    await cp(plane.directory, left.path, { recursive: true });
    await plane.app.quit();
    expect(plane.hosts.last.commands).toEqual(['pause, hold', 'kill']);
    await using closed = await startControlPlane({ dataDirectory: plane.directory });
    expect(await detail(closed, id)).toMatchObject({
      ...{ status: 'PAUSED', pausedBy: 'user', reason: expect.stringMatching(/^Sluice was closed: the snapshot of/) },
    });
    await closed.app.quit();
  }
  await using killed = await startControlPlane({ dataDirectory: left.path });
  const found = await detail(killed, id);
  expect(found).toMatchObject({ status: 'PAUSED', reason: expect.stringMatching(/^Sluice ended meanwhile: the snap/) });
  expect(found).not.toHaveProperty('snapshotTaken');
});
