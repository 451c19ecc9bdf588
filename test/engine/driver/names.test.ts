import { describe, expect, it } from 'vitest';
import { claimName } from '../../../src/main/engine/driver/names.ts';

const bytes = { identifierLimit: { unit: 'bytes', length: 63 }, foldsNames: false } as const;
const folding = { identifierLimit: { unit: 'characters', length: 64 }, foldsNames: true } as const;

describe('claimName', () => {
  it('keeps a name that fits', () => {
    expect(claimName('orders', bytes, new Set())).toBe('orders');
    expect(claimName('x'.repeat(63), bytes, new Set())).toBe('x'.repeat(63));
  });

  it('cuts by bytes without cutting a character, the same way every time', () => {
    const long = 'é'.repeat(40);
    const name = claimName(long, bytes, new Set());
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^é{28}_[0-9a-f]{6}$/);
    expect(claimName(long, bytes, new Set())).toBe(name);
  });

  it('gives names that share their first 63 bytes different ends', () => {
    const taken = new Set<string>();
    const names = ['a', 'b', 'c'].map((end) => claimName('x'.repeat(63) + end, bytes, taken));
    expect(new Set(names).size).toBe(3);
  });

  it('tells names apart by case only where the database does', () => {
    const taken = new Set<string>();
    expect([claimName('Name', folding, taken), claimName('name', folding, taken)]).toEqual([
      'Name',
      expect.stringMatching(/^name_[0-9a-f]{6}$/),
    ]);
    const exact = new Set<string>();
    expect([claimName('Name', bytes, exact), claimName('name', bytes, exact)]).toEqual(['Name', 'name']);
  });
});
