import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Journal, type StreamRecord } from '../../src/main/stores/journal.ts';
import { tableProgress } from '../support/control-plane.ts';

let directory: string;
let path: string;
let journal: Journal;
const errors: unknown[] = [];
const open = () => new Journal(path, (error) => errors.push(error), new Date('2026-11-23T10:00:00Z'));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-journal-'));
  path = join(directory, 'journal.sqlite');
  errors.length = 0;
  journal = open();
});
afterEach(() => {
  journal.close();
  rmSync(directory, { recursive: true, force: true });
});

const record = (id: string, more: Partial<StreamRecord['stream']> = {}): StreamRecord => ({
  stream: {
    id,
    configID: 'config_a',
    name: 'a',
    mode: 'convert',
    source: 'conn_s',
    target: 'conn_t',
    status: 'RUNNING',
    phase: 'copying',
    phaseDetail: null,
    resumable: false,
    reason: null,
    pausedBy: null,
    error: null,
    created: 1000,
    config: {
      id: 'config_a',
      name: 'a',
      source: 'conn_s',
      target: 'conn_t',
      mode: 'convert',
      created: 1,
      dataBundleSize: 500,
      limits: {},
      reportingIntervals: { source: 3, target: 3 },
      tables: [{ name: 'users' }],
      createStructure: true,
    },
    guarantee: null,
    guaranteeReason: null,
    findings: [],
    ...more,
  },
  claims: ['db\nusers'],
});

const rowError = { table: 'users', columns: ['id', 'name'], values: ['1', null], message: 'too long', code: '22001' };
const at = '2026-11-23T10:00:00.000Z';

test('a state is in the file as soon as it was saved: another reader sees it', () => {
  journal.saveStream(record('stream_1'), { rows: 1 });
  const other = new DatabaseSync(path, { readOnly: true });
  expect(other.prepare('SELECT id, status FROM streams').all()).toEqual([{ id: 'stream_1', status: 'RUNNING' }]);
  other.close();
});

test('streams, newest first, by status and config', () => {
  journal.saveStream(record('stream_1'), null);
  journal.saveStream(record('stream_2', { status: 'FINISHED', finished: 1 }), null);
  journal.saveStream(record('stream_3', { configID: 'config_b', created: 900 }), null);
  const ids = (filter: object) => journal.streams({ limit: 10, offset: 0, ...filter }).map(({ stream }) => stream.id);
  expect(ids({})).toEqual(['stream_2', 'stream_1', 'stream_3']);
  expect(ids({ status: 'FINISHED' })).toEqual(['stream_2']);
  expect(ids({ configID: 'config_b' })).toEqual(['stream_3']);
  expect(ids({ limit: 1, offset: 1 })).toEqual(['stream_1']);
  expect(journal.latestOf('config_a')?.stream.id).toBe('stream_2');
  expect(journal.latestOf('config_c')).toBe(null);
  expect(journal.stream('stream_1')).toEqual(record('stream_1'));
  expect(journal.stream('stream_9')).toBe(null);
});

test('counters that are not given with a state stay', () => {
  journal.saveStream(record('stream_1'), { rows: 5 });
  journal.saveStream(record('stream_1', { status: 'PAUSED' }), null);
  expect(journal.statistics('stream_1')).toEqual({ rows: 5 });
});

test('progress, logs and refused rows survive a restart', () => {
  journal.saveStream(record('stream_1'), null);
  journal.saveTables('stream_1', [tableProgress('b', { estimatedRows: 10 }), tableProgress('a')]);
  journal.saveProgress('stream_1', tableProgress('a', { rows: 3 }), { rows: 3 });
  journal.saveProgress('stream_1', tableProgress('a', { rows: 7, status: 'done' }), { rows: 7 });
  journal.addLog('stream_1', { at, level: 'info', message: 'one' });
  journal.addLog('stream_1', { at, level: 'error', message: 'two' });
  journal.addRowError('stream_1', at, rowError);
  journal.close();
  journal = open();
  expect(journal.tables('stream_1')).toEqual([
    tableProgress('b', { estimatedRows: 10 }),
    tableProgress('a', { rows: 7, status: 'done' }),
  ]);
  expect(journal.statistics('stream_1')).toEqual({ rows: 7 });
  const logs = journal.logs('stream_1', { after: 0, limit: 10 });
  expect(logs.map(({ message }) => message)).toEqual(['one', 'two']);
  expect(journal.logs('stream_1', { after: logs[0]!.id, limit: 10 })).toEqual([logs[1]]);
  expect(journal.rowErrors('stream_1', { after: 0, limit: 10 })).toEqual([{ id: 1, at, ...rowError }]);
});

test('what comes often is written in batches', () => {
  vi.useFakeTimers();
  try {
    journal.saveStream(record('stream_1'), null);
    const other = new DatabaseSync(path, { readOnly: true });
    const count = () => other.prepare('SELECT count(*) AS count FROM logs').get()!['count'];
    for (let index = 0; index < 499; index++) journal.addLog('stream_1', { at, level: 'info', message: 'x' });
    expect(count()).toBe(0);
    vi.advanceTimersByTime(250);
    expect(count()).toBe(499);
    for (let index = 0; index < 500; index++) journal.addLog('stream_1', { at, level: 'info', message: 'x' });
    expect(count()).toBe(999);
    other.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a batch that cannot be written waits for the next', () => {
  journal.saveStream(record('stream_1'), null);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  journal.addLog('stream_1', { at, level: 'info', message: 'held up' });
  journal.flush();
  expect(errors).toHaveLength(1);
  other.exec('ROLLBACK');
  other.close();
  expect(journal.logs('stream_1', { after: 0, limit: 10 })).toHaveLength(1);
});

test('deleting a stream takes all that belongs to it', () => {
  for (const id of ['stream_1', 'stream_2']) {
    journal.saveStream(record(id), null);
    journal.saveTables(id, [tableProgress('a')]);
    journal.addLog(id, { at, level: 'info', message: 'x' });
    journal.addRowError(id, at, rowError);
  }
  journal.deleteStream('stream_1');
  journal.close();
  const raw = new DatabaseSync(path, { readOnly: true });
  for (const table of ['table_progress', 'logs', 'row_errors'])
    expect(raw.prepare(`SELECT stream_id FROM ${table}`).all()).toEqual([{ stream_id: 'stream_2' }]);
  raw.close();
  journal = open();
});

test('history: only what ended before the moment goes', () => {
  journal.saveStream(record('stream_1'), null);
  journal.saveStream(record('stream_2', { status: 'FINISHED', finished: 500 }), null);
  journal.saveStream(record('stream_3', { status: 'FAILED', failed: 2000 }), null);
  journal.deleteEndedBefore(1500);
  expect(journal.streams({ limit: 10, offset: 0 }).map(({ stream }) => stream.id)).toEqual(['stream_3', 'stream_1']);
});

test('a log line of a stream that is gone is no reason to lose the others', () => {
  journal.saveStream(record('stream_1'), null);
  journal.addLog('stream_gone', { at, level: 'info', message: 'x' });
  journal.addLog('stream_1', { at, level: 'info', message: 'y' });
  expect(journal.logs('stream_1', { after: 0, limit: 10 })).toHaveLength(1);
});

test('nobody else may read it', () => {
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
});

describe('a file that is not right', () => {
  test('a damaged one is set aside', () => {
    journal.close();
    writeFileSync(path, 'this is not a database, but long enough to be looked at as if it were one'.repeat(50));
    const text = readFileSync(path, 'utf8');
    journal = open();
    const aside = `${path}.damaged-2026-11-23T10-00-00.000Z`;
    expect(journal.findings).toMatchObject([{ code: 'journal_damaged', message: expect.stringContaining(aside) }]);
    expect(readFileSync(aside, 'utf8')).toBe(text);
    journal.saveStream(record('stream_1'), null);
  });

  test('so is one with a damaged page or record, although it can be opened', () => {
    for (const name of ['stream_1', 'stream_2', 'stream_3']) journal.saveStream(record(name), null);
    journal.close();
    const intact = readFileSync(path);
    const pageBytes = 4096;
    const damages = [
      () =>
        writeFileSync(
          path,
          Buffer.concat([intact.subarray(0, pageBytes), Buffer.alloc(pageBytes, 7), intact.subarray(2 * pageBytes)]),
        ),
      () => {
        writeFileSync(path, intact);
        using raw = new DatabaseSync(path);
        raw.exec(`UPDATE streams SET record = '{"stream"' WHERE id = 'stream_2'`);
      },
      () => {
        writeFileSync(path, intact);
        using raw = new DatabaseSync(path);
        raw.exec('DROP TABLE streams');
      },
    ];
    for (const damage of damages) {
      damage();
      journal = open();
      expect(journal.findings).toMatchObject([{ code: 'journal_damaged' }]);
      expect(journal.streams({ limit: 10, offset: 0 })).toEqual([]);
      journal.close();
      rmSync(`${path}.damaged-2026-11-23T10-00-00.000Z`);
    }
    writeFileSync(path, intact);
    journal = open();
    expect([journal.findings, journal.streams({ limit: 10, offset: 0 }).length]).toEqual([[], 3]);
  });

  test('one that is no file at all is named', () => {
    journal.close();
    rmSync(path);
    mkdirSync(path);
    const message = expect.stringContaining(`${path}, cannot be opened: EISDIR`);
    expect(open).toThrow(expect.objectContaining({ code: 'data_file_failed', message }));
    rmSync(path, { recursive: true });
    journal = open();
  });

  test('one of a newer version is refused and left alone', () => {
    journal.close();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(open).toThrow(expect.objectContaining({ code: 'data_file_newer' }));
    rmSync(path);
    journal = open();
  });
});
