/** While four streams run at full speed and a client watches them, nothing waits for 50 ms of the main process's work (p99). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StreamStatistics } from '../../src/shared/model/stream.ts';
import { saveConnection, startStream } from '../e2e/support/item-stream.ts';
import { readEvents } from '../e2e/support/read-events.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { startServe } from '../support/serve-process.ts';
import { lookEveryMs, type Look } from './support/watch-event-loop.ts';

const tables = 100;
const rowsPerTable = 10_000;
const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** In milliseconds. An event that comes while the loop stands still waits for the rest of it: a long look counts as many. */
function percentile(late: readonly number[], share: number): number {
  const waits: number[] = [];
  for (const ms of late) for (let left = ms; left > 0 || left === ms; left -= lookEveryMs) waits.push(left);
  return waits.sort((a, b) => a - b)[Math.ceil(waits.length * share) - 1]!;
}

describeServers('the main process', ['postgres18', 'mariadb'], ({ postgres18, mariadb }) => {
  test('keeps nothing waiting while four streams run', async ({ annotate }) => {
    await using folder = await createFolder();
    await using source = await createDatabase(postgres18);
    await using first = await createDatabase(postgres18);
    await using second = await createDatabase(mariadb);
    for (let table = 0; table < tables; table++)
      await source.execute(`CREATE TABLE item_${table} (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL);
      INSERT INTO item_${table} SELECT g, rpad(g::text, 100, 'x') FROM generate_series(1, ${rowsPerTable}) g`);
    const looksFile = join(folder.path, 'looks.json');
    await using serve = await startServe({
      dataDirectory: join(folder.path, 'data'),
      environment: { ITEM_PASSWORD: source.settings.password!, LOOKS_FILE: looksFile },
      program: ['--import', pathOf('support/watch-event-loop.ts'), pathOf('../../src/main/sluice.js')],
    });
    const from = await saveConnection(serve, source.settings);
    const targets = [
      first.settings,
      second.settings,
      ...['a', 'b'].map((name) => ({ kind: 'sqlite', path: join(folder.path, `${name}.db`) }) as const),
    ];
    const configs: string[] = [];
    for (const [index, target] of targets.entries()) {
      const ends = { source: from, target: await saveConnection(serve, target), tables: [{ name: '*' }] };
      const body = { name: `copy ${index}`, mode: 'convert', ...ends };
      configs.push((await serve.send('POST', '/stream-configs', body)).body.id);
    }
    await using events = await readEvents(serve);
    const ids = await Promise.all(configs.map((config) => startStream(serve, config)));
    const statusOf = async (id: string) =>
      (await serve.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body.status;
    const start = Date.now();
    let [end, polls] = [start, 0];
    // As long as all four run.
    for (;;) {
      const seen = events.all.length;
      await events.until(() => events.all.length > seen + 25);
      const statuses = await Promise.all(ids.map(statusOf));
      if (statuses.some((status) => status !== 'RUNNING')) break;
      await serve.send('GET', '/metrics');
      end = Date.now();
      polls++;
    }
    await serve.end();
    const all = JSON.parse(readFileSync(looksFile, 'utf8')) as Look[];
    const looks = all.filter(({ at }) => at >= start && at <= end);
    const figures = (waits: readonly number[]) =>
      [0.5, 0.99, 1].map((share) => `${percentile(waits, share).toFixed(1)} ms`).join(', ');
    const work = looks.map(({ workMs }) => workMs);
    const late = looks.map(({ lateMs }) => lateMs);
    await annotate(
      `${looks.length} looks at the event loop in ${(end - start) / 1000} s, ${polls} polls: median, p99 and longest delay by its own work ${figures(work)}; in all ${figures(late)}`,
    );
    expect(polls).toBeGreaterThan(10);
    expect(looks.length).toBeGreaterThan(200);
    // Not of the delay in all: how long a thread that has nothing to do waits for a processor is for the computer's other load.
    expect(percentile(work, 0.99)).toBeLessThan(50);
  });
});
