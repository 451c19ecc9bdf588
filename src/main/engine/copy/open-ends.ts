/** Both sessions of a run, closed together. */
import type { ConnectionSettings } from '../../../shared/model/connection.ts';
import type { Driver, Session } from '../driver/driver.ts';
import { loadDriver } from '../driver/registry.ts';
import type { RunSource } from './run-source.ts';

export interface Ends {
  readonly source: Session;
  readonly sourceDriver: Driver;
  readonly target: Session;
  readonly targetDriver: Driver;
}

export interface OpenEnds extends Ends, AsyncDisposable {}

export interface EndsRequest {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly streamId: string;
  readonly signal: AbortSignal;
  /** Of a run, whose owner closes it: the source's session comes from there. Default: one that is closed with the other end. */
  readonly runSource?: RunSource | undefined;
}

/** Connects to both at once. The first failure closes the other end and is thrown. */
export async function openEnds(request: EndsRequest, createDatabase: boolean | 'pretend'): Promise<OpenEnds> {
  const { streamId, signal } = request;
  await using cleanUp = new AsyncDisposableStack();
  const [sourceDriver, targetDriver] = await Promise.all([
    loadDriver(request.source.kind),
    loadDriver(request.target.kind),
  ]);
  const [source, target] = await Promise.allSettled([
    request.runSource
      ? request.runSource.connect(sourceDriver, request.source)
      : sourceDriver
          .connect(request.source, { role: 'source', streamId, signal })
          .then((session) => cleanUp.use(session)),
    targetDriver
      .connect(request.target, { role: 'target', streamId, signal, createDatabase })
      .then((session) => cleanUp.use(session)),
  ]);
  if (source.status === 'rejected') throw source.reason;
  if (target.status === 'rejected') throw target.reason;
  const owned = cleanUp.move();
  return {
    source: source.value,
    sourceDriver,
    target: target.value,
    targetDriver,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
