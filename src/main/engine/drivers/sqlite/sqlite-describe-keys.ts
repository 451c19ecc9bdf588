/** Indexes and foreign keys as the pragmas list them, with the names that only the CREATE statements hold. */
import type { ForeignKeyAction, ForeignKeySchema, IndexPart, IndexSchema } from '../../model/table-schema.ts';
import type { SqliteRow } from './sqlite-connection.ts';
import { parseCreateIndex } from './sqlite-create-index.ts';
import type { ParsedTable } from './sqlite-create-table.ts';

export interface IndexFacts {
  readonly name: string;
  readonly unique: boolean;
  /** `c`: CREATE INDEX, `u`: UNIQUE constraint, `pk`: primary key. */
  readonly origin: 'c' | 'u' | 'pk';
  readonly sql: string | null;
  readonly parts: PartFacts[];
}

export interface PartFacts {
  /** null: an expression. */
  readonly column: string | null;
  readonly descending: boolean;
  readonly collation: string | null;
}

/** Collation of a column that has one of its own, null for BINARY. */
export type CollationOf = (column: string) => string | null;

/** `expression`: of a part that is no column. */
export function indexPart(part: PartFacts, expression: string | null, collationOf: CollationOf): IndexPart {
  const own = part.collation ?? 'BINARY';
  const usual = (part.column === null ? null : collationOf(part.column)) ?? 'BINARY';
  return {
    column: part.column,
    expression,
    prefix: null,
    descending: part.descending,
    nulls: null,
    operatorClass: null,
    collation: own.toUpperCase() === usual.toUpperCase() ? null : own,
  };
}

export function describeIndexes(
  indexes: readonly IndexFacts[],
  parsed: ParsedTable | null,
  collationOf: CollationOf,
): IndexSchema[] {
  return indexes
    .filter(({ origin }) => origin !== 'pk')
    .map((index) => {
      const text = index.sql === null ? null : parseCreateIndex(index.sql);
      return {
        name: index.origin === 'u' ? constraintName(index, parsed) : index.name,
        unique: index.unique,
        constraint: index.origin === 'u',
        parts: index.parts.map((part, place) =>
          indexPart(part, part.column === null ? text!.parts[place]! : null, collationOf),
        ),
        include: [],
        method: 'btree',
        where: text?.where ?? null,
        nullsNotDistinct: false,
        deferrable: 'no',
        visible: true,
        comment: null,
        definition: index.sql,
        settings: [],
      };
    });
}

/** The constraint's own name; without one, that of SQLite's index, which is no name to keep. */
function constraintName(index: IndexFacts, parsed: ParsedTable | null): string {
  const columns = index.parts.map(({ column }) => column?.toLowerCase());
  const written = parsed?.uniques.find(
    (unique) =>
      unique.columns.length === columns.length &&
      unique.columns.every((column, place) => column.toLowerCase() === columns[place]),
  );
  return written?.name ?? index.name;
}

/** `rows`: id, table, from, to, on update, on delete, match; ids count from the last key of the statement. */
export function describeForeignKeys(
  rows: readonly SqliteRow[],
  parsed: ParsedTable | null,
  primaryKeyOf: (table: string) => string[],
): ForeignKeySchema[] {
  const count = new Set(rows.map(([id]) => id)).size;
  const written = parsed?.foreignKeys.length === count ? parsed.foreignKeys : null;
  const keys: ForeignKeySchema[] = [];
  for (let id = count - 1; id >= 0; id--) {
    const own = rows.filter((row) => row[0] === BigInt(id));
    const [, table, , to, onUpdate, onDelete, match] = own[0]!;
    keys.push({
      name: written?.[count - 1 - id]?.name ?? null,
      columns: own.map((row) => String(row[2])),
      references: { schema: null, name: String(table) },
      // Without columns a key means the other table's primary key.
      referencedColumns: to === null ? primaryKeyOf(String(table)) : own.map((row) => String(row[3])),
      onDelete: action(onDelete),
      onDeleteColumns: [],
      onUpdate: action(onUpdate),
      match: match === 'FULL' ? 'full' : 'simple',
      deferrable: written?.[count - 1 - id]?.deferrable ?? 'no',
      validated: true,
      enforced: true,
    });
  }
  return keys;
}

const action = (text: unknown) => String(text).toLowerCase() as ForeignKeyAction;
