/** Structure of many tables in a constant number of queries to information_schema. */
import type { TableName, TableSchema } from '../../model/table-schema.ts';
import { describeColumn, type ColumnRow } from './describe-column.ts';
import {
  describeCheck,
  describeForeignKeys,
  foreignKeyActionsIn,
  describeIndexes,
  describePartitioning,
  jsonColumnOf,
  type CheckRow,
  type ForeignKeyActions,
  type ForeignKeyRow,
  type PartitionRow,
  type StatisticsRow,
} from './describe-keys.ts';
import { readSequences } from './mariadb-sequences.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { isAtLeast, type MysqlServer } from './mysql-flavour.ts';
import { legalName, quoteName, quoteTable, quoteText } from './mysql-names.ts';

/** Up to this many names are put into the queries; beyond, whole schemas are read and filtered here. */
const mostNames = 500;

/** Tables as asked for; one that does not exist is left out. `foldsNames`: the server's lower_case_table_names is not 0. */
export async function describeTables(
  connection: MysqlConnection,
  names: readonly TableName[],
  foldsNames: boolean,
): Promise<TableSchema[]> {
  // Other names do not exist, and information_schema cannot compare them with its own.
  const possible = names.filter(({ name }) => name === legalName(name));
  if (possible.length === 0) return [];
  // information_schema compares names without case, tables of the database may differ by it: keys are compared here.
  const key = (name: string) => (foldsNames ? name.toLowerCase() : name);
  const wanted = new Set(names.map(({ name }) => key(name)));
  const inNames = (column: string) =>
    possible.length > mostNames ? '' : ` AND ${column} IN (${possible.map(({ name }) => quoteText(name)).join(', ')})`;
  const grouped = async <Row>(sql: string, row: (values: (string | null)[]) => Row): Promise<Map<string, Row[]>> => {
    const groups = new Map<string, Row[]>();
    for (const values of await connection.rows(sql)) {
      const table = key(values[0]!);
      if (!wanted.has(table)) continue;
      const group = groups.get(table);
      if (group) group.push(row(values));
      else groups.set(table, [row(values)]);
    }
    return groups;
  };
  const { server } = connection;
  const [[database = ''] = []] = await connection.rows('SELECT DATABASE()');
  const tables = await grouped(tablesSql + inNames('TABLE_NAME'), tableRow);
  const columns = await grouped(
    `${columnsSql(server)}${inNames('c.TABLE_NAME')} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
    columnRow,
  );
  const statistics = await grouped(
    `${statisticsSql(server)}${inNames('TABLE_NAME')} ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    statisticsRow,
  );
  const foreignKeys = await grouped(
    `${foreignKeysSql}${inNames('TABLE_NAME')} ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    foreignKeyRow,
  );
  const actions =
    foreignKeys.size === 0
      ? new Map<string, ForeignKeyActions[]>()
      : await grouped(foreignKeyActionsSql + inNames('TABLE_NAME'), foreignKeyActions);
  const checksSql = checksSqlOf(server);
  const checks = checksSql === null ? new Map<string, CheckRow[]>() : await grouped(checksSql, checkRow);
  const partitions = [...tables.values()].some(([table]) => table!.isPartitioned)
    ? await grouped(
        `${partitionsSql}${inNames('TABLE_NAME')} ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION`,
        partitionRow,
      )
    : new Map<string, PartitionRow[]>();
  /** MariaDB hides the actions from a user with SELECT alone, to whom it shows the table's statement. */
  const actionsOf = async (
    table: TableName,
    keys: readonly ForeignKeyRow[],
    known: readonly ForeignKeyActions[],
  ): Promise<readonly ForeignKeyActions[]> => {
    if (keys.every((row) => known.some(({ name }) => name === row.name))) return known;
    const [row] = await connection.rows(`SHOW CREATE TABLE ${quoteTable(table)}`);
    return foreignKeyActionsIn(row?.[1] ?? '');
  };
  const isDrawing = [...columns.values()].some((rows) => rows.some((row) => /^nextval\(/i.test(row.default ?? '')));
  const sequences = new Map(
    (isDrawing ? await readSequences(connection) : []).map((sequence) => [sequence.name.name, sequence]),
  );
  const schemas: TableSchema[] = [];
  for (const name of names) {
    const of = <Row>(rows: Map<string, Row[]>): Row[] => rows.get(key(name.name)) ?? [];
    const [table] = of(tables);
    if (!table) continue;
    const isJsonMark = (check: CheckRow) => server.kind === 'mariadb' && jsonColumnOf(check) !== null;
    const jsonColumns = new Set(of(checks).filter(isJsonMark).map(jsonColumnOf));
    const binaryDefaults = table.isView
      ? new Map<string, string>()
      : await readBinaryDefaults(connection, name, of(columns));
    const partitioning = describePartitioning(of(partitions), server.kind);
    schemas.push({
      name,
      kind: table.isView ? 'view' : partitioning ? 'partitioned' : 'table',
      columns: of(columns).map((row) =>
        describeColumn(row, {
          server,
          database: database ?? '',
          tableCollation: table.collation,
          nextNumber: table.nextNumber,
          checkedJson: jsonColumns.has(row.name),
          binaryDefault: binaryDefaults.get(row.name) ?? null,
          sequences,
        }),
      ),
      ...describeIndexes(withoutRowEnd(of(statistics), of(columns)), server.kind),
      foreignKeys: describeForeignKeys(of(foreignKeys), await actionsOf(name, of(foreignKeys), of(actions))),
      checks: of(checks)
        .filter((check) => !isJsonMark(check))
        .map((check) => describeCheck(check, server.kind)),
      comment: table.comment,
      partitioning,
      traits: table.traits,
    });
  }
  return schemas;
}

/** The end of a row's version is part of every key of a table that keeps versions: the rows of now are unique without it. */
function withoutRowEnd(keys: readonly StatisticsRow[], columns: readonly ColumnRow[]): StatisticsRow[] {
  const end = columns.find(({ expression }) => expression === 'ROW END')?.name;
  return keys.filter(({ unique, column }) => end === undefined || !unique || column !== end);
}

/** information_schema prints binary defaults as text and loses bytes; the server evaluates them where there are any. */
async function readBinaryDefaults(
  connection: MysqlConnection,
  table: TableName,
  columns: readonly ColumnRow[],
): Promise<Map<string, string>> {
  const binary = columns.filter(
    ({ columnType, default: text, extra }) =>
      /^(var)?binary|blob/i.test(columnType) && text !== null && text !== 'NULL' && !/DEFAULT_GENERATED/i.test(extra),
  );
  if (binary.length === 0) return new Map();
  const defaults = binary.map(({ name }) => `HEX(DEFAULT(${quoteName(name)}))`);
  const [row = []] = await connection.rows(
    `SELECT ${defaults.join(', ')} FROM (SELECT 1) AS one LEFT JOIN ${quoteTable(table)} ON FALSE`,
  );
  return new Map(binary.map(({ name }, index): [string, string] => [name, row[index] ?? '']));
}

const tablesSql = `SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, AUTO_INCREMENT, TABLE_COMMENT, ROW_FORMAT, CREATE_OPTIONS,
    ENGINE IN (SELECT e.ENGINE FROM information_schema.ENGINES e WHERE e.TRANSACTIONS = 'YES')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`;

function tableRow([, type, engine, collation, nextNumber, comment, rowFormat, options, isSafe]: (string | null)[]) {
  const isView = type === 'VIEW';
  return {
    isView,
    isPartitioned: options?.includes('partitioned') ?? false,
    collation: collation ?? null,
    nextNumber: nextNumber ?? null,
    comment: isView ? null : comment || null,
    traits: [
      ...(engine ? [`engine:${engine}`] : []),
      ...(isSafe === '0' ? ['no-transactions'] : []),
      ...(collation ? [`collation:${collation}`] : []),
      ...(rowFormat === 'Compressed' ? ['row-format:COMPRESSED'] : []),
      ...(type === 'SYSTEM VERSIONED' ? ['system-versioned'] : []),
    ],
  };
}

const columnsSql = (
  server: MysqlServer,
) => `SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT,
    c.EXTRA, c.GENERATION_EXPRESSION, c.COLLATION_NAME, c.COLUMN_COMMENT,
    ${isAtLeast(server, 'mysql', 80000) ? 'c.SRS_ID' : 'NULL'}
  FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = DATABASE()`;

const columnRow = (row: (string | null)[]): ColumnRow => ({
  table: row[0]!,
  name: row[1]!,
  columnType: row[2]!,
  nullable: row[3] === 'YES',
  default: row[4] ?? null,
  extra: row[5] ?? '',
  expression: row[6] ?? null,
  collation: row[7] ?? null,
  comment: row[8] ?? '',
  srid: row[9] ?? null,
});

function statisticsSql(server: MysqlServer): string {
  const visible = isAtLeast(server, 'mysql', 80000)
    ? 'IS_VISIBLE'
    : isAtLeast(server, 'mariadb', 100600)
      ? "IF(IGNORED = 'YES', 'NO', 'YES')"
      : "'YES'";
  const expression = isAtLeast(server, 'mysql', 80013) ? 'EXPRESSION' : 'NULL';
  return `SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, INDEX_COMMENT, ${visible}, ${expression}
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()`;
}

const statisticsRow = (row: (string | null)[]): StatisticsRow => ({
  name: row[1]!,
  unique: row[2] === '0',
  column: row[3] ?? null,
  descending: row[4] === 'D',
  prefix: row[5] ?? null,
  method: row[6]!,
  comment: row[7] ?? '',
  visible: row[8] === 'YES',
  expression: row[9] ?? null,
});

const foreignKeysSql = `SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME,
    IF(BINARY REFERENCED_TABLE_SCHEMA = BINARY TABLE_SCHEMA, NULL, REFERENCED_TABLE_SCHEMA),
    REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
  FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL`;

const foreignKeyRow = (row: (string | null)[]): ForeignKeyRow => ({
  name: row[1]!,
  column: row[2]!,
  referencedSchema: row[3] ?? null,
  referencedTable: row[4]!,
  referencedColumn: row[5]!,
});

/** Apart from the columns: MariaDB would open every table of every database for a join of the two. */
const foreignKeyActionsSql = `SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`;

const foreignKeyActions = (row: (string | null)[]): ForeignKeyActions => ({
  name: row[1]!,
  onUpdate: row[2]!,
  onDelete: row[3]!,
});

/** null where the server has no checks. */
function checksSqlOf(server: MysqlServer): string | null {
  if (server.kind === 'mariadb') {
    const level = server.versionNumber >= 100510 ? 'LEVEL' : "'Table'";
    return `SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, 'YES', ${level}
      FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`;
  }
  if (server.versionNumber < 80016) return null;
  return `SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED, 'Table'
    FROM information_schema.TABLE_CONSTRAINTS t
    JOIN information_schema.CHECK_CONSTRAINTS c
      ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
    WHERE t.TABLE_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'`;
}

const checkRow = (row: (string | null)[]): CheckRow => ({
  name: row[1]!,
  clause: row[2]!,
  enforced: row[3] === 'YES',
  ofColumn: row[4] === 'Column',
});

const partitionsSql = `SELECT TABLE_NAME, PARTITION_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, PARTITION_DESCRIPTION,
    SUBPARTITION_METHOD, SUBPARTITION_EXPRESSION, SUBPARTITION_NAME, PARTITION_COMMENT
  FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL`;

const partitionRow = (row: (string | null)[]): PartitionRow => ({
  name: row[1]!,
  method: row[2]!,
  expression: row[3] ?? null,
  description: row[4] ?? null,
  subMethod: row[5] ?? null,
  subExpression: row[6] ?? null,
  subName: row[7] ?? null,
  comment: row[8] ?? '',
});
