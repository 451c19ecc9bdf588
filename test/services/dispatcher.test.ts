import { expect, test, vi } from 'vitest';
import { Dispatcher, unavailability, type AppState, type Handlers } from '../../src/main/services/dispatcher.ts';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';

const { signal } = new AbortController();

/** A dispatcher whose one handler does what the test says. */
function dispatcherFor(handler: () => never[], state: () => AppState = () => 'ready') {
  const onDefect = vi.fn();
  const handlers = { 'connections.list': handler } as unknown as Handlers;
  return { onDefect, dispatcher: new Dispatcher(handlers, onDefect, state) };
}

test('nothing is done while the app starts or ends', async () => {
  let state: AppState = 'starting';
  const handler = vi.fn(() => []);
  const { dispatcher } = dispatcherFor(handler, () => state);
  const ask = () => dispatcher.reply('connections.list', {}, signal);
  expect(await ask()).toEqual({
    ok: false,
    error: { code: 'unavailable', message: 'Sluice is starting up. Try again in a moment.' },
  });
  state = 'stopping';
  expect(await ask()).toMatchObject({ ok: false, error: { message: expect.stringContaining('shutting down') } });
  expect(handler).not.toHaveBeenCalled();
  state = 'ready';
  expect(await ask()).toEqual({ ok: true, value: [] });
  expect(unavailability('ready')).toBe(null);
});

test('an error that nobody foresaw is a defect, an error of ours is an answer', async () => {
  const defect = new TypeError('x is not a function');
  const unforeseen = dispatcherFor(() => {
    throw defect;
  });
  expect(await unforeseen.dispatcher.reply('connections.list', {}, signal)).toMatchObject({
    ok: false,
    error: { code: 'internal' },
  });
  expect(unforeseen.onDefect.mock.calls).toEqual([[defect]]);

  const foreseen = dispatcherFor(() => {
    throw new SluiceError('conflict', 'It is in use.', { streamID: 'stream_1' });
  });
  expect(await foreseen.dispatcher.reply('connections.list', {}, signal)).toEqual({
    ok: false,
    error: { code: 'conflict', message: 'It is in use.', details: { streamID: 'stream_1' } },
  });
  expect(foreseen.onDefect).not.toHaveBeenCalled();
});
