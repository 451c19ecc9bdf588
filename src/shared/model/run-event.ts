import { z } from 'zod';
import { errorDataSchema } from '../errors/sluice-error.ts';
import { comparedTableSchema } from './compared-table.ts';
import { findingSchema } from './finding.ts';

/** Phases inside RUNNING, in the order in which a run passes them. */
export const phases = [
  'checking',
  'creating',
  'copying',
  'indexing',
  'verifying',
  'catching-up',
  'streaming',
  'waiting',
] as const;
export const phaseSchema = z.enum(phases);
export type Phase = z.infer<typeof phaseSchema>;

/** One table's place in a run. Counters hold committed rows only. */
export const tableProgressSchema = z.object({
  name: z.string(),
  status: z.enum(['waiting', 'copying', 'copied', 'indexing', 'done', 'failed']),
  rows: z.int(),
  /** null: the source has no estimate. */
  estimatedRows: z.int().nullable(),
  /** Bytes of row text. */
  bytes: z.int(),
  /** Rows that the target refused. */
  failed: z.int(),
});
export type TableProgress = z.infer<typeof tableProgressSchema>;

/** A row that the target refused, with its values as row text fields (null = NULL). */
export const rowErrorSchema = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  values: z.array(z.string().nullable()),
  /** The row's key, or its first columns: `id = 7`. */
  row: z.string().optional(),
  /** The column that the target named. */
  column: z.string().optional(),
  message: z.string(),
  code: z.string(),
});
export type RowError = z.infer<typeof rowErrorSchema>;

/** What a run tells while it goes on: the command line's `--json` lines, the API's server-sent events, the window's updates. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('phase'), phase: phaseSchema, detail: z.string().nullable() }),
  /** Once, when all tables are planned. */
  z.object({
    type: z.literal('plan'),
    tables: z.array(tableProgressSchema),
    guarantee: z.enum(['snapshot', 'per table']),
    reason: z.string().nullable(),
  }),
  z.object({ type: z.literal('finding'), finding: findingSchema }),
  /** At most four a second while rows move, and once when a table's status changes. */
  z.object({ type: z.literal('progress'), table: tableProgressSchema, readRows: z.int(), readBytes: z.int() }),
  /** An index, key or constraint being built. */
  z.object({
    type: z.literal('build'),
    table: z.string(),
    name: z.string(),
    kind: z.string(),
    status: z.enum(['started', 'done', 'failed']),
    error: errorDataSchema.nullable(),
  }),
  z.object({ type: z.literal('row-error'), error: rowErrorSchema }),
  /** Rows of both ends read while they are compared: at most four a second, and once when a table's turn has come. */
  z.object({
    type: z.literal('comparing'),
    table: z.string(),
    /** `sum`: checksums of all rows. `search`: they differ, and the rows are read again to find which. */
    pass: z.enum(['sum', 'search']),
    sourceRows: z.int(),
    targetRows: z.int(),
    /** null: the source has no estimate. */
    expectedRows: z.int().nullable(),
  }),
  /** One table's comparison is done. */
  z.object({ type: z.literal('compared'), table: comparedTableSchema }),
  z.object({ type: z.literal('log'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
  z.object({
    type: z.literal('end'),
    status: z.enum(['FINISHED', 'FAILED', 'STOPPED', 'PAUSED']),
    reason: z.string().nullable(),
    rows: z.int(),
    bytes: z.int(),
    failed: z.int(),
    seconds: z.number(),
    error: errorDataSchema.nullable(),
    /** PAUSED with the source's snapshot still open (`pauseHoldsSnapshot`): when it was taken, Unix seconds. */
    snapshotTaken: z.int().optional(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
