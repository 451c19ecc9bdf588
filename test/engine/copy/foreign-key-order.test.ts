import { describe, expect, test } from 'vitest';
import { parentsFirst, type Referring } from '../../../src/main/engine/copy/foreign-key-order.ts';
import type { ForeignKeySchema } from '../../../src/main/engine/model/table-schema.ts';

const named = (name: string) => ({ schema: null, name });

const keyTo = (name: string): ForeignKeySchema => ({
  name: null,
  columns: ['parent'],
  references: named(name),
  referencedColumns: ['id'],
  onDelete: 'no action',
  onUpdate: 'no action',
  match: 'simple',
  deferrable: 'no',
  validated: true,
});

function tableOf(name: string, parents: readonly string[]): Referring {
  const target = named(name);
  const targetSchema = {
    name: target,
    kind: 'table' as const,
    columns: [],
    primaryKey: null,
    indexes: [],
    foreignKeys: parents.map(keyTo),
    checks: [],
    comment: null,
    partitioning: null,
    traits: [],
  };
  return { plan: { target, targetSchema } };
}

const namesOf = (tables: readonly Referring[]) => tables.map(({ plan }) => plan.target.name);

describe('tables by their foreign keys', () => {
  test('come after those that they refer to; in a cycle, to themselves and to others the order stays', () => {
    const tables = [
      tableOf('orders', ['customers', 'orders', 'elsewhere']),
      tableOf('left', ['right']),
      tableOf('right', ['left']),
      tableOf('customers', ['countries']),
      tableOf('countries', []),
    ];
    expect(namesOf(parentsFirst(tables))).toEqual(['countries', 'customers', 'orders', 'right', 'left']);
  });

  test('may be a chain of ten thousand', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      tableOf(`t${index}`, index === 9_999 ? [] : [`t${index + 1}`]),
    );
    expect(namesOf(parentsFirst(chain))).toEqual(namesOf(chain.toReversed()));
  });
});
