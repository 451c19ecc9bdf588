/**
 * InnoDB wants both ends of a foreign key to be alike: integers of one size and sign, texts of one collation
 * (MySQL manual, FOREIGN KEY Constraints). Pure.
 */
import type { ColumnSchema, ForeignKeySchema, TableSchema } from '../../model/table-schema.ts';

const isText = ({ nativeType }: ColumnSchema) => /^(var)?char\b/i.test(nativeType);
const isBytes = ({ nativeType }: ColumnSchema) => /^(var)?binary\b/i.test(nativeType);
const sizes = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];

/** null: no integer. */
function integerOf({ nativeType }: ColumnSchema): { readonly size: number; readonly unsigned: boolean } | null {
  const [, name, rest = ''] = /^(\w+?int|int)\b(.*)$/i.exec(nativeType) ?? [];
  const size = sizes.indexOf(name?.toLowerCase() ?? '');
  return size === -1 ? null : { size, unsigned: /unsigned/i.test(rest) };
}

function isAlike(child: ColumnSchema, parent: ColumnSchema): boolean {
  if (isText(child) && isText(parent)) return child.collation === parent.collation;
  if (isBytes(child) && isBytes(parent)) return true;
  const [one, other] = [integerOf(child), integerOf(parent)];
  if (one && other) return one.size === other.size && one.unsigned === other.unsigned;
  return child.nativeType.toLowerCase() === parent.nativeType.toLowerCase();
}

/** Wider integers hold all that narrower ones do; texts compare as those that they refer to. */
export function fitReferring(child: ColumnSchema, parent: ColumnSchema): ColumnSchema | null {
  if (isAlike(child, parent)) return null;
  if (isText(child) && isText(parent)) return { ...child, collation: parent.collation };
  const [narrow, wide] = [integerOf(child), integerOf(parent)];
  if (!narrow || !wide || child.identity !== null) return null;
  const holdsAll =
    wide.unsigned === narrow.unsigned ? wide.size > narrow.size : !wide.unsigned && wide.size > narrow.size;
  return holdsAll ? { ...child, nativeType: parent.nativeType } : null;
}

export function foreignKeyProblem(table: TableSchema, key: ForeignKeySchema, parent: TableSchema): string | null {
  const named = ({ columns }: TableSchema, name: string) => columns.find((column) => column.name === name)!;
  for (const [position, name] of key.columns.entries()) {
    const [own, other] = [named(table, name), named(parent, key.referencedColumns[position]!)];
    if (!isAlike(own, other)) return `${own.name} is ${own.nativeType} there and ${other.name} is ${other.nativeType}`;
  }
  return null;
}
