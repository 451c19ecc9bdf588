import { expect, test } from 'vitest';
import { circular, parentsFirst, type Referring } from '../../../src/main/engine/copy/foreign-key-order.ts';
import type { ForeignKeySchema, TableSchema } from '../../../src/main/engine/model/table-schema.ts';

/** `a: b c` refers to b and to c. */
function tablesOf(...lines: string[]): Referring[] {
  return lines.map((line) => {
    const [name, ...parents] = line.split(/:? /);
    const foreignKeys = parents.map((parent) => ({ references: { schema: null, name: parent } }) as ForeignKeySchema);
    const target = { schema: null, name: name! };
    return { plan: { target, targetSchema: { name: target, foreignKeys } as unknown as TableSchema } };
  });
}

test.each([
  [['a', 'b: a', 'c: a b'], []],
  [['a: a', 'b: a'], ['a']],
  [
    ['a: b', 'b: c', 'c: a', 'child: a', 'd', 'parent', 'e: parent'],
    ['a', 'b', 'c'],
  ],
  [
    ['a: parent b', 'b: a', 'parent', 'grandchild: child', 'child: b outside'],
    ['a', 'b'],
  ],
  [
    ['a: b', 'b: a', 'x: y', 'y: x', 'alone'],
    ['a', 'b', 'x', 'y'],
  ],
])('of %o those in a circle are %o', (lines, expected) => {
  const keys = [...circular(tablesOf(...lines))].map((key) => (JSON.parse(key) as [null, string])[1]);
  expect(keys.toSorted()).toEqual(expected);
});

const namesOf = (tables: readonly Referring[]) => tables.map(({ plan }) => plan.target.name);

test('tables come after those that they refer to; in a circle and beside others the order stays', () => {
  const tables = tablesOf(
    'orders: customers orders elsewhere',
    'left: right',
    'right: left',
    'customers: countries',
    'countries',
  );
  expect(namesOf(parentsFirst(tables))).toEqual(['countries', 'customers', 'orders', 'right', 'left']);
});

test('ten thousand tables may be one chain', () => {
  const chain = tablesOf(
    ...Array.from({ length: 10_000 }, (_, index) => (index === 9_999 ? 't9999' : `t${index}: t${index + 1}`)),
  );
  expect(namesOf(parentsFirst(chain))).toEqual(namesOf(chain.toReversed()));
  expect(circular(chain).size).toBe(0);
});
