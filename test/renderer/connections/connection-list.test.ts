// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, test, vi } from 'vitest';
import type { Call } from '../../../src/shared/contract/contract.ts';
import ConnectionList from '../../../src/renderer/src/connections/ConnectionList.vue';

/** The list as a window shows it whose preload script answers with `reply`. */
async function mountWith(reply: Awaited<ReturnType<Call>>) {
  const call = vi.fn(async () => reply);
  vi.stubGlobal('sluice', { call, on: () => () => undefined });
  const list = mount(ConnectionList, { global: { plugins: [createPinia()] } });
  const before = list.text();
  await flushPromises();
  return { list, call, before };
}

test('asks for the connections once', async () => {
  const { call } = await mountWith({ ok: true, value: [] });
  expect(call.mock.calls).toEqual([['connections.list', {}]]);
});

test('claims nothing before the answer', async () => {
  const { before } = await mountWith({ ok: true, value: [] });
  expect(before).toBe('Connections');
});

test('without connections, says what can be done', async () => {
  const { list } = await mountWith({ ok: true, value: [] });
  expect(list.text()).toContain('No connections yet');
  expect(list.findAll('dt').map((term) => term.text())).toEqual([
    'npx sluice demo',
    'npx sluice plan config.json',
    'npx sluice run config.json',
  ]);
});

test('says why there are none to be had', async () => {
  const { list } = await mountWith({ ok: false, error: { code: 'unavailable', message: 'Not yet.' } });
  expect(list.text()).toContain('Not yet.');
});

test('lists name, database and place', async () => {
  const shop = { id: 'conn_1', name: 'Shop', created: 1, hasPassword: true, hasClientKey: false };
  const { list } = await mountWith({
    ok: true,
    value: [
      { ...shop, type: 'postgresql', host: 'db.example.org', port: 5432, username: 'sales', database: 'shop' },
      { ...shop, id: 'conn_2', name: 'File', type: 'sqlite', path: '/data/shop.sqlite' },
    ],
  });
  expect(list.findAll('.n-list-item').map((item) => item.text())).toEqual([
    'ShopPostgreSQLsales@db.example.org:5432/shop',
    'FileSQLite/data/shop.sqlite',
  ]);
  expect(list.text()).not.toContain('No connections yet');
});
