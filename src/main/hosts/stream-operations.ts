import { z } from 'zod';
import { errorDataSchema } from '../../shared/errors/sluice-error.ts';
import { runEventSchema } from '../../shared/model/run-event.ts';
import type { HostOperations } from './host-protocol.ts';
import { streamEndsSchema } from './host-schemas.ts';

/** What a stream host does: one run. */
export const streamOperations = {
  /** Ends well in any case: the last event is `end`. Connections are closed by then, but for those of a snapshot that is held. */
  run: {
    input: streamEndsSchema.extend({
      streamId: z.string().min(1),
      wasPlanned: z.boolean().optional(),
      ranMs: z.number().min(0).optional(),
      wasComplete: z.boolean().optional(),
    }),
    output: z.null(),
    event: z.array(runEventSchema),
  },
  /**
   * Answers when the snapshot that a paused run holds (`snapshotTaken` of its `end`) is lost, with why; with null when the next run
   * has taken it, which reads in the same snapshot then.
   */
  hold: { input: z.null(), output: errorDataSchema.nullable() },
  /** Answers at once; `end` tells when it is done. */
  pause: { input: z.strictObject({ holdSnapshot: z.boolean() }), output: z.null() },
  stop: { input: z.null(), output: z.null() },
  /** Ends the wait for the next attempt, if there is one. */
  retry: { input: z.null(), output: z.null() },
} as const satisfies HostOperations;
