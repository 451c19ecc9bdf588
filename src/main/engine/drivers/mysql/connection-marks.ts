/**
 * How connections of one run are found again when its process is gone. Connection attributes would do, but the servers show
 * them in performance_schema only, which MariaDB has off; a user-level lock names its holder everywhere, and goes with it.
 */
import { createHash } from 'node:crypto';
import { quoteText } from './mysql-names.ts';

/** More than a run ever has open: parallelism is 64 at most, for readers and for writers. */
const slots = 200;
let next = 0;

/** Lock names are 64 characters at most. */
const lockName = (streamId: string, slot: number) =>
  `sluice:${createHash('sha256').update(streamId).digest('hex').slice(0, 24)}:${slot}`;

/** The statement that marks a connection, one slot after the other. A run is alone in its process. */
export function markStatement(streamId: string): string {
  const slot = next++ % slots;
  return `DO GET_LOCK(${quoteText(lockName(streamId, slot))}, 0)`;
}

/** A query of one row whose fields are the ids of the run's connections, null for slots that nobody holds. */
export function marksQuery(streamId: string): string {
  const held = Array.from({ length: slots }, (_, slot) => `IS_USED_LOCK(${quoteText(lockName(streamId, slot))})`);
  return `SELECT ${held.join(', ')}`;
}
