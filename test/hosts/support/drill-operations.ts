import { z } from 'zod';
import type { HostOperations } from '../../../src/main/hosts/host-protocol.ts';

/** What the drill host does: everything that can go well or wrong in a process. */
export const drillOperations = {
  echo: { input: z.strictObject({ text: z.string() }), output: z.string() },
  /** Ends when it is cancelled. */
  wait: { input: z.null(), output: z.string() },
  /** Ends neither by itself nor when it is cancelled. */
  ignore: { input: z.null(), output: z.null() },
  /** Holds the thread for ever. */
  block: { input: z.null(), output: z.null() },
  count: { input: z.strictObject({ upTo: z.int() }), output: z.null(), event: z.array(z.int()) },
  fail: { input: z.strictObject({ code: z.string().nullable() }), output: z.null() },
  /** A defect that no call catches. */
  throwLater: { input: z.null(), output: z.null() },
  signal: { input: z.strictObject({ name: z.enum(['SIGKILL', 'SIGSEGV', 'SIGABRT']) }), output: z.null() },
  exit: { input: z.strictObject({ code: z.int() }), output: z.null() },
  fillMemory: { input: z.null(), output: z.null() },
  wrongAnswer: { input: z.null(), output: z.strictObject({ count: z.int() }) },
  wrongEvent: { input: z.null(), output: z.null(), event: z.int() },
} as const satisfies HostOperations;
