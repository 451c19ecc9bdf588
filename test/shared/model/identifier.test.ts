import { expect, test } from 'vitest';
import { encodeKsuid, identifierTime, newIdentifier } from '../../../src/shared/model/identifier.ts';

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));

/** The published examples of the format, and its two ends. */
test.each([
  [1_507_608_047, 'b5a1cd34b5f99d1154fb6853345c9735', '0ujtsYcgvSTl8PAuAdqWYSMnLOv'],
  [1_507_610_780, '73fc1aa3b2446246d6e89fcd909e8fe8', '0ujzPyRiIAffKhBux4PvQdDqMHY'],
  [1_400_000_000, '00000000000000000000000000000000', '000000000000000000000000000'],
  [5_694_967_295, 'ffffffffffffffffffffffffffffffff', 'aWgEPTl1tmebfsQzFP4bxwgy80V'],
])('%d and %s are %s', (seconds, random, text) => {
  expect(encodeKsuid(seconds, bytes(random))).toBe(text);
  expect(identifierTime(`conn_${text}`)).toBe(seconds);
});

test('a new one has its prefix, its time, and is not given twice', () => {
  const made = Array.from({ length: 1000 }, () => newIdentifier('stream', 1_738_677_334));
  expect(new Set(made).size).toBe(1000);
  for (const identifier of made) {
    expect(identifier).toMatch(/^stream_[0-9A-Za-z]{27}$/);
    expect(identifierTime(identifier)).toBe(1_738_677_334);
  }
});

test('ids of later seconds sort later', () => {
  const [early, late] = [newIdentifier('conn', 1_738_677_334), newIdentifier('conn', 1_738_677_335)];
  expect(early < late).toBe(true);
});

test.each(['', 'conn_', 'conn_short', 'conn_aWgEPTl1tmebfsQzFP4bxwgy80W', 'conn_0ujtsYcgvSTl8PAuAdqWYSMnLO-'])(
  '"%s" is none',
  (text) => {
    expect(identifierTime(text)).toBe(null);
  },
);
