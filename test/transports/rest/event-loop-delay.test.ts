import { expect, test } from 'vitest';
import { EventLoopDelay } from '../../../src/main/transports/rest/event-loop-delay.ts';

const upTo = (delay: EventLoopDelay, le: number) => delay.read().buckets.find((bucket) => bucket.le === le)!.count;

test('looks are counted by how late they came', () => {
  const delay = new EventLoopDelay();
  for (const ms of [-0.4, 0.5, 3, 15]) delay.add(ms);
  expect([upTo(delay, 0.001), upTo(delay, 0.005), upTo(delay, 0.01), upTo(delay, 0.02)]).toEqual([2, 3, 3, 4]);
  expect(delay.read()).toMatchObject({ count: 4, sum: 0.0185 });
});

test('a standstill counts for every look that fell into it', () => {
  const delay = new EventLoopDelay();
  delay.add(100);
  // Delays of 100, 80, 60, 40 and 20 ms.
  expect([upTo(delay, 0.01), upTo(delay, 0.02), upTo(delay, 0.05), upTo(delay, 0.1)]).toEqual([0, 1, 2, 5]);
});

test('what is longer than every bucket is counted in all', () => {
  const delay = new EventLoopDelay();
  delay.add(5_010);
  const { buckets, count } = delay.read();
  expect([buckets.at(-1)!.count, count]).toEqual([250, 251]);
});

test('a watch sees the process stand still', async () => {
  const delay = EventLoopDelay.watch();
  await expect.poll(() => delay.read().count).toBeGreaterThan(0);
  const end = performance.now() + 250;
  while (performance.now() < end);
  await expect.poll(() => delay.read().count - upTo(delay, 0.2)).toBeGreaterThan(0);
});
