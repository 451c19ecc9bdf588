import { z } from 'zod';

/**
 * Something that a person should know before (or after) a run: a loss, a risk, a missing privilege.
 * `error` refuses the run, `warning` says that something is not carried over unchanged, `info` explains a choice.
 */
export const findingSchema = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  /** Stable name, e.g. `zero_dates`. Those that leave something to do by hand are listed in to-do-sql.ts. */
  code: z.string(),
  /**
   * One sentence: where, what, and what to do. It begins with what it is about, `Column "name" of "table"`, `View "name"`,
   * so that lists can say once what holds for many (group-findings.ts).
   */
  message: z.string(),
  /** Source table as shown to the user, where the finding is about one. */
  table: z.string().optional(),
  column: z.string().optional(),
  /** A statement that mends it, or the source text of what was not carried over. */
  statement: z.string().optional(),
});

export type Finding = z.infer<typeof findingSchema>;
