/** What a database says of its own tables, asked through its own client. */
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { readRows } from './database-clients.ts';

export interface ListedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Every table of the database (PostgreSQL: of schema public) with its columns in order, sorted by name. */
export async function listTables(database: ConnectionSettings): Promise<ListedTable[]> {
  const { rows, errors } = await readRows(database, [columnsStatement(database.kind)]);
  if (errors !== '') throw new Error(errors);
  const tables = new Map<string, { name: string; type: string }[]>();
  for (const [table, name, type] of rows as [string, string, string][]) {
    tables.set(table, [...(tables.get(table) ?? []), { name, type }]);
  }
  return [...tables]
    .map(([name, columns]) => ({ name, columns }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** SELECT of table, column and type, columns in order. */
function columnsStatement(kind: DatabaseKind): string {
  switch (kind) {
    case 'postgresql':
      return `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`;
    case 'mysql':
    case 'mariadb':
      return `SELECT table_name, column_name, column_type FROM information_schema.columns
        WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`;
    case 'sqlite':
      return `SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, c.cid`;
  }
}

export function quoteIdentifier(kind: DatabaseKind, name: string): string {
  const mark = kind === 'mysql' || kind === 'mariadb' ? '`' : '"';
  return mark + name.replaceAll(mark, mark + mark) + mark;
}
