/** Structure and content facts of one file. All of it is synchronous work of milliseconds, but for `profile`. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Catalog, Profile, ProfileRequest, TableListing } from '../../driver/catalog.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { ColumnSchema, SchemaObject, TableName, TableSchema } from '../../model/table-schema.ts';
import type { ViewSchema } from '../../model/view-schema.ts';
import { allRows } from './sqlite-connection.ts';
import { describeTables } from './sqlite-describe.ts';
import { describeQuery } from './sqlite-describe-query.ts';
import { sqliteError, type ErrorPlace } from './sqlite-errors.ts';
import { isInternalName, quoteName } from './sqlite-names.ts';
import type { HeldFile } from './file-format/held-file.ts';
import type { ReaderContext } from './sqlite-table-reader.ts';
import { rowidName } from './sqlite-page-source.ts';
import { profileTable } from './sqlite-profile.ts';
import { conflictClauses, fileNumbers } from './sqlite-other-objects.ts';
import { readViews } from './sqlite-views.ts';
import { splitRowids } from './sqlite-split-ranges.ts';

/** Up to this size counting every row takes no time to speak of. */
const countedFileBytes = 32 * 1024 * 1024;

export class SqliteCatalog implements Catalog {
  readonly defaultSchema = null;
  readonly #database: DatabaseSync;
  readonly #place: ErrorPlace;
  readonly #held: HeldFile;
  readonly #throwIfEnded: () => void;

  constructor(database: DatabaseSync, { place, held, throwIfEnded }: ReaderContext) {
    this.#database = database;
    this.#place = place;
    this.#held = held;
    this.#throwIfEnded = throwIfEnded;
  }

  async schemas(): Promise<string[]> {
    return [];
  }

  async tables(): Promise<TableListing[]> {
    return this.#try(() => {
      const rows = allRows(
        this.#database,
        "SELECT name, ncol, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name",
      ).filter(([name]) => !isInternalName(String(name)));
      const fileBytes = statSync(this.#place.path, { throwIfNoEntry: false })?.size ?? 0;
      const tables = rows.map(([name, columns, withoutRowid]) => ({
        name: String(name),
        columns: Number(columns),
        rows: this.#estimateRows(String(name), withoutRowid === 1n, fileBytes),
      }));
      const cells = tables.reduce((sum, table) => sum + table.rows * table.columns, 0);
      return tables.map((table) => ({
        name: { schema: null, name: table.name },
        kind: 'table',
        estimatedRows: table.rows,
        // A share of the file: SQLite keeps no sizes, and dbstat would read all of it.
        estimatedBytes: cells === 0 ? 0 : Math.round((fileBytes * table.rows * table.columns) / cells),
      }));
    });
  }

  async describe(tables: readonly TableName[]): Promise<TableSchema[]> {
    return this.#try(() => describeTables(this.#database, tables));
  }

  async describeQuery(sql: string): Promise<ColumnSchema[]> {
    this.#throwIfEnded();
    try {
      return await describeQuery(this.#database, sql, this.#throwIfEnded);
    } catch (error) {
      throw sqliteError(error, this.#place);
    }
  }

  async views(): Promise<ViewSchema[]> {
    return this.#try(() => readViews(this.#database));
  }

  async sequences(): Promise<[]> {
    return [];
  }

  async objects(): Promise<SchemaObject[]> {
    return this.#try(() => {
      const rows = allRows(
        this.#database,
        `SELECT iif(m.sql LIKE 'CREATE VIRTUAL%', 'virtual table', m.type), m.name, m.tbl_name, m.sql
          FROM sqlite_schema m
          WHERE m.type = 'trigger' OR (m.type = 'table' AND m.sql LIKE 'CREATE VIRTUAL%') ORDER BY m.type, m.name`,
      ).filter(([, name]) => !isInternalName(String(name)));
      const listed = rows.map(([kind, name, table, sql]): SchemaObject => ({
        kind: kind as SchemaObject['kind'],
        name: { schema: null, name: String(name) },
        table: kind === 'trigger' ? { schema: null, name: String(table) } : null,
        definition: String(sql),
      }));
      return [...listed, ...conflictClauses(this.#database), ...fileNumbers(this.#database)];
    });
  }

  async profile(table: TableSchema, request: ProfileRequest): Promise<Profile> {
    try {
      const file = {
        database: this.#database,
        path: this.#place.path,
        held: this.#held,
        throwIfEnded: this.#throwIfEnded,
      };
      return await profileTable(file, table, request);
    } catch (error) {
      throw sqliteError(error, this.#place);
    }
  }

  async splitRanges(
    plan: TablePlan,
    limits: { readonly maxRows: number; readonly maxBytes: number },
  ): Promise<(KeyRange | null)[]> {
    const rowid = plan.source.query === null ? rowidName(plan.source.schema) : null;
    if (rowid === null) return [null];
    try {
      return await splitRowids(this.#database, plan, rowid, limits, this.#throwIfEnded);
    } catch (error) {
      throw sqliteError(error, this.#place);
    }
  }

  async isEmpty(table: TableName): Promise<boolean> {
    return this.#try(() => allRows(this.#database, `SELECT 1 FROM ${quoteName(table.name)} LIMIT 1`).length === 0);
  }

  #estimateRows(name: string, withoutRowid: boolean, fileBytes: number): number {
    const single = (sql: string) => Number(allRows(this.#database, sql)[0]?.[0] ?? 0);
    const isLarge = fileBytes > countedFileBytes;
    if (isLarge && !withoutRowid) {
      const columns = allRows(this.#database, 'SELECT name FROM pragma_table_info(?)', name).map(([column]) => ({
        name: String(column),
      }));
      const rowid = rowidName({ kind: 'table', traits: [], columns });
      if (rowid)
        return single(
          `SELECT (SELECT max(${rowid}) FROM ${quoteName(name)}) - (SELECT min(${rowid}) FROM ${quoteName(name)}) + 1`,
        );
    }
    return single(`SELECT count(*) FROM ${quoteName(name)}`);
  }

  #try<Result>(work: () => Result): Result {
    this.#throwIfEnded();
    try {
      return work();
    } catch (error) {
      throw sqliteError(error, this.#place);
    }
  }
}
