import { describe, expect, test } from 'vitest';
import {
  beginRunning,
  endRunning,
  isoDuration,
  newStatistics,
  statisticsAnswer,
  TableCounters,
  type StatisticsState,
} from '../../src/main/streams/statistics.ts';
import { tableProgress } from '../support/control-plane.ts';

const start = Date.UTC(2024, 1, 20, 10, 0, 0, 250);
const stream = { id: 'stream_x', configID: 'config_x', status: 'RUNNING', phase: 'copying', mode: 'convert' } as const;

function begin(intervals = { source: 3, target: 3 }) {
  const state = newStatistics(intervals, start);
  beginRunning(state, start);
  const counters = new TableCounters([]);
  const tables = ['a', 'b'].map((name) => tableProgress(name, { estimatedRows: 1000 }));
  counters.apply({ type: 'plan', tables, guarantee: 'snapshot', reason: null }, state, start);
  /** Committed and read figures of a table as a run tells them. */
  const progress = (name: string, rows: number, bytes: number, second: number, read = rows, failed = 0) => {
    const table = tableProgress(name, { estimatedRows: 1000, rows, bytes, failed });
    counters.apply({ type: 'progress', table, readRows: read, readBytes: read * 10 }, state, start + second * 1000);
  };
  const answer = (second: number, own: StatisticsState = state) =>
    statisticsAnswer(stream, own, counters.list, start + second * 1000);
  return { state, counters, progress, answer };
}

test('counters add up over tables, each event with the totals of its table', () => {
  const { progress, answer } = begin();
  progress('a', 100, 1000, 0.2, 150);
  progress('b', 10, 100, 0.4);
  progress('a', 300, 3000, 0.5, 300, 5);
  const { source, target } = answer(1);
  expect([source.counter, source.sumDataSize, source.failedCounter]).toEqual([315, 3100, 0]);
  expect([target.counter, target.sumDataSize, target.failedCounter]).toEqual([310, 3100, 5]);
  expect(target.avgRate).toBe(310);
});

test('what is told again is not counted again, and a table that starts again goes back', () => {
  const { progress, answer } = begin();
  progress('a', 100, 1000, 0.1);
  progress('a', 100, 1000, 0.2);
  expect(answer(1).target.counter).toBe(100);
  progress('a', 0, 0, 0.3, 0);
  expect([answer(1).source.counter, answer(1).target.counter]).toEqual([0, 0]);
});

describe('prevDataSize', () => {
  test('is what came in the last complete interval', () => {
    const { progress, answer } = begin({ source: 3, target: 5 });
    progress('a', 100, 1000, 1);
    expect(answer(2.9).target.prevDataSize).toBe(0);
    progress('a', 400, 4000, 4);
    expect([answer(4).source.prevDataSize, answer(4).target.prevDataSize]).toEqual([1000, 0]);
    expect([answer(6).source.prevDataSize, answer(6).target.prevDataSize]).toEqual([3000, 4000]);
  });

  test('is 0 after an interval in which nothing came', () => {
    const { progress, answer } = begin();
    progress('a', 100, 1000, 1);
    expect(answer(3).target.prevDataSize).toBe(1000);
    expect(answer(6).target.prevDataSize).toBe(0);
  });

  test('is 0 when nobody looked for several intervals, whatever came in the first of them', () => {
    const { progress, answer } = begin();
    progress('a', 100, 1000, 1);
    expect(answer(9).target.prevDataSize).toBe(0);
  });

  test('at the end is what came since the last report', () => {
    const { state, progress, answer } = begin();
    progress('a', 100, 1000, 1);
    progress('a', 150, 1500, 4);
    endRunning(state, start + 5000);
    expect([answer(5).target.prevDataSize, answer(60).target.prevDataSize]).toEqual([500, 500]);
  });

  test('without periodic reports is told at the end only', () => {
    const { state, progress, answer } = begin({ source: 0, target: 0 });
    progress('a', 100, 1000, 1);
    expect([answer(10).target.prevDataSize, answer(10).target.reportingInterval]).toEqual([0, 0]);
    endRunning(state, start + 20_000);
    expect(answer(20).target.prevDataSize).toBe(1000);
  });
});

test('start, duration and rate; pauses do not count', () => {
  const { state, progress, answer } = begin();
  progress('a', 100, 1000, 1);
  expect(answer(2).target).toMatchObject({ start: '2024-02-20T10:00:00Z', duration: 'PT2S', avgRate: 50 });
  endRunning(state, start + 4000);
  expect(answer(100).target).toMatchObject({ duration: 'PT4S', avgRate: 25 });
  beginRunning(state, start + 100_000);
  expect(answer(101).target).toMatchObject({ duration: 'PT5S', avgRate: 20 });
});

test('a state that was kept as JSON goes on', () => {
  const { state, progress, answer } = begin();
  progress('a', 100, 1000, 1);
  const kept = JSON.parse(JSON.stringify(state)) as StatisticsState;
  expect(answer(2, kept)).toEqual(answer(2));
});

test('after a resume, rows that the ledger vouches for count as read', () => {
  const { state, counters, answer } = begin();
  const tables = [tableProgress('a', { rows: 500, bytes: 5000 }), tableProgress('b')];
  counters.apply({ type: 'plan', tables, guarantee: 'per table', reason: null }, state, start + 1000);
  expect([answer(1).source.counter, answer(1).target.counter]).toEqual([500, 500]);
});

describe('etaSeconds', () => {
  test('is the rest at the present rate', () => {
    const { progress, answer } = begin();
    expect(answer(0).etaSeconds).toBe(null);
    progress('a', 1000, 10_000, 1);
    progress('b', 500, 5_000, 2);
    expect(answer(3).etaSeconds).toBe(1);
  });

  test('is not known without an estimate', () => {
    const { counters, progress, answer, state } = begin();
    progress('a', 1000, 10_000, 1);
    const table = tableProgress('b', { rows: 1, bytes: 1 });
    counters.apply({ type: 'progress', table, readRows: 1, readBytes: 1 }, state, start + 1000);
    expect(answer(2).etaSeconds).toBe(null);
  });

  test('is 0 when all rows are there', () => {
    const { counters, answer, state } = begin();
    for (const name of ['a', 'b'])
      counters.apply(
        { type: 'progress', table: tableProgress(name, { status: 'indexing' }), readRows: 0, readBytes: 0 },
        state,
        start + 1000,
      );
    expect(answer(2).etaSeconds).toBe(0);
  });
});

test('lag is there in cdc mode only', () => {
  const { state } = begin();
  expect(statisticsAnswer(stream, state, [], start)).not.toHaveProperty('lag');
  expect(statisticsAnswer({ ...stream, mode: 'cdc' }, state, [], start).lag).toEqual({ bytes: null, seconds: null });
});

test.each([
  [0, 'PT0S'],
  [-5, 'PT0S'],
  [1, 'PT0.001S'],
  [1500, 'PT1.5S'],
  [60_000, 'PT1M'],
  [3_600_000, 'PT1H'],
  [5_025_000, 'PT1H23M45S'],
  [86_400_000, 'P1D'],
  [90_061_007, 'P1DT1H1M1.007S'],
])('%d ms is %s', (milliseconds, text) => {
  expect(isoDuration(milliseconds)).toBe(text);
});
