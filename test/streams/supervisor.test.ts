/** The rules between streams and what becomes of a stream whose host does not do as it should (SPEC 5). */
import { cp } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import type { StreamDetail } from '../../src/shared/model/stream.ts';
import {
  FakeInspector,
  makeConfig,
  MemoryVault,
  startControlPlane,
  tableProgress,
  type ControlPlane,
} from '../support/control-plane.ts';
import { createFolder } from '../support/databases.ts';

const start = async (plane: ControlPlane, config: string) => await plane.send('POST', `/streams/${config}/start`);
const detail = async (plane: ControlPlane, id: string) =>
  (await plane.send<StreamDetail>('GET', `/streams/${id}`)).body;
const serverLost = { code: 'server_lost', message: 'The server closed the connection.' } as const;

describe('starting', () => {
  test('20 parallel starts of one config give one 200 and one stream', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(plane, config)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    const winner = answers.find(({ status }) => status === 200)!.body.id;
    for (const { body } of answers.filter(({ status }) => status === 409)) expect(body.error).toContain(winner);
    expect(plane.hosts.started).toHaveLength(1);
  });

  test('a start that is still reaching its databases refuses the others already', async () => {
    await using plane = await startControlPlane();
    const { config, source } = await makeConfig(plane);
    const gate = Promise.withResolvers<void>();
    plane.inspector.gate = gate.promise;
    const first = start(plane, config);
    await expect.poll(() => plane.inspector.calls).toHaveLength(1);
    const second = await start(plane, config);
    expect([second.status, second.body.error]).toEqual([409, expect.stringContaining('is being started')]);
    expect((await plane.send('DELETE', `/connections/${source}`)).status).toBe(409);
    expect((await plane.send('DELETE', `/stream-configs/${config}`)).status).toBe(409);
    gate.resolve();
    expect((await first).status).toBe(200);
  });

  test('20 parallel starts of configs that write one table give one 200', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane, { tables: [{ name: '*' }] });
    const clones = await Promise.all(
      Array.from({ length: 19 }, async () => (await plane.send('PUT', `/stream-configs/${config}/clone`)).body.id),
    );
    const answers = await Promise.all([config, ...clones].map((id) => start(plane, id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  test('a config with an active stream is refused and the stream named', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    expect((await start(plane, config)).body.error).toContain(`${id} of this configuration is RUNNING`);
    await plane.send('POST', `/streams/${id}/pause`);
    expect((await start(plane, config)).body.error).toContain(`${id} of this configuration is PAUSED`);
  });

  test('another config that writes the same target table is refused; other tables run side by side', async () => {
    await using plane = await startControlPlane();
    const { config, source, target } = await makeConfig(plane);
    const other = async (name: string, tables: object[]) =>
      (await plane.send('POST', '/stream-configs', { name, source, target, mode: 'convert', tables })).body.id;
    const { id } = (await start(plane, config)).body;
    const refused = await start(plane, await other('renamed', [{ name: 'people', targetName: 'Users' }]));
    expect([refused.status, refused.body.error]).toEqual([
      409,
      expect.stringContaining(`${id} writes the target table`),
    ]);
    expect((await start(plane, await other('apart', [{ name: 'orders' }]))).status).toBe(200);
    await plane.send('POST', `/streams/${id}/stop`);
    expect((await start(plane, await other('all', [{ name: '*' }]))).status).toBe(409);
  });

  test('a database that cannot be reached is 503, leaves no stream behind and may be tried again', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    plane.inspector.refuse.set('survey', new SluiceError('connection_refused', 'Nothing listens at db.example.org.'));
    const refused = await start(plane, config);
    expect([refused.status, refused.body.error]).toEqual([503, 'Nothing listens at db.example.org.']);
    expect((await plane.send('GET', '/streams')).body).toEqual([]);
    plane.inspector.refuse.clear();
    plane.hosts.refusal = new SluiceError('host_crashed', 'No process.');
    expect((await start(plane, config)).status).toBe(503);
    plane.hosts.refusal = null;
    expect((await start(plane, config)).status).toBe(200);
  });

  test('what needs no connection is checked first', async () => {
    await using plane = await startControlPlane();
    const { config, target } = await makeConfig(plane);
    plane.inspector.refuse.set('survey', new SluiceError('connection_refused', 'Nothing listens.'));
    await plane.send('DELETE', `/connections/${target}`);
    expect((await start(plane, config)).status).toBe(400);
    expect((await start(plane, 'config_unknown')).status).toBe(404);
  });

  test('a host gets the complete config and the resolved secrets', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const { assignment } = plane.hosts.last;
    expect(assignment).toMatchObject({ streamId: id, wasPlanned: false, wasComplete: false });
    expect(assignment.source).toMatchObject({ kind: 'postgresql', password: 'p4ss-word-marked', ssl: null });
    expect(assignment.options).toMatchObject({ mode: 'convert', chunkBytes: 64 * 1024 ** 2, onExisting: 'refuse' });
  });
});

describe('the end of a run', () => {
  test('a limit is FINISHED with its reason', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane, { limits: { numberOfEvents: 10 } });
    const { id } = (await start(plane, config)).body;
    expect(plane.hosts.last.assignment.options.limits).toEqual({ numberOfEvents: 10 });
    plane.hosts.last.end('FINISHED', 'limit');
    expect(await detail(plane, id)).toMatchObject({ status: 'FINISHED', reason: 'limit', resumable: false });
  });

  test('FAILED is resumable by its error; until it is resumed, stopped or deleted the config does not start', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    plane.hosts.last.end('FAILED', null, serverLost);
    expect(await detail(plane, id)).toMatchObject({ status: 'FAILED', resumable: true, error: serverLost });
    const refused = await start(plane, config);
    expect([refused.status, refused.body.error]).toEqual([
      409,
      expect.stringContaining(`${id} of this configuration is FAILED`),
    ]);
    expect((await plane.send('POST', `/streams/${id}/resume`)).status).toBe(200);
    expect(await detail(plane, id)).toMatchObject({ status: 'RUNNING', resumable: false, error: null, reason: null });
    plane.hosts.last.end('FAILED', null, serverLost);
    expect((await plane.send('POST', `/streams/${id}/stop`)).body.status).toBe('STOPPED');
    expect(plane.inspector.calls.filter(({ method }) => method === 'release')).toHaveLength(1);
    expect((await start(plane, config)).status).toBe(200);
  });

  test('FAILED for good frees the config', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    plane.hosts.last.end('FAILED', null, { code: 'column_missing', message: 'No column.' });
    expect((await plane.send('POST', `/streams/${id}/resume`)).status).toBe(409);
    expect((await start(plane, config)).status).toBe(200);
  });

  test('a run that has told that all is done is known to have, after a crash of everything', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const tell = (host: typeof plane.hosts.last, status: 'indexing' | 'done') =>
      host.emit({ type: 'progress', table: tableProgress('users', { status }), readRows: 0, readBytes: 0 });
    plane.hosts.last.emit({ type: 'plan', tables: [tableProgress('users')], guarantee: 'snapshot', reason: null });
    tell(plane.hosts.last, 'indexing');
    plane.hosts.last.crash({ code: 'host_crashed', message: 'killed' });
    await plane.send('POST', `/streams/${id}/resume`);
    expect(plane.hosts.last.assignment).toMatchObject({ wasPlanned: true, wasComplete: false });

    tell(plane.hosts.last, 'done');
    // What the journal holds at this moment is what a killed Sluice leaves.
    await using left = await createFolder();
    await cp(plane.directory, left.path, { recursive: true });
    await using next = await startControlPlane({ dataDirectory: left.path, vault: plane.vault });
    expect(await detail(next, id)).toMatchObject({ status: 'PAUSED', pausedBy: 'crash' });
    await next.send('POST', `/streams/${id}/resume`);
    expect(next.hosts.last.assignment.wasComplete).toBe(true);
  });

  test('a crash of the host fails that stream alone, resumable, with its error kept', async () => {
    await using plane = await startControlPlane();
    const [one, two] = [await makeConfig(plane), await makeConfig(plane)];
    const first = (await start(plane, one.config)).body.id;
    const second = (await start(plane, two.config)).body.id;
    plane.hosts.of(first).crash({ code: 'host_crashed', message: 'The process ran out of memory.' });
    expect(await detail(plane, first)).toMatchObject({
      status: 'FAILED',
      resumable: true,
      reason: 'The process ran out of memory.',
    });
    expect(await detail(plane, second)).toMatchObject({ status: 'RUNNING' });
  });

  test('the engine may pause by itself, with the reason', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const refused = { code: 'authentication_failed', message: 'The password is wrong.' } as const;
    plane.hosts.last.end('PAUSED', 'The password is wrong since 12:00.', refused);
    expect(await detail(plane, id)).toMatchObject({
      status: 'PAUSED',
      pausedBy: 'engine',
      reason: 'The password is wrong since 12:00.',
      error: refused,
    });
  });

  test('a run that ends while it is asked to pause keeps its own end', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const host = plane.hosts.last;
    host.pause = () => host.end('FINISHED');
    const { status, body } = await plane.send('POST', `/streams/${id}/pause`);
    expect([status, body.error]).toEqual([409, `Stream ${id} became FINISHED before it could be PAUSED.`]);
  });
});

describe('a host that hangs', () => {
  test.each([
    ['stop', 'STOPPED'],
    ['pause', 'PAUSED'],
  ])('%s always ends', async (command, status) => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    plane.hosts.last.obeys = false;
    const answer = await plane.send('POST', `/streams/${id}/${command}`);
    expect([answer.status, answer.body.status]).toEqual([200, status]);
    expect(plane.hosts.last.commands).toEqual([command, 'kill']);
    expect((await detail(plane, id)).reason).toContain('did not answer in time');
  });

  test('what is heard late of an ended process does not touch the run that follows', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const dead = plane.hosts.last;
    dead.obeys = false;
    dead.kill = () => undefined;
    expect((await plane.send('POST', `/streams/${id}/pause`)).status).toBe(200);
    expect((await plane.send('POST', `/streams/${id}/resume`)).status).toBe(200);
    dead.emit({ type: 'phase', phase: 'indexing', detail: null });
    dead.crash({ code: 'host_crashed', message: 'killed' });
    expect(await detail(plane, id)).toMatchObject({ status: 'RUNNING', phase: 'checking' });
    expect((await plane.send('POST', `/streams/${id}/stop`)).body.status).toBe('STOPPED');
  });

  test('one that stays after its last word is ended', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    await start(plane, config);
    const host = plane.hosts.last;
    const killed = new Promise<void>((resolve) => {
      host.kill = resolve;
    });
    host.emit({ type: 'end', status: 'FINISHED', reason: null, rows: 0, bytes: 0, failed: 0, seconds: 0, error: null });
    await killed;
  });
});

describe('resuming', () => {
  test('without its secret is 409 secret_missing', async () => {
    const vault = new MemoryVault();
    await using plane = await startControlPlane({ vault });
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    await plane.send('POST', `/streams/${id}/pause`);
    vault.secrets.clear();
    const refused = await plane.send('POST', `/streams/${id}/resume`);
    expect([refused.status, refused.body['code']]).toEqual([409, 'secret_missing']);
    expect((await detail(plane, id)).status).toBe('PAUSED');
  });

  test('from FAILED is refused while another stream writes the table', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const clone = (await plane.send('PUT', `/stream-configs/${config}/clone`)).body.id;
    const { id } = (await start(plane, config)).body;
    plane.hosts.last.end('FAILED', null, serverLost);
    const other = (await start(plane, clone)).body.id;
    expect((await plane.send('POST', `/streams/${id}/resume`)).body.error).toContain(other);
    await plane.send('POST', `/streams/${other}/stop`);
    expect((await plane.send('POST', `/streams/${id}/resume`)).status).toBe(200);
  });

  test('commands on one stream run one after the other', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    const commands = ['pause', 'pause', 'resume', 'stop', 'resume'];
    const answers = await Promise.all(
      commands.map((command) =>
        plane.app.dispatcher.reply(`streams.${command}` as 'streams.pause', { id }, new AbortController().signal),
      ),
    );
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, true, true, false]);
  });
});

test('a mode that hosts do not know is refused before a stream is made of it', async () => {
  await using plane = await startControlPlane();
  plane.hosts.modes = ['convert'];
  const { config } = await makeConfig(plane, { mode: 'cdc' });
  const { status, body } = await start(plane, config);
  expect([status, body.error]).toEqual([400, expect.stringMatching(/^mode: cdc .* is not available yet/)]);
  expect((await plane.send('GET', '/streams')).body).toEqual([]);
});

test('finish is for streams that capture changes', async () => {
  await using plane = await startControlPlane();
  const { config } = await makeConfig(plane, { mode: 'cdc' });
  const { id } = (await start(plane, config)).body;
  expect((await plane.send('POST', `/streams/${id}/finish`)).status).toBe(409);
  plane.hosts.last.emit({ type: 'phase', phase: 'streaming', detail: null });
  const { status, body } = await plane.send('POST', `/streams/${id}/finish`);
  expect([status, body]).toEqual([202, { id, status: 'RUNNING' }]);
  expect(plane.hosts.last.commands).toEqual(['finish']);
});

test('what could not be dropped at a stop is a finding', async () => {
  const inspector = new FakeInspector();
  await using plane = await startControlPlane({ inspector });
  const { config } = await makeConfig(plane);
  const { id } = (await start(plane, config)).body;
  await plane.send('POST', `/streams/${id}/pause`);
  inspector.refuse.set('release', new SluiceError('server_lost', 'The server is gone.'));
  expect((await plane.send('POST', `/streams/${id}/stop`)).status).toBe(200);
  expect((await detail(plane, id)).findings).toMatchObject([{ code: 'release_failed', severity: 'warning' }]);
});

test('after the computer slept, streams that wait are told to try again, others are left alone', async () => {
  await using plane = await startControlPlane();
  const [waiting, copying, paused] = [await makeConfig(plane), await makeConfig(plane), await makeConfig(plane)];
  const hosts = [];
  for (const { config } of [waiting, copying, paused]) {
    await start(plane, config);
    hosts.push(plane.hosts.last);
  }
  hosts[0]!.emit({ type: 'phase', phase: 'waiting', detail: 'Attempt 2 at 2026-01-01T00:00:01.000Z. It is lost.' });
  hosts[1]!.emit({ type: 'phase', phase: 'copying', detail: null });
  await plane.send('POST', `/streams/${hosts[2]!.assignment.streamId}/pause`);
  expect(plane.app.runningStreams().map(({ id }) => id)).toEqual(
    hosts.slice(0, 2).map((host) => host.assignment.streamId),
  );
  plane.app.retryWaiting();
  expect(hosts.map(({ commands }) => commands)).toEqual([['retry'], [], ['pause']]);
});
