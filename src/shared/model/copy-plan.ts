import { z } from 'zod';
import { comparedTableSchema } from './compared-table.ts';
import { findingSchema } from './finding.ts';

/** What a stream would do, found out without writing anything. */
export const copyPlanSchema = z.object({
  tables: z.array(
    z.object({
      /** Source table, `schema.table` outside the default schema. */
      name: z.string(),
      target: z.string(),
      columns: z.array(
        z.object({ name: z.string(), type: z.string(), targetName: z.string(), targetType: z.string() }),
      ),
      estimatedRows: z.int().nullable(),
      estimatedBytes: z.int().nullable(),
      /** Statements for the target in the order in which they run; empty for a table that exists. */
      ddl: z.array(z.string()),
    }),
  ),
  /** Views that are made after the rows, in this order. */
  views: z.array(
    z.object({
      /** Source view, `schema.view` outside the default schema. */
      name: z.string(),
      target: z.string(),
      ddl: z.array(z.string()),
    }),
  ),
  /** All findings, also those of one table. One of severity `error` would refuse the run. */
  findings: z.array(findingSchema),
});
export type CopyPlan = z.infer<typeof copyPlanSchema>;

/** What reading the rows of the source tells about types and values. */
export const profileReportSchema = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      /** Columns whose target type depends on what they hold: as declared in the source, and the target's type that the rows allow. */
      types: z.array(z.object({ column: z.string(), declared: z.string(), type: z.string() })),
    }),
  ),
  findings: z.array(findingSchema),
});
export type ProfileReport = z.infer<typeof profileReportSchema>;

/** Source and target compared. */
export const verifyReportSchema = z.object({
  /** `none`: never asked for. */
  status: z.enum(['none', 'running', 'equal', 'different', 'failed']),
  /** Unix seconds. */
  started: z.int().nullable(),
  ended: z.int().nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
  /** Rows that differ, are missing or too many. */
  differences: z.int(),
  tables: z.array(comparedTableSchema),
});
export type VerifyReport = z.infer<typeof verifyReportSchema>;
/** What comparing ends with; when it began and ended is the caller's to know. */
export type VerifyResult = Pick<VerifyReport, 'tables'>;
