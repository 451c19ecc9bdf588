import { z } from 'zod';

/**
 * The config's `rules {}`: what happens to values and types that one database has and the other cannot hold. One
 * documented option each, with a default that loses nothing, the same in convert and cdc mode.
 */
export const rulesSchema = z
  .strictObject({
    /** MySQL zero dates (0000-00-00, zero month or day): refuse the row, NULL, or 1970-01-01. */
    zeroDate: z.enum(['error', 'null', 'epoch']).default('error'),
    /** PostgreSQL infinity in dates: refuse the row, NULL, or the target's first or last date. */
    infiniteDate: z.enum(['error', 'null', 'limit']).default('error'),
    /** NaN and Infinity where the target has none: refuse the row or NULL. */
    notANumber: z.enum(['error', 'null']).default('error'),
    /** Byte 0x00 in text for PostgreSQL: refuse the row, remove the byte, or write U+2400 in its place. */
    nulByte: z.enum(['error', 'strip', 'replace']).default('error'),
    /** Dates outside the target's years (before 0001 or BC, after 9999): refuse the row or NULL. */
    dateRange: z.enum(['error', 'null']).default('error'),
    /** MySQL tinyint(1): `auto` is boolean where the rows hold 0, 1 and NULL only, otherwise smallint. */
    tinyint1: z.enum(['auto', 'boolean', 'smallint']).default('auto'),
    /** MySQL TIME: `auto` is time where all values are within a day, otherwise interval (text where there is none). */
    timeSpan: z.enum(['auto', 'time', 'interval']).default('auto'),
    /** JSON on PostgreSQL: `auto` is jsonb where the source guarantees unique keys (MySQL JSON), otherwise json. */
    json: z.enum(['auto', 'json', 'jsonb']).default('auto'),
  })
  .prefault({});

export type RulesConfig = z.infer<typeof rulesSchema>;
