/** One stream, and Sluice killed under it at random moments until it is done all the same. */
import { expect } from 'vitest';
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { StreamStatistics } from '../../../src/shared/model/stream.ts';
import { startServe, type ServeProcess } from '../../support/serve-process.ts';
import { itemRows, saveConfig, saveConnection, startStream, untilStatus } from './item-stream.ts';

export interface Killing {
  readonly dataDirectory: string;
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly password: string;
  readonly kills: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Resolves when the stream is FINISHED, with how many kills found it RUNNING. */
export async function killAndResume(killing: Killing): Promise<number> {
  const { dataDirectory, source, target, password, random } = killing;
  const start = (...args: string[]) => startServe({ dataDirectory, args, environment: { ITEM_PASSWORD: password } });
  let serve = await start();
  try {
    const from = await saveConnection(serve, source);
    const id = await startStream(serve, await saveConfig(serve, from, await saveConnection(serve, target)));
    let hits = 0;
    for (let kill = 0; kill < killing.kills; kill++) {
      // One in four before the first row is there.
      const share = random() * 1.25 - 0.25;
      if (await untilShareCommitted(serve, id, share)) hits++;
      await serve.end('SIGKILL');
      serve = await start('--resume');
    }
    await untilStatus(serve, id, 'FINISHED');
    return hits;
  } finally {
    await serve.end();
  }
}

/** Resolves when the stream runs and `share` of what was left of its rows is committed: true. False: it has finished before. */
async function untilShareCommitted(serve: ServeProcess, id: string, share: number): Promise<boolean> {
  let goal: number | null = null;
  let found: Pick<StreamStatistics, 'status'> & { isReached: boolean } = { status: 'PAUSED', isReached: false };
  const look = async () => {
    const { status, target } = (await serve.send<StreamStatistics>('GET', `/streams/${id}/stats`)).body;
    goal ??= target.counter + (itemRows - target.counter) * share;
    found = { status, isReached: status === 'RUNNING' && target.counter >= goal };
    return status === 'FINISHED' || found.isReached;
  };
  await expect.poll(look, { timeout: 60_000, interval: 10, message: `the stream moves on` }).toBe(true);
  return found.isReached;
}
