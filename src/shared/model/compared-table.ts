import { z } from 'zod';

/** A cell's text, cut where it is long. */
const shownValue = z.string().nullable();

/** One table of source and target, compared by value. */
export const comparedTableSchema = z.object({
  name: z.string(),
  sourceRows: z.int(),
  targetRows: z.int(),
  /** Rows that differ, are missing or too many; 0: the tables are equal. With `hasMore` at least so many. */
  differences: z.int(),
  hasMore: z.boolean(),
  /** Rows made equal by a repair. */
  repaired: z.int(),
  /** Why it could not be compared or repaired, as a sentence. */
  problem: z.string().nullable(),
  /** The first 100 differing rows. */
  rows: z.array(
    z.object({
      /** `missing`: in the source only. `extra`: in the target only. */
      kind: z.enum(['missing', 'extra', 'changed']),
      /** Columns of the primary key; of a table without one, the first columns. */
      key: z.array(z.object({ column: z.string(), value: shownValue })),
      /** The first differing columns of a changed row. */
      cells: z.array(z.object({ column: z.string(), source: shownValue, target: shownValue })),
    }),
  ),
});
export type ComparedTable = z.infer<typeof comparedTableSchema>;
