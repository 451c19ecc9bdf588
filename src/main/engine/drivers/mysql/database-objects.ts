/** What a copy does not carry: triggers, routines, events, with their statements. */
import type { SchemaObject, TableName } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { givenGrants } from './given-grants.ts';
import { periodStatement, versioningStatement } from './mariadb-periods.ts';
import { quoteName } from './mysql-names.ts';

/** Column of SHOW CREATE's answer that holds the statement. */
interface ObjectSource {
  readonly kind: SchemaObject['kind'];
  /** Rows: name, table or NULL. */
  readonly listSql: string;
  readonly showSql: (name: string) => string;
  readonly column: number;
}

const sources: readonly ObjectSource[] = [
  {
    kind: 'trigger',
    listSql: `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
      ORDER BY 2, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
    showSql: (name) => `SHOW CREATE TRIGGER ${name}`,
    column: 2,
  },
  {
    kind: 'routine',
    listSql: `SELECT ROUTINE_NAME, NULL FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE' ORDER BY 1`,
    showSql: (name) => `SHOW CREATE PROCEDURE ${name}`,
    column: 2,
  },
  {
    kind: 'routine',
    listSql: `SELECT ROUTINE_NAME, NULL FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'FUNCTION' ORDER BY 1`,
    showSql: (name) => `SHOW CREATE FUNCTION ${name}`,
    column: 2,
  },
  {
    kind: 'event',
    listSql: 'SELECT EVENT_NAME, NULL FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1',
    showSql: (name) => `SHOW CREATE EVENT ${name}`,
    column: 3,
  },
];

export async function databaseObjects(connection: MysqlConnection): Promise<SchemaObject[]> {
  const objects: SchemaObject[] = [];
  const named = (name: string): TableName => ({ schema: null, name });
  for (const { kind, listSql, showSql, column } of sources) {
    for (const [name, table] of await connection.rows(listSql)) {
      // A user who may see that an object exists may still not read its text.
      const rows = await connection.rows(showSql(quoteName(name!))).catch(() => []);
      const definition = rows[0]?.[column] ?? '';
      objects.push({ kind, name: named(name!), table: table ? named(table) : null, definition });
    }
  }
  const versioned = await connection.rows(`SELECT TABLE_NAME FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED' ORDER BY 1`);
  const createdAs = async (table: string) =>
    (await connection.rows(`SHOW CREATE TABLE ${quoteName(table)}`).catch(() => []))[0]?.[1] ?? '';
  for (const [table] of versioned) {
    const definition = versioningStatement(table!, await createdAs(table!));
    objects.push({ kind: 'history', name: named('system versioning'), table: named(table!), definition });
  }
  for (const table of connection.server.kind === 'mariadb' ? await tablesWithPeriods(connection) : []) {
    const period = periodStatement(table, await createdAs(table));
    if (period !== null)
      objects.push({ kind: 'constraint', name: named(period.name), table: named(table), definition: period.sql });
  }
  return [...objects, ...(await givenGrants(connection)), ...(await tableSettings(connection))];
}

/** Those that may have one: the server lists its check among the others. */
async function tablesWithPeriods(connection: MysqlConnection): Promise<string[]> {
  const rows = await connection.rows(`SELECT DISTINCT TABLE_NAME FROM information_schema.CHECK_CONSTRAINTS
    WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE REGEXP '^\`.+\` < \`.+\`$' ORDER BY 1`);
  return rows.map(([table]) => table!);
}

/** Where and how partitions are kept, which information_schema does not tell; InnoDB reads over most of it. */
const keptOptions = /\b(MAX_ROWS|MIN_ROWS|(DATA|INDEX) DIRECTORY|TABLESPACE|ALGORITHM) = /;

/** MySQL prints it in comments of its own. */
const partitionClauseIn = (created: string): string =>
  created
    .slice(created.search(/PARTITION BY /))
    .replaceAll(/\/\*!\d+ | ?\*\//g, '')
    .trim();

/** How tables are kept, as far as a copy does not say it to the target, and the parsers of full text. */
async function tableSettings(connection: MysqlConnection): Promise<SchemaObject[]> {
  const rows = await connection.rows(`SELECT TABLE_NAME, CREATE_OPTIONS FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY 1`);
  // Apart from the tables: MariaDB opens every table of the database for each row that a subquery is asked for.
  const indexed = await connection.rows(`SELECT DISTINCT TABLE_NAME FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = DATABASE() AND INDEX_TYPE = 'FULLTEXT'`);
  const withFulltext = new Set(indexed.map(([name]) => name));
  const found: SchemaObject[] = [];
  for (const [name, text] of rows) {
    const table: TableName = { schema: null, name: name! };
    const add = (what: string, sql: string) =>
      found.push({
        kind: 'setting',
        name: { schema: null, name: what },
        table,
        definition: `ALTER TABLE ${quoteName(name!)} ${sql}`,
      });
    const options = (text ?? '').replace(/\bpartitioned\b|\brow_format=\w+/gi, '').trim();
    if (options !== '') add('table options', options);
    if (/\bpartitioned\b/i.test(text ?? '')) {
      const [shown] = await connection.rows(`SHOW CREATE TABLE ${quoteName(name!)}`);
      const clause = partitionClauseIn(shown?.[1] ?? '');
      if (keptOptions.test(clause)) add('partition options', clause);
    }
    if (!withFulltext.has(name!)) continue;
    const [shown] = await connection.rows(`SHOW CREATE TABLE ${quoteName(name!)}`);
    const indexes = (shown?.[1] ?? '').matchAll(
      /FULLTEXT KEY (`(?:[^`]|``)+`) (\(.*\)) \/\*!50100 WITH PARSER (`\w+`)/g,
    );
    for (const [, index, columns, parser] of indexes)
      add(`parser of ${index}`, `DROP INDEX ${index}, ADD FULLTEXT INDEX ${index} ${columns} WITH PARSER ${parser}`);
  }
  return found;
}
