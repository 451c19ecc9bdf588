/** What the engine asks instead of a database's name. Every flag says what follows from it. */
export interface Capabilities {
  /** Several schemas in one database. False: a source schema other than the default becomes `schema_table`. */
  readonly schemas: boolean;
  /** Several connections may write at the same time. False (SQLite): one writer for the whole run. */
  readonly parallelWriters: boolean;
  /** `infinity` in date and timestamp. False: rule `infiniteDate` decides. */
  readonly infiniteDates: boolean;
  /** NaN and infinities in float columns. False: rule `notANumber` decides. */
  readonly notANumber: boolean;
  /** Floats keep the sign of zero. False: -0 becomes 0 there, and a comparison takes the two for equal. */
  readonly negativeZero: boolean;
  /** Byte 0x00 in text. False: rule `nulByte` decides. */
  readonly nulInText: boolean;
  /** 0000-00-00 and the like. False: rule `zeroDate` decides. */
  readonly zeroDates: boolean;
  /** Decimals without declared digits (bare `numeric`). False: the rows are read once to find how many digits they need. */
  readonly unboundedDecimals: boolean;
  /** Foreign keys can be added to a filled table. False (SQLite): they are in CREATE TABLE, checked at the end. */
  readonly lateForeignKeys: boolean;
  /** A foreign key or check may exist without having been checked against present rows (PostgreSQL NOT VALID). False: left out. */
  readonly unvalidatedConstraints: boolean;
  /** A check may exist without being looked at (MySQL NOT ENFORCED). False: left out. */
  readonly unenforcedChecks: boolean;
  /** DDL rolls back with its transaction. */
  readonly transactionalDdl: boolean;
  /** First and last year of a date or timestamp, where limited: dates outside follow rule `dateRange`. null = as wide as PostgreSQL's. */
  readonly years: { readonly first: number; readonly last: number } | null;
}
