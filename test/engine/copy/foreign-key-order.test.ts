import { expect, test } from 'vitest';
import { circular, type Referring } from '../../../src/main/engine/copy/foreign-key-order.ts';
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
