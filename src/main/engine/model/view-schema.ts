/** What a view is. Built by catalogs; the plan turns its query and its names into the target's. */
import type { IndexSchema, TableName } from './table-schema.ts';

export interface ViewSchema {
  readonly name: TableName;
  /** True: it holds rows of its own, which are made when the view is. */
  readonly isMaterialized: boolean;
  /** False: a materialized view that was never filled. */
  readonly isFilled: boolean;
  /** In order. */
  readonly columns: readonly string[];
  /** One SELECT in the SQL of the view's own database, without a semicolon. '' where the user may not read it. */
  readonly query: string;
  /** Settings that only its own family knows, in its own words: `security_barrier=true`, `ALGORITHM=MERGE`. */
  readonly options: readonly string[];
  /** WITH LOCAL or CASCADED CHECK OPTION. */
  readonly check: 'local' | 'cascaded' | null;
  /** Tables and views of the user's that it reads; a partition counts as its table. */
  readonly reads: readonly TableName[];
  /** Functions of the user's that it calls, by name. */
  readonly calls: readonly string[];
  /** Of materialized views. */
  readonly indexes: readonly IndexSchema[];
  readonly comment: string | null;
  /** The source's own statement that makes it. */
  readonly definition: string;
}
