/** Names that break quoting, limits or comparison, and what each database makes of them. */
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';

/** Possible in every database. Each is a table and a column of it. */
const everywhere = [
  'select',
  'order',
  'Order Details',
  'MixedCase',
  'quote"d',
  "apos'trophe",
  'back`tick',
  'dot.ted',
  '.leading dot',
  'back\\slash',
  'per%cent %s',
  'new\nline',
  'tab\tbed',
  'semi;colon--',
  '/* comment */',
  'dollar$1 $$',
  ':colon ?',
  '*',
  'all.*',
  '1digit',
  '123',
  ' leading blank',
  'brack[et]',
  '{brace}',
  'ünïcödé',
  'e\u0301 combining',
  '日本語',
  'null',
  'rowid',
  'oid',
  '_rowid_',
  'values',
  'x'.repeat(63),
];

/** The longest that MySQL can have as a file, and the longest of its columns. */
const longFile = '日'.repeat(50);
const longUnicode = '日'.repeat(64);

/** Names that only some databases can have. */
const bySource: Record<DatabaseKind, readonly string[]> = {
  postgresql: ['blank at end ', 'emoji 😀', 'sqlite_reserved', 'Twin', 'twin', 'é'.repeat(31)],
  mysql: ['y'.repeat(64), longFile, 'sqlite_reserved', 'ctid', 'xmin', 'Twin', 'twin'],
  mariadb: ['y'.repeat(64), longFile, 'sqlite_reserved', 'ctid', 'xmin', 'Twin', 'twin'],
  sqlite: ['blank at end ', 'emoji 😀', 'ctid', `${'z'.repeat(300)}1`, `${'z'.repeat(300)}2`, longUnicode],
};

export const namesOf = (source: DatabaseKind): readonly string[] => [...everywhere, ...bySource[source]];

/** False: the name cannot stay what it is, and a finding must say what became of it. */
export function staysTable(name: string, target: DatabaseKind): boolean {
  // SQLite compares names without case: of two the first stays.
  if (target === 'sqlite') return !name.startsWith('sqlite_') && name !== 'twin';
  // There a table is a file, whose name is five times as long.
  if (target !== 'postgresql' && name === longUnicode) return false;
  return fits(name, target);
}

export function staysColumn(name: string, target: DatabaseKind): boolean {
  if (target === 'postgresql' && ['ctid', 'xmin', 'oid'].includes(name)) return name === 'oid';
  return fits(name, target);
}

function fits(name: string, target: DatabaseKind): boolean {
  switch (target) {
    case 'postgresql':
      return Buffer.byteLength(name) <= 63;
    case 'mysql':
    case 'mariadb':
      // Names of MySQL are within the basic plane and do not end with a blank.
      return [...name].length <= 64 && !name.endsWith(' ') && !/[\u{10000}-\u{10ffff}]/u.test(name);
    case 'sqlite':
      return true;
  }
}

export const isLegalLength = (name: string, target: DatabaseKind): boolean =>
  target === 'sqlite' || (target === 'postgresql' ? Buffer.byteLength(name) <= 63 : [...name].length <= 64);
