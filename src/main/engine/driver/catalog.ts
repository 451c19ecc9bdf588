import type { NeutralType } from '../model/neutral-type.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';
import type { ColumnSchema, SchemaObject, SequenceSchema, TableName, TableSchema } from '../model/table-schema.ts';
import type { ViewSchema } from '../model/view-schema.ts';

/** Reads a database's structure. Leaves `_sluice_*` tables and the server's own schemas out everywhere. */
export interface Catalog {
  /** Where unqualified names live: `public` or the connection's schema; null where there are no schemas. */
  readonly defaultSchema: string | null;
  schemas(): Promise<string[]>;
  /** Tables and partitioned tables (roots only, never their partitions), ordered by schema and name. */
  tables(): Promise<TableListing[]>;
  /**
   * Structure of these tables, in their order, in a constant number of queries. Views may be described too. A missing
   * one is left out of the answer.
   */
  describe(tables: readonly TableName[]): Promise<TableSchema[]>;
  /** Columns of a query's result, all nullable. Rejects `query_invalid` unless it is one statement that returns rows and changes nothing. */
  describeQuery(sql: string): Promise<ColumnSchema[]>;
  /** In an order in which they could be made. */
  views(): Promise<ViewSchema[]>;
  /** Sequences that are objects of their own: not those behind one column that numbers itself. */
  sequences(): Promise<SequenceSchema[]>;
  /** What a copy does not carry: triggers, routines, grants, ... */
  objects(): Promise<SchemaObject[]>;
  /** What structure of the same family may rely on. Absent: all servers of the family are taken to have the same. */
  facilities?(): Promise<Facilities>;
  /** Reads the rows to settle `request`, in one pass over the table. */
  profile(table: TableSchema, request: ProfileRequest): Promise<Profile>;
  /** The same for many tables of few rows, in one query; answers are in the order of the questions. Absent: each takes its own. */
  profileTogether?(questions: readonly ProfileQuestion[]): Promise<Profile[]>;
  /** Ranges of about `maxRows` rows or `maxBytes` bytes each, covering the table with no gap and no overlap; one element [null] when it cannot be split. */
  splitRanges(
    plan: TablePlan,
    limits: { readonly maxRows: number; readonly maxBytes: number },
  ): Promise<(KeyRange | null)[]>;
  isEmpty(table: TableName): Promise<boolean>;
}

export interface TableListing {
  readonly name: TableName;
  readonly kind: TableSchema['kind'];
  /** Server's own estimate; null when it has none. */
  readonly estimatedRows: number | null;
  readonly estimatedBytes: number | null;
}

export interface Facilities {
  /** Functions that SQL may call without a schema, by name, whoever made them; and those of `builtIn`. */
  readonly functions: ReadonlySet<string>;
  /** Functions that the server's version brings along; also words of the grammar that look like one. */
  readonly builtIn: ReadonlySet<string>;
  /** Extensions that are there or can be made, by name: the schema that they are in; null: not there yet. */
  readonly extensions: ReadonlyMap<string, string | null>;
}

export interface ProfileRequest {
  /** Columns whose type depends on what they hold: see Dialect.doubt. */
  readonly settle: readonly string[];
  /** Values to count. */
  readonly hazards: readonly { readonly column: string; readonly hazard: Hazard }[];
}

export interface ProfileQuestion {
  readonly table: TableSchema;
  readonly request: ProfileRequest;
}

export type Hazard = 'zero-date' | 'infinite-date' | 'not-a-number' | 'nul-byte' | 'date-range';

export interface Profile {
  /** Settled types of the columns asked for, e.g. integer -> boolean where only 0 and 1 occur. */
  readonly types: ReadonlyMap<string, NeutralType>;
  /** Counts in the order of the request. */
  readonly hazardCounts: readonly number[];
}
