import { z } from 'zod';
import { rulesSchema } from './rules.ts';

export const operationsSchema = z.array(z.enum(['insert', 'update', 'delete'])).min(1);

export const columnOptionsSchema = z.strictObject({
  targetName: z.string().min(1).optional(),
  /** Native type of the target, verbatim. */
  targetType: z.string().min(1).optional(),
  /** Default of the target column as a value; null removes the default. */
  default: z.string().nullable().optional(),
  /** Leaves the column out. */
  drop: z.boolean().optional(),
});

export const tableConfigSchema = z.strictObject({
  /** Table name, `schema.table` (split at the first dot), `*`, or `schema.*`. */
  name: z.string().min(1),
  /** Source schema; with it a dot in `name` is part of the name. */
  schema: z.string().min(1).optional(),
  /** convert mode only: one SELECT that replaces the table as the origin of rows. */
  query: z.string().min(1).optional(),
  /** Condition in the source's SQL. */
  where: z.string().min(1).optional(),
  /** Columns to copy; default all. */
  columns: z.array(z.string().min(1)).min(1).optional(),
  targetName: z.string().min(1).optional(),
  targetSchema: z.string().min(1).optional(),
  /** cdc mode only. */
  operations: operationsSchema.optional(),
  columnOptions: z.record(z.string(), columnOptionsSchema).optional(),
});

/** A stream's config without its connections: what SPEC 6 and the stream reference list. Unknown fields are errors. */
export const streamOptionsSchema = z.strictObject({
  mode: z.enum(['convert', 'cdc']).default('convert'),
  /** Rows per bundle: the unit of counters and reports. Writes may be larger. */
  dataBundleSize: z.int().min(1).max(100_000).default(500),
  /** Seconds between reports; 0 = no periodic reports. */
  reportingIntervals: z
    .strictObject({ source: z.number().min(0).default(3), target: z.number().min(0).default(3) })
    .prefault({}),
  /** 0 or absent = unlimited; the first one reached ends the stream FINISHED with reason `limit`. */
  limits: z
    .strictObject({ numberOfEvents: z.int().min(0).optional(), elapsedTime: z.number().min(0).optional() })
    .default({}),
  tables: z
    .array(tableConfigSchema)
    .min(1)
    .default([{ name: '*' }]),
  exclude: z.array(z.string().min(1)).default([]),
  /** cdc mode only: the operations of tables that do not list their own; absent = all. */
  operations: operationsSchema.optional(),
  createStructure: z.boolean().default(true),
  truncateTarget: z.boolean().default(false),
  /** What to do with target tables that exist and hold rows. */
  onExisting: z.enum(['refuse', 'append', 'drop']).default('refuse'),
  onRowError: z.enum(['fail', 'skip']).default('fail'),
  /** With `skip`: more refused rows than this end the run. */
  maxRowErrors: z.int().min(0).default(1000),
  rules: rulesSchema,
  /** Tables and ranges at once; absent = from cores and connection limits. */
  parallelism: z.int().min(1).max(64).optional(),
  /** Largest chunk that commits at once, bytes of row text. Default 64 MB. */
  chunkBytes: z
    .int()
    .min(65_536)
    .max(1024 ** 3)
    .default(64 * 1024 ** 2),
  verify: z.boolean().default(false),
  identifierCase: z.enum(['keep', 'lower']).default('keep'),
  /** Source schema -> target schema. */
  schemaMap: z.record(z.string(), z.string()).default({}),
  /**
   * A stream that is paused while rows are copied keeps its source's snapshot open, and goes on in it. The source has to keep old
   * rows as long. False: a pause closes all connections.
   */
  pauseHoldsSnapshot: z.boolean().default(false),
});

export type StreamOptions = z.infer<typeof streamOptionsSchema>;
export type TableConfig = z.infer<typeof tableConfigSchema>;
