import { expect, test } from 'vitest';
import { startControlPlane } from '../support/control-plane.ts';

const defaults = { resumeOnStart: false, allowedHosts: [], historyDays: 90, theme: 'system', keepRunningInTray: true };

test('settings have defaults; a change leaves the others as they are', async () => {
  await using plane = await startControlPlane();
  expect((await plane.send('GET', '/settings')).body).toEqual(defaults);
  await plane.send('PUT', '/settings', { historyDays: 5 });
  const { status, body } = await plane.send('PUT', '/settings', { theme: 'dark' });
  expect([status, body]).toEqual([200, { ...defaults, historyDays: 5, theme: 'dark' }]);
});

test.each([
  [{ historyDays: -1 }, 'historyDays: '],
  [{ theme: 'pink' }, 'theme: '],
  [{ allowedHosts: ['a b'] }, 'allowedHosts[0]: not a host name'],
  [{ colour: 'red' }, 'colour: unknown field'],
])('%o is refused', async (change, error) => {
  await using plane = await startControlPlane();
  const { status, body } = await plane.send('PUT', '/settings', change);
  expect([status, body.error]).toEqual([400, expect.stringContaining(error)]);
  expect((await plane.send('GET', '/settings')).body).toEqual(defaults);
});

test('info tells where the data is and how secrets are kept', async () => {
  await using plane = await startControlPlane();
  expect((await plane.send('GET', '/info')).body).toEqual({
    version: '1.2.3',
    dataDirectory: plane.directory,
    vault: 'keychain',
    findings: [],
  });
});
