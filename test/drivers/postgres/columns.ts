/** Columns and tables for tests of pure functions. */
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { ColumnSchema, IndexPart, IndexSchema, TableSchema } from '../../../src/main/engine/model/table-schema.ts';

export function columnOf(name: string, type: NeutralType, changes: Partial<ColumnSchema> = {}): ColumnSchema {
  return {
    name,
    nativeType: 'unknown',
    type,
    nullable: true,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    comment: null,
    updatesToNow: false,
    invisible: false,
    ...changes,
  };
}

export function partOf(column: string, changes: Partial<IndexPart> = {}): IndexPart {
  const rest = { expression: null, prefix: null, descending: false, nulls: null, operatorClass: null, collation: null };
  return { column, ...rest, ...changes };
}

export function indexOf(name: string, parts: readonly IndexPart[], changes: Partial<IndexSchema> = {}): IndexSchema {
  return {
    name,
    unique: false,
    constraint: false,
    parts,
    include: [],
    method: 'btree',
    where: null,
    nullsNotDistinct: false,
    deferrable: 'no',
    visible: true,
    comment: null,
    definition: null,
    settings: [],
    ...changes,
  };
}

export function tableOf(
  name: string,
  columns: readonly ColumnSchema[],
  changes: Partial<TableSchema> = {},
): TableSchema {
  return {
    name: { schema: null, name },
    kind: 'table',
    columns,
    primaryKey: null,
    indexes: [],
    foreignKeys: [],
    checks: [],
    comment: null,
    partitioning: null,
    traits: [],
    ...changes,
  };
}
