/** Ends what a run whose process is gone left at work in both servers, so that nothing writes beside its successor. */
import type { StreamOptions } from '../../shared/model/stream-config.ts';
import { loadDriver } from '../engine/driver/registry.ts';
import type { StreamEnds } from './inspector.ts';

/**
 * What connections to the source are named after: apart from those to the target where they may outlive a run, so that what a run
 * left in the target can be ended without them.
 */
export const sourceName = (streamId: string, { pauseHoldsSnapshot }: Pick<StreamOptions, 'pauseHoldsSnapshot'>) =>
  pauseHoldsSnapshot ? `${streamId}:snapshot` : streamId;

export interface DeadRun {
  readonly streamId: string;
  /** The snapshot that it held is alive, and goes on. Default false. */
  readonly keepsSnapshot?: boolean;
}

/** Never rejects: a server that cannot be reached now is told by the next who needs it. */
export async function endRun(
  { source, target, options }: StreamEnds,
  { streamId, keepsSnapshot = false }: DeadRun,
  signal: AbortSignal,
): Promise<void> {
  const names = new Set([streamId, sourceName(streamId, options)]);
  if (keepsSnapshot) names.delete(sourceName(streamId, options));
  await Promise.allSettled(
    [source, target].map(async (settings) => {
      const driver = await loadDriver(settings.kind);
      if (driver.administration.commonDatabase === null) return;
      await using session = await driver.connect(settings, { role: 'target', streamId: `${streamId}:end`, signal });
      for (const name of names) await driver.administration.endRun(session, name);
    }),
  );
}
