/** Who may call at the window's door, and what becomes of calls and events when pages come and go. */
import { describe, expect, test, vi } from 'vitest';
import type { OperationName } from '../../../src/shared/contract/contract.ts';
import { callChannel, eventChannel, seenChannel } from '../../../src/shared/contract/window-api.ts';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import { makeConfig, postgresBody, startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { asContents, newContents, openWindowDoor, windowPage } from '../../support/electron/window-door.ts';

const patient = { timeout: 20_000 };
const refused = { ok: false, error: { code: 'unauthorized', message: expect.stringContaining('window of Sluice') } };

/** A call that its database does not answer, so that only its end can end it. */
async function holdCall(plane: ControlPlane, { call }: ReturnType<typeof openWindowDoor>) {
  plane.inspector.hold.add('tables');
  const { source } = await makeConfig(plane);
  const reply = call('connections.tables', { id: source });
  await expect.poll(() => plane.inspector.calls.filter(({ method }) => method === 'tables'), patient).toHaveLength(1);
  // Not the reply itself, which a caller of this function would wait for.
  return { reply };
}

test('the page of the window may call', async () => {
  await using plane = await startControlPlane();
  const { call, contents } = openWindowDoor(plane.app);
  contents.mainFrame = { url: `${windowPage}#/streams`, parent: null };
  expect(await call('connections.list', {})).toEqual({ ok: true, value: [] });
});

test('nobody else may: not a frame in it, not what it went to, not another window', async () => {
  await using plane = await startControlPlane();
  const { ipcMain, contents, door } = openWindowDoor(plane.app);
  const main = { url: windowPage, parent: null };
  const body = postgresBody('planted');
  const ask = (sender: typeof contents, frame: Parameters<typeof ipcMain.invoke>[1]) =>
    ipcMain.invoke(sender, frame, callChannel, 'connections.create', { body });
  expect(await ask(contents, { url: windowPage, parent: main as never })).toEqual(refused);
  expect(await ask(contents, { url: 'https://example.org/', parent: null })).toEqual(refused);
  expect(await ask(contents, { url: 'app://sluice/other.html', parent: null })).toEqual(refused);
  expect(await ask(contents, null)).toEqual(refused);
  const other = newContents();
  expect(await ask(other, main)).toEqual(refused);
  expect((await plane.send('GET', '/connections')).body).toEqual([]);

  door.admit(asContents(other));
  expect(await ask(other, main)).toMatchObject({ ok: true });
});

test('an operation that does not exist, and an input that is none, are refused as data', async () => {
  await using plane = await startControlPlane();
  const { call, ipcMain, contents } = openWindowDoor(plane.app);
  for (const name of ['streams.explode', 'toString', '__proto__', '', null, ['connections.list'], 7])
    expect(await call(name as OperationName, {} as never), String(name)).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  for (const input of [undefined, null, 7, 'x', [], { id: 7 }, { id: 'x', more: 1 }])
    expect(await call('connections.get', input as never)).toMatchObject({
      ok: false,
      error: { code: 'config_invalid' },
    });
  expect(await ipcMain.invoke(contents, contents.mainFrame, callChannel)).toMatchObject({ ok: false });
});

test('errors keep their code and details on the way', async () => {
  await using plane = await startControlPlane();
  const { call } = openWindowDoor(plane.app);
  const { config } = await makeConfig(plane);
  const started = await call('streams.start', { id: config });
  expect(await call('streams.start', { id: config })).toMatchObject({
    ok: false,
    error: { code: 'conflict', details: { streamID: started.ok && started.value.id } },
  });
});

test('every event goes to every window, in order', async () => {
  await using plane = await startControlPlane();
  const { contents, door } = openWindowDoor(plane.app);
  const second = newContents();
  door.admit(asContents(second));
  const seen = [contents, second].map((each) => {
    const events: unknown[] = [];
    each.ipcRenderer.on(eventChannel, (_, event) => events.push(event));
    return events;
  });
  const published: unknown[] = [];
  plane.app.feed.subscribe(({ event }) => published.push(event));
  const { config } = await makeConfig(plane);
  await plane.send('POST', `/streams/${config}/start`);
  for (let line = 0; line < 100; line++) plane.hosts.last.emit({ type: 'log', level: 'info', message: `line ${line}` });
  await expect.poll(() => seen[0]!.length, patient).toBe(published.length);
  expect(published.length).toBeGreaterThan(100);
  expect(seen).toEqual([published, published]);
});

describe('a window that hangs', () => {
  /** Events and numbers that its page would get. */
  function watch(contents: ReturnType<typeof newContents>) {
    const sent: { type: string; number: number }[] = [];
    vi.spyOn(contents, 'send').mockImplementation((_, event, number) => {
      sent.push({ type: (event as { type: string }).type, number: number as number });
    });
    return sent;
  }

  const lines = (plane: ControlPlane, count: number, length = 10) => {
    for (let line = 0; line < count; line++)
      plane.hosts.last.emit({ type: 'log', level: 'info', message: 'x'.repeat(length) });
  };

  async function hang(plane: ControlPlane) {
    const { contents, ipcMain, door } = openWindowDoor(plane.app);
    const { config } = await makeConfig(plane);
    await plane.send('POST', `/streams/${config}/start`);
    const sent = watch(contents);
    const seen = (number: unknown, sender = contents) => ipcMain.emit(seenChannel, { sender }, number);
    return { contents, door, sent, seen };
  }

  test('is sent no more than a bound, and everything anew when it is there again', async () => {
    await using plane = await startControlPlane();
    const { sent, seen, door } = await hang(plane);
    lines(plane, 5_000);
    expect(sent.length).toBeGreaterThan(900);
    expect(sent.length).toBeLessThanOrEqual(1_000);
    const first = sent[0]!.number;
    const kept = sent.length;
    // What cannot be right changes nothing, nor does what another window has seen.
    const other = newContents();
    door.admit(asContents(other));
    for (const odd of ['1000', null, 1e9, 0.5, NaN, -1, {}]) seen(odd);
    seen(sent.at(-1)!.number, other);
    seen(first + 100);
    lines(plane, 10);
    expect(sent).toHaveLength(kept);

    seen(sent.at(-1)!.number);
    expect(sent.slice(kept)).toEqual([{ type: 'reset', number: first + kept }]);
    lines(plane, 10);
    expect(sent.slice(kept + 1).map(({ type }) => type)).toEqual(Array.from({ length: 10 }, () => 'log'));
  });

  test('is sent no more than a few megabytes', async () => {
    await using plane = await startControlPlane();
    const { sent } = await hang(plane);
    lines(plane, 100, 1024 ** 2);
    expect(sent.length).toBeLessThanOrEqual(5);
  });

  test('and is loaded anew gets events from then on', async () => {
    await using plane = await startControlPlane();
    const { sent, contents } = await hang(plane);
    lines(plane, 2_000);
    const before = sent.length;
    contents.reload();
    lines(plane, 10);
    expect(sent).toHaveLength(before + 10);
  });
});

test('a window that is gone, or whose page crashed, gets nothing, and harms nobody', async () => {
  await using plane = await startControlPlane();
  const { contents, door } = openWindowDoor(plane.app);
  const [destroyed, crashed] = [newContents(), newContents()];
  for (const each of [destroyed, crashed]) door.admit(asContents(each));
  const sends = [destroyed, crashed].map((each) => vi.spyOn(each, 'send'));
  destroyed.destroy();
  crashed.crash();
  const got = vi.fn();
  contents.ipcRenderer.on(eventChannel, got);
  await plane.send('PUT', '/settings', { theme: 'dark' });
  await expect.poll(() => got.mock.calls.length, patient).toBe(1);
  for (const send of sends) expect(send).not.toHaveBeenCalled();
  expect(plane.defects).toEqual([]);
});

test.each([
  ['is loaded anew', (contents: ReturnType<typeof newContents>) => void contents.reload()],
  ['crashes', (contents: ReturnType<typeof newContents>) => contents.crash()],
  ['is closed', (contents: ReturnType<typeof newContents>) => contents.destroy()],
])('what a page asked a database is cancelled when it %s', async (_, end) => {
  await using plane = await startControlPlane();
  const opened = openWindowDoor(plane.app);
  const { reply } = await holdCall(plane, opened);
  end(opened.contents);
  expect(await reply).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});

test('a page that moves within itself keeps its calls', async () => {
  await using plane = await startControlPlane();
  const opened = openWindowDoor(plane.app);
  const { reply } = await holdCall(plane, opened);
  const settled = vi.fn();
  void reply.then(settled);
  opened.contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
  opened.contents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
  await opened.call('settings.get', {});
  expect(settled).not.toHaveBeenCalled();
  opened.contents.destroy();
  await reply;
});

test('a page that is there before the application waits for it', async () => {
  await using plane = await startControlPlane();
  const starting = Promise.withResolvers<ControlPlane['app']>();
  const { call, contents } = openWindowDoor(starting.promise);
  const got = vi.fn();
  contents.ipcRenderer.on(eventChannel, got);
  const settled = vi.fn();
  const reply = call('connections.list', {});
  void reply.then(settled);
  await plane.send('GET', '/settings');
  expect(settled).not.toHaveBeenCalled();
  starting.resolve(plane.app);
  expect(await reply).toEqual({ ok: true, value: [] });
  await call('settings.update', { body: { theme: 'dark' } });
  await expect.poll(() => got.mock.calls.length, patient).toBe(1);
});

test('an application that cannot start is an answer too', async () => {
  const error = new SluiceError('data_directory_in_use', 'Sluice is already running.');
  const { call } = openWindowDoor(Promise.reject(error));
  expect(await call('connections.list', {})).toEqual({ ok: false, error: error.toData() });
});

test('while the app ends, callers hear that it does', async () => {
  await using plane = await startControlPlane();
  const { call } = openWindowDoor(plane.app);
  const { config } = await makeConfig(plane);
  await plane.send('POST', `/streams/${config}/start`);
  plane.hosts.last.obeys = false;
  const quitting = plane.app.quit();
  const reply = {
    ok: false,
    error: { code: 'unavailable', message: 'Sluice is shutting down. Try again in a moment.' },
  };
  expect(await call('connections.list', {})).toEqual(reply);
  await quitting;
  expect(await call('streams.list', {})).toEqual(reply);
});
