import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunProgress, TableCounter } from '../../../src/main/engine/copy/run-progress.ts';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const counter = new TableCounter('t', null);
  /** Status, rows read and rows committed of each report. */
  const told: [string, number, number][] = [];
  const emit = (event: RunEvent) => {
    if (event.type === 'progress') told.push([event.table.status, event.readRows, event.table.rows]);
  };
  return { counter, told, progress: new RunProgress([counter], emit) };
}

test('counters that stop moving are told all the same', () => {
  const { counter, told, progress } = watch();
  progress.setStatus(counter, 'copying');
  progress.addRead(counter, 10, 100);
  progress.addCommitted(counter, 10, 100);
  expect(told).toEqual([['copying', 0, 0]]);
  vi.advanceTimersByTime(250);
  expect(told.slice(1)).toEqual([['copying', 10, 10]]);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(2);
});

test('at most four times a second', () => {
  const { counter, told, progress } = watch();
  progress.setStatus(counter, 'copying');
  for (let tenth = 0; tenth < 20; tenth++) {
    progress.addRead(counter, 1, 1);
    vi.advanceTimersByTime(100);
  }
  expect(told.length).toBeGreaterThan(5);
  expect(told.length).toBeLessThanOrEqual(9);
});

test('nothing of a table follows its status, nor of a run its end', () => {
  const { counter, told, progress } = watch();
  progress.setStatus(counter, 'copying');
  progress.addCommitted(counter, 10, 100);
  progress.setStatus(counter, 'copied');
  progress.addCommitted(counter, 1, 1);
  progress[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([
    ['copying', 0, 0],
    ['copied', 0, 10],
  ]);
});
