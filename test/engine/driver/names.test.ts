import { describe, expect, it } from 'vitest';
import { claimName } from '../../../src/main/engine/driver/names.ts';
import { mysqlDialect } from '../../../src/main/engine/drivers/mysql/mysql-dialect.ts';
import { postgresDialect } from '../../../src/main/engine/drivers/postgres/postgres-dialect.ts';
import { sqliteDialect } from '../../../src/main/engine/drivers/sqlite/sqlite-dialect.ts';

const bytes = postgresDialect.names.column;
const folding = mysqlDialect('mysql').names.column;

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

  it('finds names for a name that thousands of owners have, trying few for each', () => {
    let looks = 0;
    const taken = new (class extends Set<string> {
      override has(key: string): boolean {
        looks++;
        return super.has(key);
      }
    })();
    const owners = Array.from({ length: 5000 }, (_, number) => `table_${number}`);
    expect(new Set(owners.map((owner) => claimName('parent', bytes, taken, owner))).size).toBe(5000);
    expect(looks).toBeLessThan(3 * owners.length);
  });

  it('replaces what the database has no names for', () => {
    const table = mysqlDialect('mysql').names.table;
    expect(claimName('blank at end ', table, new Set())).toBe('blank at end');
    expect(claimName('emoji 😀', table, new Set())).toBe('emoji _');
    expect(claimName('sqlite_stat', sqliteDialect.names.table, new Set())).toBe('_sqlite_stat');
    expect(claimName('sqlite_stat', sqliteDialect.names.column, new Set())).toBe('sqlite_stat');
  });

  it.each([
    ['日'.repeat(50), '日'.repeat(50)],
    [`${'日'.repeat(50)}a`, `${'日'.repeat(50)}a`],
    ['日'.repeat(51), expect.stringMatching(/^日{48}_[0-9a-f]{6}$/)],
    ['é'.repeat(64), 'é'.repeat(64)],
    ['$'.repeat(64), expect.stringMatching(/^\${48}_[0-9a-f]{6}$/)],
  ])('keeps %s of MySQL within what a file may be called', (wanted, name) => {
    expect(claimName(wanted, mysqlDialect('mysql').names.table, new Set())).toEqual(name);
    expect(claimName(wanted, folding, new Set())).toBe(wanted);
  });
});
