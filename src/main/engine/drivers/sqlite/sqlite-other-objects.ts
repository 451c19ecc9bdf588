/** What a copy leaves behind beside triggers and virtual tables. */
import type { DatabaseSync } from 'node:sqlite';
import type { SchemaObject } from '../../model/table-schema.ts';
import { tokenizeSql } from '../../sql/sql-tokens.ts';
import { allRows } from './sqlite-connection.ts';
import { sqliteLexis } from './sqlite-lexis.ts';
import { isInternalName } from './sqlite-names.ts';

/** Constraints that say by ON CONFLICT what becomes of a row that breaks them: on the target it is refused. */
export function conflictClauses(database: DatabaseSync): SchemaObject[] {
  return allRows(
    database,
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CONFLICT%' ORDER BY name",
  )
    .filter(([name, sql]) => !isInternalName(String(name)) && hasConflictClause(String(sql)))
    .map(([name, sql]) => ({
      kind: 'constraint',
      name: { schema: null, name: 'ON CONFLICT' },
      table: { schema: null, name: String(name) },
      definition: String(sql),
    }));
}

function hasConflictClause(sql: string): boolean {
  const tokens = tokenizeSql(sql, sqliteLexis);
  return tokens.some(
    (token, place) => token.kind === 'word' && token.value === 'CONFLICT' && tokens[place - 1]?.value === 'ON',
  );
}

/** Numbers by which programs know their files and how old their tables are. */
export function fileNumbers(database: DatabaseSync): SchemaObject[] {
  return ['application_id', 'user_version'].flatMap((name): SchemaObject[] => {
    const [row] = allRows(database, `PRAGMA ${name}`);
    const isSet = row !== undefined && row[0] !== 0n;
    return isSet
      ? [{ kind: 'setting', name: { schema: null, name }, table: null, definition: `PRAGMA ${name} = ${row[0]}` }]
      : [];
  });
}
