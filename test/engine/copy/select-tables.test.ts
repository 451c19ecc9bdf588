import { describe, expect, it } from 'vitest';
import { selectTables } from '../../../src/main/engine/copy/select-tables.ts';
import type { TableListing } from '../../../src/main/engine/driver/catalog.ts';

const listing = (schema: string | null, name: string): TableListing => ({
  name: { schema, name },
  kind: 'table',
  estimatedRows: null,
  estimatedBytes: null,
});
const listings = [
  listing('public', 'orders'),
  listing('public', 'users'),
  listing('sales', 'orders'),
  listing('public', 'a.b'),
];
const labels = (tables: { label: string }[]) => tables.map((table) => table.label);

describe('selectTables', () => {
  it('takes every table for *', () => {
    expect(labels(selectTables([{ name: '*' }], [], listings, 'public'))).toEqual([
      'orders',
      'users',
      'sales.orders',
      'a.b',
    ]);
  });

  it('takes a schema, less what is excluded', () => {
    expect(labels(selectTables([{ name: 'public.*' }], ['users', 'public.a.b'], listings, 'public'))).toEqual([
      'orders',
    ]);
    expect(labels(selectTables([{ name: '*' }], ['public.*'], listings, 'public'))).toEqual(['sales.orders']);
  });

  it('splits at the first dot, unless a table has the whole name or a schema is given', () => {
    expect(labels(selectTables([{ name: 'sales.orders' }], [], listings, 'public'))).toEqual(['sales.orders']);
    expect(labels(selectTables([{ name: 'a.b' }], [], listings, 'public'))).toEqual(['a.b']);
    expect(labels(selectTables([{ name: 'orders', schema: 'sales' }], [], listings, 'public'))).toEqual([
      'sales.orders',
    ]);
  });

  it('gives a named table its own options when a pattern matches it too', () => {
    const tables = selectTables([{ name: 'users', where: 'id > 1' }, { name: '*' }], [], listings, 'public');
    expect(tables.find((table) => table.label === 'users')?.config.where).toBe('id > 1');
    expect(tables).toHaveLength(4);
  });

  it('names the nearest table when one is missing', () => {
    expect(() => selectTables([{ name: 'user' }], [], listings, 'public')).toThrow(
      'no table "user". Did you mean "users"?',
    );
    expect(() => selectTables([{ name: '*' }], ['oders'], listings, 'public')).toThrow('Did you mean "orders"?');
    expect(() => selectTables([{ name: 'shop.*' }], [], listings, 'public')).toThrow('schema "shop" has none');
  });

  it('accepts a query under a name that is no table', () => {
    const [table] = selectTables([{ name: 'report', query: 'SELECT 1' }], [], listings, 'public');
    expect(table).toMatchObject({ label: 'report', listing: null });
  });
});
