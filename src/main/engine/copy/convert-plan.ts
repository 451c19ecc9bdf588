/** What a whole convert run will do. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { TablePlan } from '../model/table-plan.ts';
import type { ForeignKeySchema, TableName, TableSchema } from '../model/table-schema.ts';
import type { SequenceSchema } from '../model/table-schema.ts';
import type { ViewSchema } from '../model/view-schema.ts';

export interface ConvertPlan {
  readonly tables: readonly PlannedTable[];
  /** In the target's names: made before the tables, set after the rows. */
  readonly sequences: readonly SequenceSchema[];
  /** To be made after the rows, each after those that it reads. */
  readonly views: readonly PlannedView[];
  /** Of the whole run and of every table. An `error` among them refuses the run. */
  readonly findings: readonly Finding[];
}

export interface PlannedTable {
  readonly plan: TablePlan;
  /**
   * What happens to the target table before rows come: `create` it, `use` it as it is, `empty` it first, `recreate` it
   * (drop and create).
   */
  readonly prepare: 'create' | 'use' | 'empty' | 'recreate';
  /** The target's table that `recreate` drops; null: nothing is dropped. */
  readonly replaces: TableSchema | null;
  /** True: this stream makes the table, so its indexes, keys and counters are built too. */
  readonly isCreated: boolean;
  /** True: the table may hold rows of others, which a restart must not touch. */
  readonly isShared: boolean;
  /**
   * True: the table was there, and its own foreign keys are not in force while rows come (it refers to itself or stands in a
   * cycle, or the database has it so): they are looked at after the rows.
   */
  readonly checksKeysAfter: boolean;
  /** To build at the end. */
  readonly foreignKeys: readonly PlannedKey[];
}

export interface PlannedKey {
  readonly key: ForeignKeySchema;
  /** False where rows of one end may be missing. */
  readonly validate: boolean;
  /** True: both ends are tables that this stream makes, to which nobody else writes yet. */
  readonly isBetweenCreated: boolean;
}

export interface PlannedView {
  /** How messages call it: the source's name. */
  readonly label: string;
  readonly source: ViewSchema;
  /** In the target's names and SQL. */
  readonly view: ViewSchema;
  /** A view of the target that is dropped first. */
  readonly replaces: ViewSchema | null;
}

/** A finding of this severity and code about a table. */
export function tableFinding(
  severity: Finding['severity'],
  code: string,
  table: string,
  message: string,
  more: Pick<Finding, 'column' | 'statement'> = {},
): Finding {
  return { severity, code, table, message, ...more };
}

export const tableKey = (name: TableName): string => JSON.stringify([name.schema, name.name]);
