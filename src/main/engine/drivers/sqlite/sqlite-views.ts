/** Views of SQLite: read from their CREATE VIEW statements, and the statement that makes them. */
import type { DatabaseSync } from 'node:sqlite';
import type { LateStatement } from '../../driver/dialect.ts';
import type { ViewSchema } from '../../model/view-schema.ts';
import { relationReferences } from '../../sql/relation-names.ts';
import { TokenCursor } from '../../sql/token-cursor.ts';
import { allRows } from './sqlite-connection.ts';
import { sqliteLexis } from './sqlite-lexis.ts';
import { quoteName } from './sqlite-names.ts';

export function readViews(database: DatabaseSync): ViewSchema[] {
  return allRows(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid").map(
    ([name, sql]): ViewSchema => {
      const definition = String(sql);
      const query = queryOf(definition);
      return {
        name: { schema: null, name: String(name) },
        isMaterialized: false,
        isFilled: true,
        columns: columnsOf(database, String(name)),
        query,
        options: [],
        check: null,
        reads: relationReferences(query, sqliteLexis).map((reference) => ({ schema: null, name: reference.name })),
        calls: [],
        indexes: [],
        comment: null,
        definition,
      };
    },
  );
}

/** None of a view that no longer works: SQLite finds that out when it is asked. */
function columnsOf(database: DatabaseSync, view: string): string[] {
  try {
    return allRows(database, 'SELECT name FROM pragma_table_info(?) ORDER BY cid', view).map(([column]) =>
      String(column),
    );
  } catch {
    return [];
  }
}

function queryOf(definition: string): string {
  const cursor = new TokenCursor(definition, sqliteLexis);
  while (!cursor.sees('AS')) {
    if (cursor.sees('(')) cursor.parenthesised();
    else cursor.next();
  }
  cursor.expect('AS');
  return cursor.textUntil(({ text }) => text === ';');
}

export function viewStatements({ name: { name }, columns, query }: ViewSchema): LateStatement[] {
  const list = columns.length === 0 ? '' : ` (${columns.map(quoteName).join(', ')})`;
  return [{ kind: 'view', name, sql: `CREATE VIEW ${quoteName(name)}${list} AS\n${query}`, offendersSql: null }];
}
