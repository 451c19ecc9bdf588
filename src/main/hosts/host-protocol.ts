/** What a host and its parent say to each other. Both sides check every message that they get. */
import { z } from 'zod';
import { errorDataSchema } from '../../shared/errors/sluice-error.ts';

/** Something that a host can be asked to do. `event`: what it tells while it is at it. */
export interface HostOperation {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly event?: z.ZodType;
}

export type HostOperations = Readonly<Record<string, HostOperation>>;

export type InputOf<Operation extends HostOperation> = z.output<Operation['input']>;
export type OutputOf<Operation extends HostOperation> = z.output<Operation['output']>;
export type EventOf<Operation extends HostOperation> =
  NonNullable<Operation['event']> extends z.ZodType<infer Event> ? Event : never;

const callId = z.int().nonnegative();

export const toHostSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id: callId, operation: z.string(), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id: callId }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

export const fromHostSchema = z.discriminatedUnion('type', [
  /** At once when the host is up, then every second: it is alive. */
  z.strictObject({ type: z.literal('beat') }),
  z.strictObject({ type: z.literal('result'), id: callId, output: z.unknown() }),
  z.strictObject({ type: z.literal('failure'), id: callId, error: errorDataSchema }),
  z.strictObject({ type: z.literal('event'), id: callId, event: z.unknown() }),
  /** A defect that no call could catch. The host is of no use any more. */
  z.strictObject({ type: z.literal('crash'), error: errorDataSchema }),
]);
export type FromHost = z.infer<typeof fromHostSchema>;

export const beatEveryMs = 1_000;
