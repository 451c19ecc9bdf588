import { expect, test } from 'vitest';
import { countOf, formatBytes, formatCount, formatSeconds } from '../../src/main/progress/figures.ts';

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [99_999, '100 kB'],
  [100_000, '0.1 MB'],
  [9_940_000, '9.9 MB'],
  [12_345_678, '12 MB'],
  [999_000_000, '999 MB'],
  [1_234_567_890, '1.2 GB'],
])('%s bytes => %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0.0 s'],
  [12.34, '12.3 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 00 s'],
  [245, '4 min 05 s'],
  [3599.7, '1 h 00 min'],
  [7650, '2 h 07 min'],
])('%s seconds => %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('counts', () => {
  expect([formatCount(1234567.4), countOf(1, 'row'), countOf(0, 'row'), countOf(1200, 'row')]).toEqual([
    '1,234,567',
    '1 row',
    '0 rows',
    '1,200 rows',
  ]);
});
