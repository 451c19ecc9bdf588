/** The structure of one database of MySQL or MariaDB. */
import type { Catalog, Profile, ProfileQuestion, ProfileRequest, TableListing } from '../../driver/catalog.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { ColumnSchema, SchemaObject, SequenceSchema, TableName, TableSchema } from '../../model/table-schema.ts';
import type { ViewSchema } from '../../model/view-schema.ts';
import { databaseObjects } from './database-objects.ts';
import { describeQuery } from './describe-query.ts';
import { describeTables } from './describe-tables.ts';
import { readSequences } from './mariadb-sequences.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { isOwnTable, quoteTable } from './mysql-names.ts';
import { readViews } from './mysql-views.ts';
import { profileTable, profileTables } from './profile-table.ts';
import { splitRanges } from './split-ranges.ts';

type WithConnection = <Result>(work: (connection: MysqlConnection) => Promise<Result>) => Promise<Result>;

export class MysqlCatalog implements Catalog {
  readonly defaultSchema = null;
  readonly #withConnection: WithConnection;
  readonly #foldsNames: boolean;

  /** `withConnection` lends a connection of the session for one piece of work. */
  constructor(withConnection: WithConnection, foldsNames: boolean) {
    this.#withConnection = withConnection;
    this.#foldsNames = foldsNames;
  }

  async schemas(): Promise<string[]> {
    return [];
  }

  async tables(): Promise<TableListing[]> {
    const rows = await this.#withConnection((connection) =>
      connection.rows(
        `SELECT TABLE_NAME, CREATE_OPTIONS, TABLE_ROWS, DATA_LENGTH FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
      ),
    );
    return rows
      .filter(([name]) => !isOwnTable(name!))
      .map(([name, options, estimatedRows, bytes]): TableListing => ({
        name: { schema: null, name: name! },
        kind: options?.includes('partitioned') ? 'partitioned' : 'table',
        estimatedRows: estimatedRows ? Number(estimatedRows) : null,
        estimatedBytes: bytes ? Number(bytes) : null,
      }))
      .sort((one, other) => (one.name.name < other.name.name ? -1 : 1));
  }

  describe(tables: readonly TableName[]): Promise<TableSchema[]> {
    return this.#withConnection((connection) => describeTables(connection, tables, this.#foldsNames));
  }

  describeQuery(sql: string): Promise<ColumnSchema[]> {
    return this.#withConnection((connection) => describeQuery(connection, sql, this.#foldsNames));
  }

  views(): Promise<ViewSchema[]> {
    return this.#withConnection((connection) => readViews(connection));
  }

  sequences(): Promise<SequenceSchema[]> {
    return this.#withConnection((connection) => readSequences(connection));
  }

  objects(): Promise<SchemaObject[]> {
    return this.#withConnection((connection) => databaseObjects(connection));
  }

  profile(table: TableSchema, request: ProfileRequest): Promise<Profile> {
    return this.#withConnection((connection) => profileTable(connection, table, request));
  }

  profileTogether(questions: readonly ProfileQuestion[]): Promise<Profile[]> {
    return this.#withConnection((connection) => profileTables(connection, questions));
  }

  splitRanges(
    plan: TablePlan,
    limits: { readonly maxRows: number; readonly maxBytes: number },
  ): Promise<(KeyRange | null)[]> {
    return this.#withConnection((connection) => splitRanges(connection, plan, limits));
  }

  async isEmpty(table: TableName): Promise<boolean> {
    const rows = await this.#withConnection((connection) =>
      connection.rows(`SELECT 1 FROM ${quoteTable(table)} LIMIT 1`),
    );
    return rows.length === 0;
  }
}
