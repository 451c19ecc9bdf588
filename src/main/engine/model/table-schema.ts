/** What a table is, in terms that every driver can read and write. Built by catalogs, consumed by dialects. */
import type { NeutralType } from './neutral-type.ts';

/** `schema` is null where the database has none (MySQL: the connection's database; SQLite: main). */
export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

export interface TableSchema {
  readonly name: TableName;
  readonly kind: 'table' | 'partitioned' | 'view';
  readonly columns: readonly ColumnSchema[];
  readonly primaryKey: KeySchema | null;
  /** Unique and plain indexes, without the primary key's. */
  readonly indexes: readonly IndexSchema[];
  readonly foreignKeys: readonly ForeignKeySchema[];
  readonly checks: readonly CheckSchema[];
  readonly comment: string | null;
  /** PARTITION BY clause and partitions as the source's own DDL; null where not partitioned. Meant for the same family only. */
  readonly partitioning: PartitioningSchema | null;
  /** Facts with meaning for the copy: `engine:MyISAM`, `without-rowid`, `strict`, `unlogged`, ... */
  readonly traits: readonly string[];
  /** PostgreSQL: what its columns, keys and expressions rely on. Absent: nothing. */
  readonly extensions?: readonly ExtensionNeed[];
}

export interface ExtensionNeed {
  readonly name: string;
  /** Where its types and functions are. */
  readonly schema: string;
}

export interface ColumnSchema {
  readonly name: string;
  /** As the database prints it, e.g. `bigint(20) unsigned`. */
  readonly nativeType: string;
  readonly type: NeutralType;
  readonly nullable: boolean;
  readonly default: ColumnDefault | null;
  readonly identity: IdentitySchema | null;
  readonly generated: GeneratedSchema | null;
  /** The collation where it is not the database's default, as SQL of the database. */
  readonly collation: string | null;
  readonly comment: string | null;
  /** MySQL's ON UPDATE CURRENT_TIMESTAMP. */
  readonly updatesToNow: boolean;
  /** MySQL INVISIBLE, SQLite hidden. */
  readonly invisible: boolean;
}

export type ColumnDefault =
  | (PlainDefault & {
      /** The source's own SQL, where its own family would write another. */
      readonly sql?: string;
    })
  /** Anything else, as the source's own SQL. */
  | { readonly kind: 'expression'; readonly sql: string; readonly family: 'postgres' | 'mysql' | 'sqlite' };

/** A default that every database has. */
export type PlainDefault =
  /** `text` is the value's canonical text (unescaped). */
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'now'; readonly fraction: number }
  | { readonly kind: 'current-date' }
  | { readonly kind: 'current-time' }
  | { readonly kind: 'uuid' };

/** A column that numbers itself. 64-bit figures are decimal text. */
export interface IdentitySchema {
  /**
   * `always`: PostgreSQL GENERATED ALWAYS; `default`: BY DEFAULT, AUTO_INCREMENT, SQLite's INTEGER PRIMARY KEY; `serial`: a
   * default that draws from `sequence`.
   */
  readonly kind: 'always' | 'default' | 'serial';
  /** The number that the next insert will get; null when the source does not say. */
  readonly next: string | null;
  readonly increment: string;
  /** SQLite's AUTOINCREMENT keyword, MySQL: true. False: a rowid alias that may reuse numbers. */
  readonly neverReuses: boolean;
  /** PostgreSQL: what gives the numbers, with all its settings; null elsewhere. */
  readonly sequence: SequenceSchema | null;
  /** True: `sequence` is an object of its own, which others may draw from too. */
  readonly drawsFromOther: boolean;
}

/** A sequence: what gives numbers, behind a column or as an object of its own. Figures are decimal text, since they have 64 bits. */
export interface SequenceSchema {
  readonly name: TableName;
  readonly type: 'smallint' | 'integer' | 'bigint';
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  /** Numbers that a session takes at once (PostgreSQL) or the server sets aside (MariaDB); 1: none. */
  readonly cache: string;
  readonly cycles: boolean;
  /**
   * The number that is given next, one increment beyond the last where it is used up; null: this user may not read it. Where the
   * server sets numbers aside (MariaDB), the first that it has not.
   */
  readonly next: string | null;
  readonly comment: string | null;
}

export interface GeneratedSchema {
  readonly sql: string;
  readonly stored: boolean;
}

export interface KeySchema {
  /** Constraint name; null where it has none worth keeping (MySQL's PRIMARY). */
  readonly name: string | null;
  readonly parts: readonly IndexPart[];
  readonly deferrable: 'no' | 'immediate' | 'deferred';
}

export interface IndexPart {
  /** Exactly one of `column` and `expression` is set. */
  readonly column: string | null;
  readonly expression: string | null;
  /** MySQL prefix length in characters (or bytes of binary columns). */
  readonly prefix: number | null;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last' | null;
  /** PostgreSQL operator class where not the default or with parameters, as SQL. */
  readonly operatorClass: string | null;
  readonly collation: string | null;
}

export interface IndexSchema {
  readonly name: string;
  readonly unique: boolean;
  /** True where the database calls it a UNIQUE constraint rather than an index. */
  readonly constraint: boolean;
  readonly parts: readonly IndexPart[];
  /** Columns carried but not searched (PostgreSQL INCLUDE). */
  readonly include: readonly string[];
  readonly method: 'btree' | 'hash' | 'gin' | 'gist' | 'spgist' | 'brin' | 'fulltext' | 'spatial' | 'other';
  /** WHERE of a partial index, the source's own SQL. */
  readonly where: string | null;
  readonly nullsNotDistinct: boolean;
  readonly deferrable: 'no' | 'immediate' | 'deferred';
  readonly visible: boolean;
  readonly comment: string | null;
  /** The source's own CREATE INDEX statement where it keeps one; null in MySQL. */
  readonly definition: string | null;
  /** How it is kept, in words that only its own database knows: `fillfactor=70`, a parser of full text. */
  readonly settings: readonly string[];
}

export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface ForeignKeySchema {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly references: TableName;
  readonly referencedColumns: readonly string[];
  readonly onDelete: ForeignKeyAction;
  /** PostgreSQL: those of `columns` that ON DELETE sets, where that is not all of them; [] otherwise. */
  readonly onDeleteColumns: readonly string[];
  readonly onUpdate: ForeignKeyAction;
  readonly match: 'simple' | 'full';
  readonly deferrable: 'no' | 'immediate' | 'deferred';
  /** False: PostgreSQL NOT VALID, rows that were there may break it. */
  readonly validated: boolean;
  /** False: PostgreSQL NOT ENFORCED, it is never looked at. */
  readonly enforced: boolean;
}

export interface CheckSchema {
  readonly name: string | null;
  /** The source's own SQL, without the outer parentheses. */
  readonly sql: string;
  /** False: NOT ENFORCED, it is never looked at. */
  readonly enforced: boolean;
  /** False: PostgreSQL NOT VALID, rows that were there may break it. */
  readonly validated: boolean;
}

export interface PartitioningSchema {
  /** e.g. `RANGE (created)`. */
  readonly clause: string;
  /** Each partition: name and bound, source SQL. */
  readonly partitions: readonly PartitionSchema[];
}

export interface PartitionSchema {
  readonly name: TableName;
  readonly bound: string;
  /** PostgreSQL: its own partitions; null: it holds rows. MySQL says sub-partitions in the clause. */
  readonly partitioning: PartitioningSchema | null;
}

/** Something that is neither table nor view: triggers, routines, events, grants, sequences of their own. */
export interface SchemaObject {
  readonly kind:
    | 'virtual table'
    | 'foreign table'
    | 'trigger'
    | 'routine'
    | 'event'
    | 'sequence'
    | 'type'
    | 'rule'
    | 'policy'
    | 'extension'
    | 'grant'
    | 'index'
    | 'constraint'
    | 'comment'
    /** How its own database keeps something: others have no use for it. */
    | 'setting'
    /** Anything else; the name says what it is. */
    | 'object'
    /** Versions that rows had before, which the database keeps. */
    | 'history';
  readonly name: TableName;
  /** The table it belongs to, for triggers, rules and policies. */
  readonly table: TableName | null;
  /** The source's own statement that makes it. */
  readonly definition: string;
}
