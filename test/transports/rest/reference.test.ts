/** The stream API reference, endpoint by endpoint: its examples, field names, states and status codes, over real HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identifierTime } from '../../../src/shared/model/identifier.ts';
import type { StreamDetail, StreamStatistics } from '../../../src/shared/model/stream.ts';
import { makeConfig, startControlPlane, tableProgress, type ControlPlane } from '../../support/control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});

const ksuid = '[0-9A-Za-z]{27}';
const unixSeconds = () => Math.floor(Date.now() / 1000);
const isNow = (seconds: number) => Math.abs(seconds - unixSeconds()) <= 2;

describe('POST /stream-configs', () => {
  test('the CDC example', async () => {
    const { source, target } = await makeConfig(plane);
    const body = {
      name: 'mysql_to_postgresql',
      source,
      target,
      mode: 'cdc',
      dataBundleSize: 500,
      reportingIntervals: { source: 3, target: 3 },
      tables: [{ name: 'users', operations: ['insert', 'update', 'delete'] }],
      createStructure: true,
    };
    const { status, body: answer } = await plane.send('POST', '/stream-configs', body);
    expect(status).toBe(201);
    const { id, created } = answer;
    expect(answer).toEqual({ id, ...body, created, limits: {} });
    expect(Object.keys(answer)).toEqual([
      'id',
      'name',
      'source',
      'target',
      'mode',
      'created',
      'dataBundleSize',
      'limits',
      'reportingIntervals',
      'tables',
      'createStructure',
    ]);
    expect(id).toMatch(new RegExp(`^config_${ksuid}$`));
    expect(identifierTime(id)).toBe(created);
    expect(isNow(created)).toBe(true);
  });

  test('the convert example', async () => {
    const { source, target } = await makeConfig(plane);
    const body = {
      name: 'mysql_to_postgresql_convert',
      source,
      target,
      mode: 'convert',
      dataBundleSize: 1000,
      reportingIntervals: { source: 5, target: 5 },
      tables: [{ name: 'users' }, { name: 'orders', query: "SELECT * FROM orders WHERE order_date >= '2024-01-01'" }],
      createStructure: true,
      truncateTarget: true,
    };
    const { status, body: answer } = await plane.send('POST', '/stream-configs', body);
    expect(status).toBe(201);
    expect(answer).toEqual({ id: answer.id, ...body, created: answer.created, limits: {} });
  });

  test('defaults of the optional fields, and nothing else', async () => {
    const { answer, source, target, config } = await makeConfig(plane);
    expect(answer.body).toEqual({
      id: config,
      name: answer.body.name,
      source,
      target,
      mode: 'convert',
      created: answer.body.created,
      dataBundleSize: 500,
      limits: {},
      reportingIntervals: { source: 3, target: 3 },
      tables: [{ name: 'users' }],
      createStructure: true,
    });
  });

  test.each(['name', 'source', 'target', 'mode'])('%s is required', async (field) => {
    const { source, target } = await makeConfig(plane);
    const body = { name: 'required', source, target, mode: 'convert', tables: [{ name: 'users' }], [field]: undefined };
    const { status, body: answer } = await plane.send('POST', '/stream-configs', body);
    expect(status).toBe(400);
    expect(answer.error).toContain(`${field}: is missing`);
  });

  test.each(['source', 'target'])('an unknown %s is 400', async (field) => {
    const { source, target } = await makeConfig(plane);
    const unknown = 'conn_2sZyDMeIbdaXnN9OL7vYzzAiZU5';
    const body = { name: 'unknown', source, target, mode: 'convert', tables: [{ name: 'users' }], [field]: unknown };
    const { status, body: answer } = await plane.send('POST', '/stream-configs', body);
    expect(status).toBe(400);
    expect(answer.error).toBe(`${field}: there is no connection ${unknown}.`);
  });
});

describe('stored configurations', () => {
  test('list, get', async () => {
    const { config, answer } = await makeConfig(plane);
    expect((await plane.send('GET', `/stream-configs/${config}`)).body).toEqual(answer.body);
    const list = await plane.send('GET', '/stream-configs');
    expect(list.status).toBe(200);
    expect(list.body).toContainEqual(answer.body);
  });

  test('clone has a new id and a name of its own', async () => {
    const { config, answer } = await makeConfig(plane);
    const first = await plane.send('PUT', `/stream-configs/${config}/clone`);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...answer.body,
      id: first.body.id,
      created: first.body.created,
      name: `${answer.body.name}_clone`,
    });
    expect(first.body.id).not.toBe(config);
    const second = await plane.send('PUT', `/stream-configs/${config}/clone`);
    expect(second.body.name).toBe(`${answer.body.name}_clone_2`);
  });

  test('delete answers 204 without a body, and the config is gone', async () => {
    const { config } = await makeConfig(plane);
    const deleted = await plane.send('DELETE', `/stream-configs/${config}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['PUT', '/clone'],
    ]) {
      const { status, body } = await plane.send(method!, `/stream-configs/${config}${path}`);
      expect([status, body.error]).toEqual([404, `There is no stream configuration ${config}.`]);
    }
  });
});

describe('a stream', () => {
  test('start, pause, resume, stop', async () => {
    const { config } = await makeConfig(plane);
    const started = await plane.send('POST', `/streams/${config}/start`);
    const { id } = started.body;
    expect(started.status).toBe(200);
    expect(started.body).toEqual({ id, status: 'RUNNING', started: started.body.started });
    expect(id).toMatch(new RegExp(`^stream_${ksuid}$`));
    expect(isNow(started.body.started)).toBe(true);

    const paused = await plane.send('POST', `/streams/${id}/pause`);
    expect([paused.status, paused.body]).toEqual([200, { id, status: 'PAUSED', paused: paused.body['paused'] }]);
    expect(isNow(paused.body['paused'] as number)).toBe(true);

    const resumed = await plane.send('POST', `/streams/${id}/resume`);
    expect([resumed.status, resumed.body]).toEqual([200, { id, status: 'RUNNING', resumed: resumed.body['resumed'] }]);

    const stopped = await plane.send('POST', `/streams/${id}/stop`);
    expect([stopped.status, stopped.body]).toEqual([200, { id, status: 'STOPPED', stopped: stopped.body['stopped'] }]);

    expect((await plane.send('GET', `/stream-configs/${config}`)).status).toBe(200);
  });

  test('a paused stream can be stopped', async () => {
    const { config } = await makeConfig(plane);
    const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
    await plane.send('POST', `/streams/${id}/pause`);
    expect((await plane.send('POST', `/streams/${id}/stop`)).body.status).toBe('STOPPED');
  });

  test('the same config starts again under a new id once the stream has ended', async () => {
    const { config } = await makeConfig(plane);
    const first = (await plane.send('POST', `/streams/${config}/start`)).body.id;
    plane.hosts.of(first).end('FINISHED');
    const second = await plane.send('POST', `/streams/${config}/start`);
    expect(second.status).toBe(200);
    expect(second.body.id).not.toBe(first);
    await plane.send('POST', `/streams/${second.body.id}/stop`);
  });

  test('409 for every command that the state does not allow', async () => {
    const { config } = await makeConfig(plane);
    const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
    const refused = async (command: string, address = id) => {
      const { status, body } = await plane.send('POST', `/streams/${address}/${command}`);
      return [status, typeof body.error];
    };
    expect(await refused('start', config)).toEqual([409, 'string']);
    expect(await refused('resume')).toEqual([409, 'string']);
    await plane.send('POST', `/streams/${id}/pause`);
    expect(await refused('pause')).toEqual([409, 'string']);
    expect(await refused('start', config)).toEqual([409, 'string']);
    await plane.send('POST', `/streams/${id}/stop`);
    for (const command of ['pause', 'resume', 'stop']) expect(await refused(command)).toEqual([409, 'string']);
  });

  test('404 for ids that do not exist, and for ids of the other kind', async () => {
    const { config } = await makeConfig(plane);
    const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
    for (const command of ['pause', 'resume', 'stop']) {
      const unknown = await plane.send('POST', `/streams/stream_2sZyDMeIbdaXnN9OL7vYzzAiZU5/${command}`);
      expect(unknown.status).toBe(404);
      const other = await plane.send('POST', `/streams/${config}/${command}`);
      expect([other.status, other.body.error]).toEqual([404, expect.stringContaining('id of a stream configuration')]);
    }
    const start = await plane.send('POST', `/streams/${id}/start`);
    expect([start.status, start.body.error]).toEqual([404, expect.stringContaining('is the id of a stream')]);
    expect((await plane.send('POST', '/streams/config_2sZyDMeIbdaXnN9OL7vYzzAiZU5/start')).status).toBe(404);
    expect((await plane.send('GET', `/streams/${config}/stats`)).status).toBe(404);
    await plane.send('POST', `/streams/${id}/stop`);
  });
});

describe('GET /streams/{id}/stats', () => {
  test('the two blocks of the reference', async () => {
    const { config } = await makeConfig(plane, { reportingIntervals: { source: 5, target: 7 } });
    const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
    const host = plane.hosts.of(id);
    host.emit({
      type: 'plan',
      tables: [tableProgress('users', { estimatedRows: 2000 })],
      guarantee: 'snapshot',
      reason: null,
    });
    const table = tableProgress('users', { estimatedRows: 2000, rows: 900, bytes: 9000, failed: 2 });
    host.emit({ type: 'progress', table, readRows: 1000, readBytes: 10_000 });
    const { status, body } = await plane.send('GET', `/streams/${id}/stats`);
    expect(status).toBe(200);
    const side = {
      prevDataSize: 0,
      start: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      duration: expect.stringMatching(/^PT(\d+(\.\d+)?S)$/),
      avgRate: expect.any(Number),
      status: 'RUNNING',
    };
    expect(body).toEqual({
      streamID: id,
      source: { counter: 1000, failedCounter: 0, sumDataSize: 10_000, reportingInterval: 5, ...side },
      target: { counter: 900, failedCounter: 2, sumDataSize: 9000, reportingInterval: 7, ...side },
      status: 'RUNNING',
      phase: 'checking',
      mode: 'convert',
      configID: config,
      tables: [table],
      etaSeconds: expect.any(Number),
    });
    host.end('FINISHED');
    const ended = (await plane.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body;
    expect([ended.source.status, ended.target.status, ended.target.counter]).toEqual(['FINISHED', 'FINISHED', 900]);
  });
});

test('every state of the reference is reached', async () => {
  const { config } = await makeConfig(plane);
  const seen = new Set<string>();
  const unsubscribe = plane.app.feed.subscribe(({ event }) => {
    if (event.type === 'stream') seen.add(event.stream.status);
  });
  const start = async () => (await plane.send('POST', `/streams/${config}/start`)).body.id;
  const first = await start();
  await plane.send('POST', `/streams/${first}/pause`);
  await plane.send('POST', `/streams/${first}/stop`);
  plane.hosts.of(await start()).end('FINISHED');
  const failed = await start();
  plane.hosts.of(failed).end('FAILED', null, { code: 'table_missing', message: 'No table "users".' });
  unsubscribe();
  expect([...seen].sort()).toEqual(['FAILED', 'FINISHED', 'PAUSED', 'RUNNING', 'STOPPED']);
  const detail = (await plane.send<StreamDetail>('GET', `/streams/${failed}`)).body;
  expect([detail.status, detail.resumable, detail.reason]).toEqual(['FAILED', false, 'No table "users".']);
});
