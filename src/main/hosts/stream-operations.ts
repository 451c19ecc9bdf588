import { z } from 'zod';
import { runEventSchema } from '../../shared/model/run-event.ts';
import type { HostOperations } from './host-protocol.ts';
import { streamEndsSchema } from './host-schemas.ts';

/** What a stream host does: one run. */
export const streamOperations = {
  /** Ends well in any case: the last event is `end`. Connections are closed by then. */
  run: {
    input: streamEndsSchema.extend({
      streamId: z.string().min(1),
      wasPlanned: z.boolean().optional(),
      wasComplete: z.boolean().optional(),
    }),
    output: z.null(),
    event: z.array(runEventSchema),
  },
  /** Answers at once; `end` tells when it is done. */
  pause: { input: z.null(), output: z.null() },
  stop: { input: z.null(), output: z.null() },
  /** Ends the wait for the next attempt, if there is one. */
  retry: { input: z.null(), output: z.null() },
} as const satisfies HostOperations;
