import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { WindowApi } from '../../src/shared/contract/window-api.ts';

const electron = vi.hoisted(() => ({
  contextBridge: { exposeInMainWorld: vi.fn<(name: string, api: WindowApi) => void>() },
  ipcRenderer: {} as NodeJS.EventEmitter & {
    invoke: (...values: unknown[]) => Promise<unknown>;
    send: (...values: unknown[]) => void;
  },
}));
vi.mock('electron', () => electron);

const invoke = vi.fn(async (...values: unknown[]): Promise<unknown> => ({ ok: true, value: values }));
const send = vi.fn();
electron.ipcRenderer = Object.assign(new EventEmitter(), { invoke, send });
await import('../../src/preload/index.ts');
const [name, api] = electron.contextBridge.exposeInMainWorld.mock.calls[0]!;

test('the page gets two functions', () => {
  expect(name).toBe('sluice');
  expect(Object.keys(api)).toEqual(['call', 'on']);
});

test('a call goes to the main process with name and input', async () => {
  await api.call('connections.get', { id: 'conn_1' });
  expect(invoke).toHaveBeenLastCalledWith('sluice:call', 'connections.get', { id: 'conn_1' });
});

test('a listener gets events, without their senders, until it ends that', () => {
  const listener = vi.fn();
  const event = { type: 'changed', at: '2026-11-23T00:00:00Z', what: 'settings' };
  const end = api.on(listener);
  electron.ipcRenderer.emit('sluice:event', { sender: {} }, event);
  end();
  electron.ipcRenderer.emit('sluice:event', { sender: {} }, event);
  expect(listener.mock.calls).toEqual([[event]]);
});

test('what was seen is said now and then, whether anybody listens or not', () => {
  for (let number = 1; number <= 120; number++) electron.ipcRenderer.emit('sluice:event', { sender: {} }, {}, number);
  expect(send.mock.calls).toEqual([
    ['sluice:seen', 50],
    ['sluice:seen', 100],
  ]);
});
