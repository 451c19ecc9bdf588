/** A database's SQL and types as pure functions: no connection, golden tests. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { RulesConfig } from '../../../shared/model/rules.ts';
import type { DatabaseFamily, NeutralKind, NeutralType } from '../model/neutral-type.ts';
import type { ColumnSchema, ForeignKeySchema, SequenceSchema, TableName, TableSchema } from '../model/table-schema.ts';
import type { Facilities } from './catalog.ts';
import type { RowsSchema } from '../model/table-plan.ts';
import type { NameLimits } from './names.ts';
import type { ViewSchema } from '../model/view-schema.ts';
import type { Translate } from '../sql/translate-expression.ts';
import type { SqlIdiom } from '../sql/sql-idiom.ts';

export interface Dialect {
  /** What names of each sort may be. */
  readonly names: Readonly<Record<'table' | 'column' | 'index', NameLimits>>;
  /** Column type of our own tables that holds any text of this many characters and compares it exactly. Default VARCHAR(n). */
  exactText?(length: number): string;
  /** Index names are unique per schema (PostgreSQL, SQLite) or per table (MySQL). */
  readonly indexNamesPer: 'schema' | 'table';
  /** Names of foreign keys are unique per table, among all its constraints (PostgreSQL, SQLite), or per database (MySQL). */
  readonly foreignKeyNamesPer: 'table' | 'database';

  /** How this database reads and writes the expressions that all databases know. */
  readonly idiom: SqlIdiom;
  /** The one place where identifiers are quoted. */
  quoteName(name: string): string;
  quoteTable(table: TableName): string;
  /** A string literal, safe whatever the session's modes. */
  quoteText(text: string): string;

  /**
   * What a column's type could be if its content proves it (MySQL tinyint(1) -> boolean, TIME -> time of day;
   * PostgreSQL bare numeric -> its digits; SQLite declared DATETIME -> timestamp). null: the type is certain.
   */
  doubt(column: ColumnSchema, rules: RulesConfig): TypeDoubt | null;

  /**
   * The table as this database would have it: native types, defaults, keys and indexes that it knows, names within its
   * limits; each thing that is changed or dropped is a finding. `table` has target names and source types.
   */
  adapt(table: TableSchema, context: AdaptContext): AdaptedTable;

  /** The primary key's leading column, if it holds whole numbers and readers take ranges by its values; null otherwise. */
  wholeNumberKey(table: RowsSchema): string | null;

  /** What stands against a table of so many or so wide columns, in target types; null: nothing. */
  widthProblem(table: TableSchema): WidthProblem | null;

  /** What keeps a server with these facilities from making the table, or is made with it. Absent: nothing does. */
  needsOf?(table: TableSchema, there: Facilities, lacking: ReadonlySet<string>): TableNeed[];

  /** CREATE TABLE with what belongs in it (SPEC 3), and what must come before it, e.g. CREATE TYPE. */
  createTable(table: TableSchema): string[];
  /** Indexes, keys and checks that come after the rows; foreign keys are apart. */
  lateStatements(table: TableSchema): LateStatement[];
  /** How late statements become one for the server, which does all of it or nothing and at less cost; null: they do not. */
  readonly joinsLate: {
    /** Those of one table, whatever its size, or those of many tables whose rows take no time. */
    readonly of: 'table' | 'small tables';
    /** `table`: of all of them, where they are of one. */
    readonly join: (sqls: readonly string[], table: TableName) => string;
  } | null;
  /** [] where foreign keys are part of CREATE TABLE. `validate` false: without looking at present rows, where the database can. */
  foreignKeyStatements(table: TableSchema, key: ForeignKeySchema, validate: boolean): LateStatement[];
  /** `child` with what it needs of `parent`, to which it refers, and can have without loss; null: nothing is to be changed. */
  fitReferring(child: ColumnSchema, parent: ColumnSchema): ColumnSchema | null;
  /**
   * What keeps a table of another family from having this key to `parent`, as the end of a sentence; null: nothing. Both are as
   * adapted; names are the target's.
   */
  foreignKeyProblem(table: TableSchema, key: ForeignKeySchema, parent: TableSchema): string | null;
  /** Sets identity counters to the source's next value. */
  counterStatements(table: TableSchema): string[];
  /** True (MySQL): CREATE TABLE sets them as well, and rows raise them. */
  readonly createsCounters: boolean;
  /** null where there are no sequences. Both may run again: what is there stays, and no number is given twice. */
  sequenceStatements(sequence: SequenceSchema): SequenceStatements | null;
  /**
   * An expression of this family with the sequences that it draws from under the names that `rename` gives; null: one of them has
   * none. Absent: expressions name no sequences.
   */
  renameSequences?(sql: string, rename: (name: TableName) => TableName | null): string | null;
  /** Statistics, so that the target is ready for queries. */
  finishStatements(tables: readonly TableSchema[]): string[];
  /** The view and what belongs to it; the first statement makes it. Names and query are this database's. */
  viewStatements(view: ViewSchema): LateStatement[];
  dropView(view: ViewSchema): string;
  /**
   * The statement after which rows of a table that is there can be taken back; null: they can. Default: in every table (MySQL:
   * only those of some engines).
   */
  makeTransactional?(table: TableSchema): string | null;
  /** Removes all rows, never anything else's. */
  emptyTable(table: TableName): string;
  /** The same where no foreign key is looked at. */
  emptyUnchecked(table: TableName): string;
  dropTable(table: TableName): string;
  /** [] where foreign keys do not keep tables from being dropped. */
  dropForeignKey(table: TableName, key: ForeignKeySchema): string[];

  /** Rows of docs/types.md. */
  readonly typeDocs: TypeDocs;
}

export interface SequenceStatements {
  /** Before the tables whose columns draw from it. */
  readonly create: readonly string[];
  /** After the rows: it gives the number that the source would give next. */
  readonly advance: readonly string[];
}

export interface TypeDoubt {
  /** `decided`: a rule of the config settles it, no row need be read. */
  readonly question: 'zero-or-one' | 'within-day' | 'digits' | 'content' | 'decided';
  /** The type if the content proves it (or as decided); for `digits` and `content` the profile may find another. */
  readonly ifProven: NeutralType;
}

export interface AdaptContext {
  readonly sourceFamily: DatabaseFamily;
  /** Same kind at both ends, down to MySQL versus MariaDB. */
  readonly sameKind: boolean;
  readonly rules: RulesConfig;
  /** For findings. */
  readonly label: string;
  /** Expressions of the table in this database's SQL and the target's column names; null as well where one calls what is lacking. */
  readonly translate: Translate;
  /** Functions that the source has and this server of the same family has not. */
  readonly lacking: ReadonlySet<string>;
  /** Target's default schema: names in it are written without schema by databases that have none. */
  readonly defaultSchema: string | null;
}

export interface AdaptedTable {
  readonly schema: TableSchema;
  /** Wire type of each column, by position in `schema.columns`. */
  readonly wires: readonly NeutralType[];
  readonly findings: readonly Finding[];
}

export interface TableNeed {
  readonly code: 'extension_needed' | 'extension_missing' | 'function_missing';
  /** The end of a sentence about the table. */
  readonly text: string;
  /** True: the table is made all the same. */
  readonly isMet: boolean;
  /** What mends it on the target, or is run there. */
  readonly statement: string | null;
}

export interface WidthProblem {
  /** The end of a sentence about the table. */
  readonly text: string;
  /** False: whether the table can be made or a row fits depends on the server's settings or on what the row holds. */
  readonly isCertain: boolean;
}

export interface LateStatement {
  readonly kind: 'primary key' | 'unique' | 'index' | 'check' | 'foreign key' | 'view' | 'comment';
  /** Index or constraint name, for progress and errors. */
  readonly name: string;
  readonly sql: string;
  /** A query whose rows are keys that break the constraint, up to 100; null when there is none. */
  readonly offendersSql: string | null;
  /**
   * True: the server would copy the table in order to look at its rows (MySQL). They are looked at by `offendersSql`, and then
   * the statement runs while keys are unchecked (Writer.begin). Sound only while nobody else writes to the tables. Default false.
   */
  readonly looksFirst?: boolean;
}

export interface TypeDocs {
  /** Native type -> neutral type, in the words of the docs. */
  readonly reads: readonly { readonly native: string; readonly neutral: string; readonly note: string }[];
  /** Neutral kind -> native type; a missing kind does not compile. */
  readonly writes: Readonly<Record<NeutralKind, { readonly native: string; readonly note: string }>>;
}
