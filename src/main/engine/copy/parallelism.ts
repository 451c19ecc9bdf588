import { availableParallelism } from 'node:os';

/** Pipelines at once unless the config says otherwise: one a core, at least 2 (a server works while we wait), at most 8. */
export function defaultParallelism(): number {
  return Math.min(8, Math.max(2, availableParallelism()));
}
