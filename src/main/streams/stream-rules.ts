/** What may run: a mode that is known, one run of a config at a time, and no two that write the same table (SPEC 5). */
import { invalidField } from '../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { StreamSummary } from '../../shared/model/stream.ts';
import type { StreamOptions } from '../../shared/model/stream-config.ts';
import { isActive, transition } from './lifecycle.ts';

type StreamMode = StreamOptions['mode'];

/** A stream that has tables to itself: it is active, or about to be. */
export interface Holder {
  readonly id: string;
  /** Names of the target tables that it writes: the same table has the same name, whatever its connection. */
  readonly claims: readonly string[];
}

/** Throws `config_invalid`. `known`: what the hosts of streams can do. */
export function refuseUnknownMode(mode: StreamMode, known: readonly StreamMode[]): void {
  if (!known.includes(mode))
    throw invalidField('mode', `${mode} (following changes) is not available yet; use a configuration with convert`);
}

/** Throws `conflict`. `starting`: the start of the config that is under way; `latest`: its last stream. */
export function refuseSecondRun(starting: Holder | null, latest: StreamSummary | null): void {
  if (starting) throw secondRun(starting.id, 'being started', endIt);
  if (!latest) return;
  if (isActive(latest.status)) throw secondRun(latest.id, latest.status, endIt);
  if (transition(latest, { type: 'resume' }))
    throw secondRun(latest.id, 'FAILED and can be resumed', 'Resume, stop or delete it first.');
}

const endIt = 'Stop it first, or start a clone of the configuration.';

const secondRun = (id: string, state: string, remedy: string) =>
  new SluiceError('conflict', `Stream ${id} of this configuration is ${state}. ${remedy}`, { streamID: id });

/** Throws `conflict` when one of `others` holds a table that is claimed. */
export function refuseSharedTables(claims: readonly string[], others: Iterable<Holder>): void {
  const wanted = new Set(claims);
  for (const { id, claims: held } of others) {
    const shared = held.find((claim) => wanted.has(claim));
    if (shared === undefined) continue;
    throw new SluiceError(
      'conflict',
      `Stream ${id} writes the target table ${tableOfClaim(shared)} too. Stop it first, or give the table another \`targetName\`.`,
      { streamID: id },
    );
  }
}

/** Claims are a database, a line break and a table. */
const tableOfClaim = (claim: string) => claim.slice(claim.indexOf('\n') + 1);
