/** A foreign key needs an operator that compares both ends: numbers with numbers, texts with texts, an enum with itself. Pure. */
import type { ColumnSchema, ForeignKeySchema, TableSchema } from '../../model/table-schema.ts';

/** Types of one class are compared with each other by default operators of one family. */
const classes: readonly RegExp[] = [
  /^(smallint|integer|bigint|numeric|real|double precision)\b/,
  /^(text|character)\b/,
  /^(date|timestamp)\b/,
];

function isComparable({ nativeType: one }: ColumnSchema, { nativeType: other }: ColumnSchema): boolean {
  return one === other || classes.some((each) => each.test(one) && each.test(other));
}

/** Equal enums of two columns are two types, unless one column takes the other's. */
export function fitReferring(child: ColumnSchema, parent: ColumnSchema): ColumnSchema | null {
  if (child.type.kind !== 'enum' || parent.type.kind !== 'enum' || child.nativeType === parent.nativeType) return null;
  const { labels } = parent.type;
  const isPart = child.type.labels.every((label) => labels.includes(label));
  return isPart ? { ...child, nativeType: parent.nativeType, type: parent.type } : null;
}

export function foreignKeyProblem(table: TableSchema, key: ForeignKeySchema, parent: TableSchema): string | null {
  const named = ({ columns }: TableSchema, name: string) => columns.find((column) => column.name === name)!;
  for (const [position, name] of key.columns.entries()) {
    const [own, other] = [named(table, name), named(parent, key.referencedColumns[position]!)];
    if (!isComparable(own, other))
      return `${own.name} is ${own.nativeType} there and ${other.name} is ${other.nativeType}`;
  }
  return null;
}
