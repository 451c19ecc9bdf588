/** Server-sent events: what is told, how a reader comes back, when it is let go. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appEventSchema } from '../../../src/shared/contract/events.ts';
import { EventFeed } from '../../../src/main/services/event-feed.ts';
import { makeConfig, startControlPlane, tableProgress, type ControlPlane } from '../../support/control-plane.ts';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await startControlPlane({}, { heartbeatMs: 20 });
});
afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

interface SentEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: { type: string; streamID: string; at: string } & Record<string, unknown>;
}

/** Opens an event stream; `next` gives one event after the other, `comment` waits for a heartbeat. */
async function listen(headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await fetch(`${plane.app.url}/api/v1/events`, {
    headers: { 'x-api-key': plane.key, ...headers },
    signal: controller.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const blocks = readBlocks(response.body!);
  const nextBlock = async (isWanted: (block: string) => boolean) => {
    for (;;) {
      const { value, done } = await blocks.next();
      if (done) return null;
      if (isWanted(value)) return value;
    }
  };
  return {
    close: () => controller.abort(),
    comment: () => nextBlock((block) => block.startsWith(':')),
    next: async (): Promise<SentEvent | null> => {
      const block = await nextBlock((text) => text.includes('event: '));
      if (block === null) return null;
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      return { id: field('id'), type: field('event')!, data: JSON.parse(field('data')!) as SentEvent['data'] };
    },
  };
}

async function* readBlocks(body: ReadableStream<Uint8Array>) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop()!;
    yield* blocks;
  }
}

test('states, progress, logs and refused rows of a stream come in order, each by its schema', async () => {
  const { config } = await makeConfig(plane);
  const events = await listen();
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const host = plane.hosts.last;
  host.emit({ type: 'phase', phase: 'copying', detail: null });
  host.emit({ type: 'progress', table: tableProgress('users', { rows: 1 }), readRows: 1, readBytes: 1 });
  host.emit({ type: 'log', level: 'info', message: 'One line.' });
  const error = { table: 'users', columns: ['id'], values: ['1'], message: 'no', code: '23505' };
  host.emit({ type: 'row-error', error });
  host.end('FINISHED');
  const seen: SentEvent[] = [];
  while (seen.at(-1)?.type !== 'end') seen.push((await events.next())!);
  expect(seen.map(({ type }) => type)).toEqual([
    'stream',
    'stream',
    'phase',
    'progress',
    'log',
    'row-error',
    'stream',
    'end',
  ]);
  for (const { type, data } of seen) {
    expect(data).toMatchObject({ type, streamID: id });
    expect(new Date(data.at).toISOString()).toBe(data.at);
    expect(appEventSchema.safeParse(data).success).toBe(true);
  }
  expect(new Set(seen.map((event) => event.id)).size).toBe(seen.length);
  events.close();
});

test('changes of connections, configs and settings are told', async () => {
  const events = await listen();
  await makeConfig(plane);
  await plane.send('PUT', '/settings', { theme: 'dark' });
  const what = [];
  for (let count = 0; count < 4; count++) what.push((await events.next())!.data['what']);
  expect(what).toEqual(['connections', 'connections', 'stream-configs', 'settings']);
  events.close();
});

describe('coming back', () => {
  test('with Last-Event-ID gets what was missed, and nothing twice', async () => {
    const first = await listen();
    await plane.send('PUT', '/settings', { theme: 'dark' });
    const { id } = (await first.next())!;
    first.close();
    await plane.send('PUT', '/settings', { theme: 'light' });
    await plane.send('PUT', '/settings', { theme: 'system' });
    const second = await listen({ 'last-event-id': id! });
    const missed = [(await second.next())!, (await second.next())!];
    await plane.send('PUT', '/settings', { theme: 'dark' });
    const live = (await second.next())!;
    const numbers = [...missed, live].map((event) => Number(event.id!.split('-')[1]));
    const start = Number(id!.split('-')[1]);
    expect(numbers).toEqual([start + 1, start + 2, start + 3]);
    second.close();
  });

  test.each(['other-1', 'nonsense', 'x-y-z'])('with the unknown id %s gets reset first', async (id) => {
    const events = await listen({ 'last-event-id': id });
    const { type, data } = (await events.next())!;
    expect([type, appEventSchema.parse(data).type]).toEqual(['reset', 'reset']);
    events.close();
  });
});

test('heartbeats keep a quiet stream open', async () => {
  const events = await listen();
  expect(await events.comment()).toBe(': heartbeat');
  expect(await events.comment()).toBe(': heartbeat');
  events.close();
});

test('a new API key ends streams that the old one opened', async () => {
  const events = await listen();
  expect(await events.comment()).toBe(': heartbeat');
  const end = events.comment();
  expect((await plane.send('POST', '/settings/api-key')).status).toBe(200);
  // Heartbeats that were on their way come first.
  for (let block = await end; block !== null;) block = await events.comment();
  expect((await fetch(`${plane.app.url}/api/v1/events`, { headers: { 'x-api-key': plane.key } })).status).toBe(401);
});

test('the end of the app ends the stream', async () => {
  const events = await listen();
  const end = events.next();
  await plane.app.quit();
  expect(await end).toBe(null);
});

describe('the feed', () => {
  const event = { type: 'changed', at: '2026-11-23T10:00:00.000Z', what: 'settings' } as const;

  test('keeps the last events and says when something may be missing', () => {
    const feed = new EventFeed('run', 3);
    for (let count = 0; count < 7; count++) feed.publish(event);
    const ids = (after: string) => feed.since(after)?.map(({ id }) => id) ?? null;
    expect(ids('run-7')).toEqual([]);
    expect(ids('run-5')).toEqual(['run-6', 'run-7']);
    expect(ids('run-3')).toEqual(['run-4', 'run-5', 'run-6', 'run-7']);
    expect(ids('run-2')).toBe(null);
    expect(ids('run-8')).toBe(null);
    expect(ids('old-7')).toBe(null);
  });

  test('a listener that left hears nothing', () => {
    const feed = new EventFeed('run');
    const heard: string[] = [];
    const unsubscribe = feed.subscribe(({ id }) => heard.push(id));
    feed.publish(event);
    unsubscribe();
    feed.publish(event);
    expect(heard).toEqual(['run-1']);
  });
});
