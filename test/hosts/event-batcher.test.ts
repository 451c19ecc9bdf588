import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventBatcher } from '../../src/main/hosts/event-batcher.ts';
import type { RunEvent, TableProgress } from '../../src/shared/model/run-event.ts';

let batches: RunEvent[][];
let batcher: EventBatcher;

beforeEach(() => {
  vi.useFakeTimers();
  batches = [];
  batcher = new EventBatcher(
    (batch) => batches.push(batch),
    () => Date.now(),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const progress = (name: string, rows: number, status: TableProgress['status'] = 'copying'): RunEvent => ({
  type: 'progress',
  table: { name, status, rows, estimatedRows: null, bytes: 0, failed: 0 },
  readRows: rows,
  readBytes: 0,
});
const log = (message: string): RunEvent => ({ type: 'log', level: 'info', message });

test('the first event goes at once, later ones at most ten times a second', () => {
  for (let milliseconds = 0; milliseconds < 1_000; milliseconds += 5) {
    batcher.add(log(String(milliseconds)));
    vi.advanceTimersByTime(5);
  }
  expect(batches[0]).toEqual([log('0')]);
  expect(batches.length).toBeLessThanOrEqual(11);
  vi.advanceTimersByTime(100);
  expect(batches.flat()).toHaveLength(200);
});

test('of progress only the newest of each table stays, statuses and order are kept', () => {
  batcher.add(log('first'));
  const events = [
    progress('a', 1),
    progress('b', 1),
    progress('a', 2),
    progress('a', 2, 'copied'),
    log('between'),
    progress('a', 3, 'copied'),
    progress('b', 2),
    progress('b', 3),
  ];
  for (const event of events) batcher.add(event);
  batcher.flush();
  expect(batches[1]).toEqual([
    progress('b', 1),
    progress('a', 2),
    progress('a', 2, 'copied'),
    log('between'),
    progress('a', 3, 'copied'),
    progress('b', 3),
  ]);
});

test('a full batch goes at once', () => {
  batcher.add(log('first'));
  for (let number = 0; number < 1_000; number++) batcher.add(log(String(number)));
  expect(batches.map((batch) => batch.length)).toEqual([1, 200, 200, 200, 200, 200]);
});

test('flush leaves nothing behind', () => {
  batcher.add(log('first'));
  batcher.add(log('second'));
  batcher.flush();
  batcher.flush();
  vi.advanceTimersByTime(1_000);
  expect(batches).toEqual([[log('first')], [log('second')]]);
});
