/** Views of MySQL and MariaDB: read by SHOW CREATE VIEW, and the statement that makes them. */
import type { LateStatement } from '../../driver/dialect.ts';
import type { ViewSchema } from '../../model/view-schema.ts';
import { relationReferences } from '../../sql/relation-names.ts';
import { TokenCursor } from '../../sql/token-cursor.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { mysqlLexis } from './mysql-lexis.ts';
import { quoteName, quoteTable, quoteText } from './mysql-names.ts';

/** Not by a join with VIEWS: MariaDB would read the columns of every table of every database for it. */
const columnsSql = (views: readonly string[]) => `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${views.map(quoteText).join(', ')}) ORDER BY TABLE_NAME, ORDINAL_POSITION`;

export async function readViews(connection: MysqlConnection): Promise<ViewSchema[]> {
  const listed = await connection.rows(
    'SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  );
  if (listed.length === 0) return [];
  const columns = Map.groupBy(await connection.rows(columnsSql(listed.map(([name]) => name!))), ([view]) => view!);
  const views: ViewSchema[] = [];
  for (const [name] of listed) {
    // A user who may see that a view exists may still not read its text.
    const [row] = await connection.rows(`SHOW CREATE VIEW ${quoteName(name!)}`).catch(() => []);
    const definition = row?.[1] ?? '';
    const names = (columns.get(name!) ?? []).map(([, column]) => column!);
    views.push({ ...parseView(definition), name: { schema: null, name: name! }, columns: names, definition });
  }
  return views;
}

type ParsedView = Omit<ViewSchema, 'name' | 'columns' | 'definition'>;

/**
 * ``CREATE ALGORITHM=UNDEFINED DEFINER=`u`@`h` SQL SECURITY DEFINER VIEW `v` AS select ... WITH CASCADED CHECK OPTION``.
 * Who defined it is left out: on the target that is who makes it.
 */
export function parseView(definition: string): ParsedView {
  const options: string[] = [];
  let query = '';
  if (definition !== '') {
    const cursor = new TokenCursor(definition, mysqlLexis);
    while (!cursor.take('VIEW')) {
      if (cursor.take('ALGORITHM', '=')) options.push(`ALGORITHM=${cursor.next().value}`);
      else if (cursor.take('SQL', 'SECURITY')) options.push(`SQL SECURITY ${cursor.next().value}`);
      else cursor.next();
    }
    cursor.next();
    while (cursor.take('.')) cursor.next();
    if (cursor.sees('(')) cursor.parenthesised();
    cursor.expect('AS');
    query = cursor.textUntil(() => false);
  }
  const [clause, kind] = /\s+WITH\s+(CASCADED|LOCAL)\s+CHECK\s+OPTION$/i.exec(query) ?? [];
  if (clause) query = query.slice(0, -clause.length);
  return {
    isMaterialized: false,
    isFilled: true,
    query,
    options,
    check: kind ? (kind.toLowerCase() as 'cascaded' | 'local') : null,
    reads: relationReferences(query, mysqlLexis).map(({ schema, name }) => ({ schema, name })),
    calls: [],
    indexes: [],
    comment: null,
  };
}

export function viewStatements(view: ViewSchema): LateStatement[] {
  const options = view.options.map((option) => `${option} `).join('');
  const check = view.check === null ? '' : `\nWITH ${view.check.toUpperCase()} CHECK OPTION`;
  const columns = view.columns.map(quoteName).join(', ');
  const sql = `CREATE ${options}VIEW ${quoteTable(view.name)}${columns && ` (${columns})`} AS\n${view.query}${check}`;
  return [{ kind: 'view', name: view.name.name, sql, offendersSql: null }];
}
