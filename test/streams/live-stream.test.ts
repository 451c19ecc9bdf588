/** What a stream keeps of what its host tells: in the journal, and refused rows in a file. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { StreamDetail } from '../../src/shared/model/stream.ts';
import { makeConfig, startControlPlane, type ControlPlane } from '../support/control-plane.ts';

const start = async (plane: ControlPlane, config: string) => await plane.send('POST', `/streams/${config}/start`);
const detail = async (plane: ControlPlane, id: string) =>
  (await plane.send<StreamDetail>('GET', `/streams/${id}`)).body;

test('a journal that cannot be written does not end a run, and catches up', async () => {
  await using plane = await startControlPlane();
  const { config } = await makeConfig(plane);
  const { id } = (await start(plane, config)).body;
  const other = new DatabaseSync(join(plane.directory, 'journal.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  plane.hosts.last.end('FINISHED');
  expect(plane.defects).not.toEqual([]);
  other.exec('ROLLBACK');
  const status = other.prepare('SELECT status FROM streams WHERE id = ?');
  await expect.poll(() => status.get(id), { timeout: 5000 }).toEqual({ status: 'FINISHED' });
  other.close();
});

test('findings are kept once, and are in the journal soon', async () => {
  await using plane = await startControlPlane();
  const { config } = await makeConfig(plane);
  const { id } = (await start(plane, config)).body;
  const finding = { severity: 'warning', code: 'odd', message: 'Odd.' } as const;
  plane.hosts.last.emit({ type: 'finding', finding });
  plane.hosts.last.emit({ type: 'finding', finding });
  plane.hosts.last.emit({ type: 'finding', finding: { ...finding, table: 'users' } });
  expect((await detail(plane, id)).findings).toEqual([finding, { ...finding, table: 'users' }]);
  const other = new DatabaseSync(join(plane.directory, 'journal.sqlite'), { readOnly: true });
  const record = other.prepare('SELECT record FROM streams WHERE id = ?');
  await expect.poll(() => String(record.get(id)!['record'])).toContain('"Odd."');
  other.close();
});

describe('rows that the target refuses', () => {
  const error = { table: 'users', columns: ['id'], values: ['1'], message: 'no', code: '23505' };

  test('are kept in a file that the stream names, for its owner only, and go with the stream', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    expect((await detail(plane, id)).rejectFile).toBe(null);
    plane.hosts.last.emit({ type: 'row-error', error });
    await plane.send('POST', `/streams/${id}/pause`);
    await plane.send('POST', `/streams/${id}/resume`);
    plane.hosts.last.emit({ type: 'row-error', error: { ...error, values: ['2'] } });
    plane.hosts.last.end('FINISHED');
    const file = (await detail(plane, id)).rejectFile!;
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([error, { ...error, values: ['2'] }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await plane.send('DELETE', `/streams/${id}`)).status).toBe(204);
    expect(existsSync(file)).toBe(false);
  });

  test('do not end a run where the file cannot be written', async () => {
    await using plane = await startControlPlane();
    const { config } = await makeConfig(plane);
    const { id } = (await start(plane, config)).body;
    writeFileSync(join(plane.directory, 'rejects'), 'a file where the folder would be');
    plane.hosts.last.emit({ type: 'row-error', error });
    expect(await detail(plane, id)).toMatchObject({ status: 'RUNNING', rejectFile: null });
    expect((await plane.send('GET', `/streams/${id}/errors`)).body).toMatchObject([error]);
    expect((await plane.send('GET', `/streams/${id}/logs`)).body).toMatchObject([
      { level: 'warning', message: expect.stringContaining('missing in the reject file') },
    ]);
  });
});
