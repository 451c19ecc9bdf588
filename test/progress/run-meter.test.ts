import { describe, expect, test } from 'vitest';
import type { RunEvent, TableProgress } from '../../src/shared/model/run-event.ts';
import { RunMeter } from '../../src/main/progress/run-meter.ts';

const table = (name: string, more: Partial<TableProgress> = {}): TableProgress => ({
  name,
  status: 'waiting',
  rows: 0,
  estimatedRows: 1000,
  bytes: 0,
  failed: 0,
  ...more,
});
const plan = (...tables: TableProgress[]): RunEvent => ({ type: 'plan', tables, guarantee: 'snapshot', reason: null });
const progress = (name: string, readRows: number, more: Partial<TableProgress> = {}): RunEvent => ({
  type: 'progress',
  table: table(name, { status: 'copying', ...more }),
  readRows,
  readBytes: readRows * 10,
});

function startMeter(...tables: TableProgress[]) {
  const clock = { now: 1000 };
  const meter = new RunMeter(() => clock.now);
  meter.add(plan(...tables));
  return { clock, meter };
}

describe('pace', () => {
  test('is that of the last seconds, and tells how long the rest takes', () => {
    const { clock, meter } = startMeter(table('a', { estimatedRows: 10_000 }));
    meter.pace();
    clock.now += 10_000;
    meter.add(progress('a', 1000, { estimatedRows: 10_000 }));
    meter.pace();
    clock.now += 2000;
    meter.add(progress('a', 2000, { estimatedRows: 10_000 }));
    // The slow beginning is out of sight.
    expect(meter.pace()).toEqual({ rowsPerSecond: 500, bytesPerSecond: 5000, secondsLeft: 16 });
  });

  test('is unknown for a moment, and while nothing moves', () => {
    const { clock, meter } = startMeter(table('a'));
    expect(meter.pace().secondsLeft).toBeNull();
    clock.now += 400;
    meter.add(progress('a', 500));
    expect(meter.pace()).toEqual({ rowsPerSecond: 0, bytesPerSecond: 0, secondsLeft: null });
    clock.now += 20_000;
    meter.pace();
    clock.now += 1000;
    expect(meter.pace()).toMatchObject({ rowsPerSecond: 0, secondsLeft: null });
  });
});

describe('what is expected', () => {
  test('is the estimates, and the truth where a table is done', () => {
    const { meter } = startMeter(table('a'), table('b'));
    meter.add(progress('a', 1500));
    expect(meter.moved()).toMatchObject({ rows: 1500, expectedRows: 2500 });
    meter.add(progress('a', 300, { status: 'copied', rows: 300 }));
    expect(meter.moved()).toMatchObject({ rows: 300, expectedRows: 1300 });
  });

  test('is unknown where a table has no estimate, until it is done', () => {
    const { meter } = startMeter(table('a', { estimatedRows: null }), table('b'));
    expect(meter.moved().expectedRows).toBeNull();
    meter.add(progress('a', 5, { status: 'copied', rows: 5 }));
    expect(meter.moved().expectedRows).toBe(1005);
  });
});

test('rows of an earlier run are there from the start, and no part of the pace', () => {
  const { clock, meter } = startMeter(table('a', { estimatedRows: 1000 }), table('b', { estimatedRows: 50 }));
  meter.add(progress('a', 0, { rows: 400, bytes: 4000, estimatedRows: 1000 }));
  meter.add(progress('b', 0, { rows: 50, bytes: 500, status: 'copied' }));
  clock.now += 1000;
  meter.add(progress('a', 300, { rows: 600, bytes: 6000, estimatedRows: 1000 }));
  expect(meter.moved()).toEqual({ rows: 750, bytes: 7500, expectedRows: 1050 });
  expect(meter.rowsBefore).toBe(450);
  expect(meter.pace()).toEqual({ rowsPerSecond: 300, bytesPerSecond: 3000, secondsLeft: 1 });
  // What the first attempt of this run copied is none of it.
  meter.add(plan(table('a')));
  meter.add(progress('a', 0, { rows: 700, bytes: 7000 }));
  expect(meter.rowsBefore).toBe(450);
});

test('what is committed is apart from what is read', () => {
  const { meter } = startMeter(table('a'), table('b'));
  meter.add(progress('a', 900, { rows: 500, bytes: 5000, failed: 2 }));
  meter.add(progress('b', 10, { rows: 10, bytes: 100 }));
  expect(meter.committed()).toEqual({ rows: 510, bytes: 5100, failed: 2 });
  expect(meter.moved()).toMatchObject({ rows: 910, bytes: 9100 });
});

test('keeps the first row errors, and what is being built', () => {
  const { meter } = startMeter();
  const error = { table: 'a', columns: [], values: [], message: 'no', code: '1' };
  for (let count = 0; count < 12; count++) meter.add({ type: 'row-error', error });
  expect(meter.rowErrors).toHaveLength(10);
  const build = { type: 'build', table: 'a', name: 'i', kind: 'index', error: null } as const;
  meter.add({ ...build, status: 'started' });
  expect([...meter.builds]).toEqual(['a: i']);
  meter.add({ ...build, status: 'failed' });
  expect([...meter.builds]).toEqual([]);
});

test('a table is timed from its first row to its last', () => {
  const { clock, meter } = startMeter(table('a'));
  clock.now += 100;
  meter.add(progress('a', 1));
  clock.now += 700;
  meter.add(progress('a', 9, { status: 'copied' }));
  clock.now += 500;
  meter.add(progress('a', 9, { status: 'done' }));
  expect(meter.tables.get('a')).toMatchObject({ startedAt: 1100, endedAt: 1800 });
});
