/** Streams over REST between real databases, in the real process: their life, and what ends it before its time. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StreamStatistics, StreamSummary } from '../../src/shared/model/stream.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { createDatabase } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { logLines } from '../support/serve-process.ts';
import { childrenOf } from './support/child-processes.ts';
import {
  itemRows,
  saveConfig,
  saveConnection,
  startStream,
  streamDetail,
  untilHalfWay,
  untilStatus,
} from './support/item-stream.ts';
import { readEvents } from './support/read-events.ts';
import { stageCopy } from './support/stalled-copy.ts';

const minutes = { timeout: 120_000 };

describeServers(
  'a stream over REST',
  ['postgres18', 'mariadb', 'psql', 'mariadb-client'],
  ({ postgres18, mariadb }) => {
    test('starts, pauses, resumes, tells how far it is, and finishes beside another one', minutes, async () => {
      await using stage = await stageCopy(postgres18);
      await using target = await createDatabase(mariadb);
      await using other = await createDatabase(postgres18);
      const { source, proxy } = stage;
      await using serve = await stage.serve();
      await using events = await readEvents(serve);

      const { id, config, from } = await stage.startStalled(serve, target.settings);
      expect((await serve.send('POST', `/streams/${config}/start`)).status).toBe(409);
      // The source hangs; a pause does not wait for it.
      const paused = await serve.send('POST', `/streams/${id}/pause`);
      expect([paused.status, Object.keys(paused.body), paused.body.status]).toEqual([
        200,
        ['id', 'status', 'paused'],
        'PAUSED',
      ]);
      expect((await serve.send('POST', `/streams/${id}/pause`)).status).toBe(409);
      proxy.flow();
      expect((await serve.send('POST', `/connections/${from}/ping`)).body['ping']).toBe('ok');

      const otherConfig = await saveConfig(serve, from, await saveConnection(serve, other.settings));
      const otherId = await startStream(serve, otherConfig);
      await stage.stall(serve, otherId);
      // Both have a source that hangs: they are under way at the same time for certain.
      const resumed = serve.send('POST', `/streams/${id}/resume`);
      await untilHalfWay(serve, otherId);
      proxy.flow();
      expect((await resumed).body).toMatchObject({ id, status: 'RUNNING' });
      await untilStatus(serve, id, 'FINISHED');
      await untilStatus(serve, otherId, 'FINISHED');

      const { body: stats } = await serve.send<StreamStatistics>('GET', `/streams/${id}/stats`);
      expect(stats).toMatchObject({
        streamID: id,
        status: 'FINISHED',
        target: { counter: itemRows, failedCounter: 0, status: 'FINISHED' },
        tables: [{ name: 'item', status: 'done', rows: itemRows }],
      });
      await events.until(
        ({ type, stream }) => type === 'stream' && stream?.id === otherId && stream.status === 'FINISHED',
      );
      const told = events.all.flatMap(({ type, stream }) =>
        type === 'stream' && stream?.id === id ? [stream.status] : [],
      );
      expect(told.filter((status, index) => status !== told[index - 1])).toEqual([
        'RUNNING',
        'PAUSED',
        'RUNNING',
        'FINISHED',
      ]);
      expect(events.all.some(({ type, streamID }) => type === 'progress' && streamID === id)).toBe(true);
      expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
      expect(await compareDatabases(source.settings, other.settings)).toEqual([]);
    });

    test('stops, with nothing of it left in the target but rows, and starts again', minutes, async () => {
      await using stage = await stageCopy(mariadb);
      await using target = await createDatabase(postgres18);
      const { source, proxy } = stage;
      await using serve = await stage.serve();
      const { id, config } = await stage.startStalled(serve, target.settings);
      const metrics = await serve.send('GET', '/metrics');
      expect(metrics.text).toMatch(
        new RegExp(`^sluice_stream_rows_total\\{stream="${id}",config="${config}",side="target"\\} [1-9]`, 'm'),
      );
      const stopped = await serve.send('POST', `/streams/${id}/stop`);
      expect([stopped.status, stopped.body.status]).toEqual([200, 'STOPPED']);
      expect((await serve.send('POST', `/streams/${id}/resume`)).status).toBe(409);
      expect(await target.rows(`SELECT tablename FROM pg_tables WHERE tablename LIKE '\\_sluice\\_%'`)).toEqual([]);
      proxy.flow();

      const refused = await startStream(serve, config);
      expect(refused).not.toBe(id);
      const { error } = await untilStatus(serve, refused, 'FAILED');
      expect(error).toMatchObject({ code: 'target_not_empty' });
      await target.execute('DROP TABLE item');
      const again = await startStream(serve, config);
      await untilStatus(serve, again, 'FINISHED');
      expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
      const streams = (await serve.send<StreamSummary[]>('GET', '/streams')).body;
      expect(streams.map((stream) => [stream.id, stream.status])).toEqual([
        [again, 'FINISHED'],
        [refused, 'FAILED'],
        [id, 'STOPPED'],
      ]);
    });

    test('SIGTERM pauses it durably although the database hangs', minutes, async () => {
      await using stage = await stageCopy(postgres18);
      await using target = await createDatabase(mariadb);
      const { source, proxy } = stage;
      await using first = await stage.serve();
      const { id, config, from } = await stage.startStalled(first, target.settings);
      // A question that hangs too.
      const ping = first.send('POST', `/connections/${from}/ping`).catch(() => null);
      const ended = await first.end();
      await ping;
      expect(ended.exitCode).toBe(0);
      expect(logLines(ended)).toContainEqual(
        expect.objectContaining({ level: 'info', stream: id, config, status: 'PAUSED' }),
      );
      expect(childrenOf(first.pid)).toEqual([]);
      proxy.flow();

      await using second = await stage.serve();
      expect(await streamDetail(second, id)).toMatchObject({
        status: 'PAUSED',
        pausedBy: 'quit',
        config: { id: config },
      });
      expect((await second.send('POST', `/streams/${id}/resume`)).status).toBe(200);
      await untilStatus(second, id, 'FINISHED');
      expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
    });

    test('kill -9 of Sluice: it comes back PAUSED with the reason, and --resume goes on', minutes, async () => {
      await using stage = await stageCopy(mariadb);
      await using target = await createDatabase(postgres18);
      const { source, proxy } = stage;
      await using first = await stage.serve();
      const { id } = await stage.startStalled(first, target.settings);
      await first.end('SIGKILL');
      proxy.flow();

      await using second = await stage.serve();
      const found = await streamDetail(second, id);
      expect(found).toMatchObject({ status: 'PAUSED', pausedBy: 'crash' });
      expect(found.reason).toContain('ended unexpectedly');
      await second.end();

      // Nobody can be told that the source is down: the stream waits for it.
      await proxy.cut();
      await using third = await stage.serve('--resume');
      await expect.poll(async () => (await streamDetail(third, id)).phase, { timeout: 30_000 }).toBe('waiting');
      expect(await streamDetail(third, id)).toMatchObject({
        status: 'RUNNING',
        phaseDetail: expect.stringMatching(/^Attempt \d+ at /),
      });
      await proxy.mend();
      await untilStatus(third, id, 'FINISHED');
      expect(await compareDatabases(source.settings, target.settings)).toEqual([]);
    });

    test('kill -9 of its process fails it alone; resume goes on', minutes, async () => {
      await using stage = await stageCopy(postgres18);
      const { source, proxy } = stage;
      const copy = { kind: 'sqlite', path: join(stage.folder, 'copy.db') } as const;
      await using serve = await stage.serve();
      const { id } = await stage.startStalled(serve, copy);
      const [host] = childrenOf(serve.pid).filter(({ command }) => command.includes('stream-host-entry'));
      process.kill(host!.pid, 'SIGKILL');
      proxy.flow();
      expect(await untilStatus(serve, id, 'FAILED')).toMatchObject({
        resumable: true,
        error: { code: 'host_crashed' },
      });
      expect((await serve.send('GET', '/health')).status).toBe(200);
      expect((await serve.send('POST', `/streams/${id}/resume`)).status).toBe(200);
      await untilStatus(serve, id, 'FINISHED');
      expect(await compareDatabases(source.settings, copy)).toEqual([]);
    });
  },
);
