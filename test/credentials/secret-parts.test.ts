import { describe, expect, test } from 'vitest';
import { divideSecret, joinSecret, partAccounts } from '../../src/main/credentials/secret-parts.ts';

test.each(['x', 'pä$$ \u{1f511}', 'k'.repeat(2_000), 'see sluice-parts:ab:1'])(
  'an ordinary secret stays as it is: %#',
  (secret) => {
    expect(divideSecret('a', secret)).toEqual({ head: secret, parts: [] });
    expect(partAccounts('a', secret)).toBeNull();
  },
);

describe('others are kept in parts that every keychain takes', () => {
  test.each(['', 'a\0b', 'é'.repeat(1_001), 'k'.repeat(10_000), 'sluice-parts:ab:1', 'sluice-parts:'])(
    '%#',
    (secret) => {
      const { head, parts } = divideSecret('a', secret);
      expect(partAccounts('a', head)).toEqual(parts.map(({ account }) => account));
      for (const { text } of [{ text: head }, ...parts]) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000);
        expect(text).not.toBe('');
        expect(text).not.toContain('\0');
      }
      expect(joinSecret(parts.map(({ text }) => text))).toBe(secret);
    },
  );
});

test('parts of a new value do not take the place of the old ones', () => {
  const accounts = () => divideSecret('a', 'k'.repeat(5_000)).parts.map(({ account }) => account);
  const [first, second] = [accounts(), accounts()];
  expect(first.filter((account) => second.includes(account))).toEqual([]);
});
