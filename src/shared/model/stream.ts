import { z } from 'zod';
import { errorDataSchema } from '../errors/sluice-error.ts';
import { findingSchema } from './finding.ts';
import { phaseSchema, rowErrorSchema, tableProgressSchema } from './run-event.ts';
import { savedStreamConfigSchema } from './saved-stream-config.ts';

/** The reference's six states. STOPPED, FINISHED and FAILED without `resumable` are final. */
export const streamStatuses = ['READY', 'RUNNING', 'PAUSED', 'STOPPED', 'FINISHED', 'FAILED'] as const;
export const streamStatusSchema = z.enum(streamStatuses);
export type StreamStatus = z.infer<typeof streamStatusSchema>;

/** Who brought a stream to PAUSED: `serve --resume` and `resumeOnStart` continue what `quit` and `crash` paused. */
export const pausedBySchema = z.enum(['user', 'engine', 'quit', 'crash']);
export type PausedBy = z.infer<typeof pausedBySchema>;

const unixSeconds = z.int();

/** One run of a stream config, as lists show it. Times are Unix seconds and absent until they happened. */
export const streamSummarySchema = z.object({
  /** `stream_` and a KSUID. */
  id: z.string(),
  configID: z.string(),
  /** The config's name when the stream started. */
  name: z.string(),
  mode: z.enum(['convert', 'cdc']),
  /** Connection ids. */
  source: z.string(),
  target: z.string(),
  status: streamStatusSchema,
  /** null outside RUNNING. */
  phase: phaseSchema.nullable(),
  /** What the phase works on or waits for. */
  phaseDetail: z.string().nullable(),
  /** True: `resume` is legal from FAILED. */
  resumable: z.boolean(),
  /** Why it is PAUSED, FINISHED early or FAILED. `limit`: a limit of its config was reached. */
  reason: z.string().nullable(),
  pausedBy: pausedBySchema.nullable(),
  error: errorDataSchema.nullable(),
  created: unixSeconds,
  started: unixSeconds.optional(),
  paused: unixSeconds.optional(),
  resumed: unixSeconds.optional(),
  stopped: unixSeconds.optional(),
  finished: unixSeconds.optional(),
  failed: unixSeconds.optional(),
  /** PAUSED with `pauseHoldsSnapshot`: when the snapshot was taken that stays open on the source. Absent: none does. */
  snapshotTaken: unixSeconds.optional(),
  /** Seconds since then. */
  snapshotAgeSeconds: z.int().optional(),
});
export type StreamSummary = z.infer<typeof streamSummarySchema>;

/** Everything about one stream. */
export const streamDetailSchema = streamSummarySchema.extend({
  /** The stream's own copy of its config, made when it started. */
  config: savedStreamConfigSchema,
  /** What the copy can promise: all tables as of one moment, or each for itself. null until planned. */
  guarantee: z.enum(['snapshot', 'per table']).nullable(),
  guaranteeReason: z.string().nullable(),
  tables: z.array(tableProgressSchema),
  findings: z.array(findingSchema),
  /** File of the rows that the target refused, a JSON object a line; null: none was refused. It is deleted with the stream. */
  rejectFile: z.string().nullable(),
});
export type StreamDetail = z.input<typeof streamDetailSchema>;

const sideStatisticsSchema = z.object({
  /** Rows (events in cdc mode): read on the source side, committed on the target side. */
  counter: z.int(),
  /** Rows that the target refused. */
  failedCounter: z.int(),
  /** Bytes in the last reporting interval that is over; the end of a run ends one too. */
  prevDataSize: z.int(),
  /** Bytes in all. */
  sumDataSize: z.int(),
  /** Seconds. */
  reportingInterval: z.number(),
  /** RFC 3339, UTC. */
  start: z.string(),
  /** ISO 8601; time spent RUNNING, pauses not counted. */
  duration: z.string(),
  /** Rows per second of `duration`. */
  avgRate: z.number(),
  status: streamStatusSchema,
});
export type SideStatistics = z.infer<typeof sideStatisticsSchema>;

export const streamStatisticsSchema = z.object({
  streamID: z.string(),
  source: sideStatisticsSchema,
  target: sideStatisticsSchema,
  status: streamStatusSchema,
  phase: phaseSchema.nullable(),
  mode: z.enum(['convert', 'cdc']),
  configID: z.string(),
  tables: z.array(tableProgressSchema),
  /** cdc mode only: how far the target is behind; null while unknown. */
  lag: z.object({ bytes: z.int().nullable(), seconds: z.number().nullable() }).optional(),
  /** Seconds until the rows are copied at the present rate; null when not known. */
  etaSeconds: z.int().nullable(),
  /** Age of the source's snapshot while a paused stream holds it; absent otherwise. */
  snapshotAgeSeconds: z.int().optional(),
});
export type StreamStatistics = z.infer<typeof streamStatisticsSchema>;

export const logEntrySchema = z.object({
  /** Ascending within the journal: the `after` of the next page. */
  id: z.int(),
  /** RFC 3339, UTC. */
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const rowErrorEntrySchema = rowErrorSchema.extend({ id: z.int(), at: z.string() });
export type RowErrorEntry = z.infer<typeof rowErrorEntrySchema>;
