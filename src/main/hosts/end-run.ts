/** Ends what a run whose process is gone left at work in both servers, so that nothing writes beside its successor. */
import { loadDriver } from '../engine/driver/registry.ts';
import type { StreamEnds } from './inspector.ts';

/** Never rejects: a server that cannot be reached now is told by the next who needs it. */
export async function endRun(
  ends: Pick<StreamEnds, 'source' | 'target'>,
  streamId: string,
  signal: AbortSignal,
): Promise<void> {
  await Promise.allSettled(
    (['source', 'target'] as const).map(async (side) => {
      const driver = await loadDriver(ends[side].kind);
      if (driver.administration.commonDatabase === null) return;
      await using session = await driver.connect(ends[side], { role: 'target', streamId: `${streamId}:end`, signal });
      await driver.administration.endRun(session, streamId);
    }),
  );
}
