import { z } from 'zod';
import { runEventSchema } from '../model/run-event.ts';
import { streamSummarySchema } from '../model/stream.ts';

const origin = z.object({
  streamID: z.string(),
  /** RFC 3339, UTC. */
  at: z.string(),
});

/**
 * What the app announces: the data of server-sent events and of pushes to the window. The event's name is its `type`:
 * those of a run, `stream` when a stream's state changed, `deleted` when it went, `changed` when connections, configs or
 * settings did, and `reset` when events may be missing, so that everything has to be read again.
 */
export const appEventSchema = z.union([
  z.intersection(runEventSchema, origin),
  origin.extend({ type: z.literal('stream'), stream: streamSummarySchema }),
  origin.extend({ type: z.literal('deleted') }),
  z.object({ type: z.literal('reset'), at: z.string() }),
  z.object({ type: z.literal('changed'), at: z.string(), what: z.enum(['connections', 'stream-configs', 'settings']) }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

/** One that is missing does not compile. */
const types: Record<AppEvent['type'], true> = {
  phase: true,
  plan: true,
  finding: true,
  progress: true,
  build: true,
  comparing: true,
  compared: true,
  'row-error': true,
  log: true,
  end: true,
  stream: true,
  deleted: true,
  reset: true,
  changed: true,
};
export const appEventTypes = Object.keys(types) as AppEvent['type'][];
