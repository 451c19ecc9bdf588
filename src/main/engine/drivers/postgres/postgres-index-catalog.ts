/** Keys and indexes from PostgreSQL's catalogs. */
import type { IndexPart, IndexSchema, KeySchema } from '../../model/table-schema.ts';
import { indexesSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { deferrability, groupBy, withoutParentheses } from './postgres-catalog-rows.ts';

export interface TableIndexes {
  readonly primaryKey: KeySchema | null;
  readonly indexes: readonly IndexSchema[];
  readonly traits: readonly string[];
  /** Oids of collations that parts of them name. */
  readonly collations: readonly string[];
}

/** PostgreSQL 18, WITHOUT OVERLAPS: a key of moments that only its own words describe. */
const isTemporal = (row: TextRow): boolean => row[23] === 't';

const methods = new Set(['btree', 'hash', 'gin', 'gist', 'spgist', 'brin']);

/** By table oid. */
export async function readIndexes(
  connection: PostgresConnection,
  version: number,
  tables: readonly string[],
): Promise<Map<string, TableIndexes>> {
  const result = new Map<string, TableIndexes>();
  for (const [table, rows] of groupBy(await connection.rows(indexesSql(version), [tables]), 0)) {
    let primaryKey: KeySchema | null = null;
    const indexes: IndexSchema[] = [];
    const traits: string[] = [];
    for (const parts of groupBy(rows, 1).values()) {
      const index = indexSchema(parts);
      if (parts[0]![4] === 't' && !isTemporal(parts[0]!)) {
        primaryKey = { name: index.name, parts: index.parts, deferrable: index.deferrable };
        if (index.include.length > 0) traits.push(`primary-key-include:${JSON.stringify(index.include)}`);
        if (index.settings.length > 0) traits.push(`primary-key-settings:${JSON.stringify(index.settings)}`);
      } else indexes.push(index);
    }
    result.set(table, { primaryKey, indexes, traits, collations: rows.flatMap((row) => row[21] ?? []) });
  }
  return result;
}

function indexSchema(rows: readonly TextRow[]): IndexSchema {
  const [, , name, unique, , method, constraint, deferrable, deferred, where, nullsNotDistinct, comment] = rows[0]!;
  const isExclusion = constraint === 'x' || isTemporal(rows[0]!);
  const definition = isExclusion ? rows[0]![13]! : rows[0]![12]!;
  const parts = rows.filter((row) => row[14] === 'f').map((row) => indexPart(row, method === 'btree'));
  return {
    name: name!,
    unique: unique === 't' && !isExclusion,
    // An exclusion constraint is one that is not unique; its definition says what it excludes.
    constraint: constraint !== null,
    parts,
    include: rows.filter((row) => row[14] === 't').map((row) => row[15]!),
    method: methods.has(method!) ? (method as IndexSchema['method']) : 'other',
    where: where === null ? null : withoutParentheses(where!),
    nullsNotDistinct: nullsNotDistinct === 't',
    deferrable: deferrability(deferrable!, deferred!),
    visible: true,
    comment: comment!,
    definition,
    settings: JSON.parse(rows[0]![22] ?? '[]') as string[],
  };
}

function indexPart(row: TextRow, ordered: boolean): IndexPart {
  const descending = ordered && row[17] === '1';
  const nullsFirst = row[18] === '2';
  return {
    column: row[15]!,
    expression: row[15] === null ? withoutParentheses(row[16]!) : null,
    prefix: null,
    descending,
    // Ascending indexes have NULLs last and descending ones first, unless they say otherwise.
    nulls: ordered && nullsFirst !== descending ? (nullsFirst ? 'first' : 'last') : null,
    operatorClass: row[19]!,
    collation: row[20]!,
  };
}
