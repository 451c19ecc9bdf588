import { expect, test } from 'vitest';
import { BufferPool } from '../../../src/main/engine/row-text/buffer-pool.ts';

test('a buffer that was given back, in part or whole, is given out again', () => {
  const pool = new BufferPool(16);
  const first = pool.take();
  first.fill('a');
  const second = pool.take();
  expect(second.buffer).not.toBe(first.buffer);
  pool.give(first.subarray(0, 3));
  const again = pool.take();
  expect([again.buffer, again.length, again.toString()]).toEqual([first.buffer, 16, 'a'.repeat(16)]);
  expect(pool.take().buffer).not.toBe(first.buffer);
});

test('a larger one is made on demand and not kept', () => {
  const pool = new BufferPool(16);
  const large = pool.take(17);
  expect(large.length).toBe(17);
  pool.give(large);
  expect(pool.take().length).toBe(16);
});
