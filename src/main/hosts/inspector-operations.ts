import { z } from 'zod';
import { copyPlanSchema, profileReportSchema, verifyReportSchema } from '../../shared/model/copy-plan.ts';
import { findingSchema } from '../../shared/model/finding.ts';
import { runEventSchema } from '../../shared/model/run-event.ts';
import {
  databaseListingSchema,
  previewSchema,
  serverStatusSchema,
  structureSchema,
} from '../../shared/model/structure.ts';
import type { HostOperations } from './host-protocol.ts';
import { connectionSettingsSchema, streamEndsSchema } from './host-schemas.ts';

const connection = z.strictObject({ settings: connectionSettingsSchema });
const named = connection.extend({ name: z.string().min(1) });
const names = z.array(z.string());

/** Tells `comparing` and `compared`. */
const comparison = {
  input: streamEndsSchema,
  output: verifyReportSchema.pick({ tables: true }),
  event: z.array(runEventSchema),
};

/** What an inspector host does: one method of the interface Inspector each. */
export const inspectorOperations = {
  ping: { input: connection, output: serverStatusSchema },
  databases: { input: connection, output: z.array(databaseListingSchema) },
  createDatabase: { input: named, output: z.null() },
  createSchema: { input: named, output: z.null() },
  tables: { input: connection, output: names },
  views: { input: connection, output: names },
  structure: { input: connection, output: structureSchema },
  preview: {
    input: connection.extend({ table: z.string(), limit: z.int().positive(), offset: z.int().nonnegative() }),
    output: previewSchema,
  },
  preflight: {
    input: connection.extend({ role: z.enum(['source', 'target']), mode: z.enum(['convert', 'cdc']) }),
    output: z.array(findingSchema),
  },
  survey: { input: streamEndsSchema, output: z.strictObject({ database: z.string(), tables: names.readonly() }) },
  plan: { input: streamEndsSchema, output: copyPlanSchema },
  profile: { input: streamEndsSchema, output: profileReportSchema },
  verify: comparison,
  /** Makes rows of the target that differ equal to the source's, and compares again. */
  repair: comparison,
  release: { input: streamEndsSchema.extend({ streamId: z.string() }), output: z.array(findingSchema) },
  /** Ends what a run whose process is gone left at work in both servers. */
  endRun: { input: streamEndsSchema.extend({ streamId: z.string() }), output: z.null() },
} as const satisfies HostOperations;
