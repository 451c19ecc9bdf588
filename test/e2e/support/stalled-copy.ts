/** A copy that is caught half-way for certain: it reads through a proxy that lets through no byte more. */
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import { createDatabase, createFolder, type TestDatabase } from '../../support/databases.ts';
import type { ServerAddress } from '../../support/servers.ts';
import { startServe, type ServeProcess } from '../../support/serve-process.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { fillItems, saveConfig, saveConnection, startStream, untilHalfWay, type Door } from './item-stream.ts';

/** Of 2 MB: some chunks are committed by then, most are not read. */
const halfWayBytes = 700_000;

/** Ids of what was made over REST. */
export interface StalledStream {
  readonly id: string;
  readonly config: string;
  /** The connection to the source. */
  readonly from: string;
}

export interface CopyStage extends AsyncDisposable {
  readonly folder: string;
  /** Filled with items. */
  readonly source: TestDatabase;
  /** Between Sluice and the source. */
  readonly proxy: TcpProxy;
  /** Sluice on a data directory that all of them share, one at a time. */
  serve(...args: string[]): Promise<ServeProcess>;
  /** Makes connections and a config, starts its stream, and resolves when rows are committed and the source is stalled. */
  startStalled(serve: Door, target: ConnectionSettings): Promise<StalledStream>;
  /** Resolves when the source is stalled and rows of the stream are committed, which was just started or resumed. */
  stall(serve: Door, id: string): Promise<void>;
}

export async function stageCopy(server: ServerAddress): Promise<CopyStage> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = cleanUp.use(await createFolder());
  const source = cleanUp.use(await createDatabase(server));
  await fillItems(source);
  const proxy = cleanUp.use(await startTcpProxy(source.settings.host, source.settings.port));
  const stall = async (serve: Door, id: string) => {
    await proxy.stallAfter(halfWayBytes);
    await untilHalfWay(serve, id);
  };
  const owned = cleanUp.move();
  return {
    folder: folder.path,
    source,
    proxy,
    serve: (...args) =>
      startServe({ dataDirectory: folder.path, args, environment: { ITEM_PASSWORD: source.settings.password! } }),
    stall,
    async startStalled(serve, target) {
      const from = await saveConnection(serve, source.settings, proxy.port);
      const config = await saveConfig(serve, from, await saveConnection(serve, target));
      const id = await startStream(serve, config);
      await stall(serve, id);
      return { id, config, from };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
