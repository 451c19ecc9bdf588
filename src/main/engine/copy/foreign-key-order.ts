/** Order of tables by their foreign keys. Pure. */
import type { TablePlan } from '../model/table-plan.ts';
import { tableKey } from './convert-plan.ts';

/** A table with foreign keys in the target's names. */
export interface Referring {
  readonly plan: Pick<TablePlan, 'target' | 'targetSchema'>;
}

/** Target tableKey of each table of the run -> those of the other tables of the run that it refers to. */
export function parentsWithin(tables: readonly Referring[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Set(tables.map(({ plan }) => tableKey(plan.target)));
  return new Map(
    tables.map(({ plan }) => {
      const own = tableKey(plan.target);
      const parents = plan.targetSchema.foreignKeys.map((key) => tableKey(key.references));
      return [own, new Set(parents.filter((parent) => parent !== own && keys.has(parent)))];
    }),
  );
}

/**
 * tableKeys of tables that refer to themselves or each other in a circle: no order of rows or tables satisfies their keys. A table
 * between two circles is among them.
 */
export function circular(tables: readonly Referring[]): Set<string> {
  const parents = parentsWithin(tables);
  const left = new Set(parents.keys());
  const hasLeft = (key: string, of: ReadonlyMap<string, Iterable<string>>) =>
    [...(of.get(key) ?? [])].some((other) => left.has(other));
  const children = new Map<string, string[]>();
  for (const [child, own] of parents)
    for (const parent of own) children.set(parent, [...(children.get(parent) ?? []), child]);
  // Tables without parents go, which may leave others without; then the same with children.
  for (const [of, next] of [
    [parents, children],
    [children, parents],
  ] as const) {
    const ends = [...left].filter((key) => !hasLeft(key, of));
    for (let key = ends.pop(); key !== undefined; key = ends.pop()) {
      left.delete(key);
      for (const other of next.get(key) ?? []) if (left.has(other) && !hasLeft(other, of)) ends.push(other);
    }
  }
  for (const { plan } of tables) {
    const own = tableKey(plan.target);
    if (plan.targetSchema.foreignKeys.some((key) => tableKey(key.references) === own)) left.add(own);
  }
  return left;
}

/** Every table after those that it refers to; within a cycle the given order stays. */
export function parentsFirst<Table extends Referring>(tables: readonly Table[]): Table[] {
  const parents = parentsWithin(tables);
  const byKey = new Map(tables.map((table) => [tableKey(table.plan.target), table]));
  const ordered: Table[] = [];
  const visited = new Set<string>();
  // Tables whose parents are being looked at, each with those that are left: chains may be longer than a call stack.
  const path: { readonly key: string; readonly left: Iterator<string> }[] = [];
  const enter = (key: string) => {
    if (visited.has(key)) return;
    visited.add(key);
    path.push({ key, left: parents.get(key)!.values() });
  };
  for (const key of byKey.keys()) {
    enter(key);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const next = last.left.next();
      if (!next.done) enter(next.value);
      else ordered.push(byKey.get(path.pop()!.key)!);
    }
  }
  return ordered;
}
