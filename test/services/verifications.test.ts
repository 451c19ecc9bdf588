import { expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import type { ComparedTable } from '../../src/shared/model/compared-table.ts';
import type { VerifyReport } from '../../src/shared/model/copy-plan.ts';
import { makeConfig, startControlPlane, type ControlPlane } from '../support/control-plane.ts';

async function finishedStream(plane: ControlPlane) {
  const { config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const running = (await plane.send('POST', `/streams/${id}/verify`)).status;
  plane.hosts.last.end('FINISHED');
  const report = async () => (await plane.send<VerifyReport>('GET', `/streams/${id}/verify`)).body;
  return { id, running, report };
}

const difference: ComparedTable = {
  name: 'users',
  sourceRows: 10,
  targetRows: 9,
  differences: 1,
  hasMore: false,
  repaired: 0,
  problem: null,
  rows: [{ kind: 'missing', key: [{ column: 'id', value: '7' }], cells: [] }],
};

test('a comparison runs in the background and its report stays', async () => {
  await using plane = await startControlPlane();
  const { id, running, report } = await finishedStream(plane);
  expect(running).toBe(409);
  expect(await report()).toMatchObject({ status: 'none', started: null });
  plane.inspector.verified = [difference];
  const { status, body } = await plane.send('POST', `/streams/${id}/verify`);
  expect([status, body.status]).toEqual([202, 'running']);
  await expect.poll(report).toMatchObject({ status: 'different', differences: 1, tables: [difference] });

  plane.inspector.verified = [{ ...difference, targetRows: 10, differences: 0, repaired: 1, rows: [] }];
  expect((await plane.send('POST', `/streams/${id}/repair`)).status).toBe(202);
  await expect.poll(report).toMatchObject({ status: 'equal', differences: 0, error: null });
  expect(plane.inspector.calls.map(({ method }) => method)).toContain('repair');
  expect((await plane.send('POST', `/streams/${id}/repair`)).status).toBe(409);
});

test('a config that wishes for it is compared as soon as all is copied', async () => {
  await using plane = await startControlPlane();
  plane.inspector.verified = [difference];
  const { config } = await makeConfig(plane, { verify: true });
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  plane.hosts.last.end('FINISHED');
  const report = async () => (await plane.send<VerifyReport>('GET', `/streams/${id}/verify`)).body;
  await expect.poll(report).toMatchObject({ status: 'different', differences: 1 });
});

test('one at a time, and the stream stays as it is meanwhile', async () => {
  await using plane = await startControlPlane();
  const { id } = await finishedStream(plane);
  plane.inspector.hold.add('verify');
  await plane.send('POST', `/streams/${id}/verify`);
  expect((await plane.send('POST', `/streams/${id}/verify`)).status).toBe(409);
  expect((await plane.send('DELETE', `/streams/${id}`)).status).toBe(409);
});

test('one that fails says why; one that the end of the app cut off is not running any more', async () => {
  await using plane = await startControlPlane();
  const { id, report } = await finishedStream(plane);
  plane.inspector.refuse.set('verify', new SluiceError('server_lost', 'The server p4ss-word-marked is gone.'));
  await plane.send('POST', `/streams/${id}/verify`);
  await expect.poll(report).toMatchObject({ status: 'failed', error: 'The server *** is gone.' });

  plane.inspector.refuse.clear();
  plane.inspector.hold.add('verify');
  await plane.send('POST', `/streams/${id}/verify`);
  await plane.app.quit();
  await using next = await startControlPlane({ dataDirectory: plane.directory, vault: plane.vault });
  expect((await next.send('GET', `/streams/${id}/verify`)).body).toMatchObject({ status: 'failed' });
});
