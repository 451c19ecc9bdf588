/** One stream, and Sluice killed under it again and again until it is done all the same. */
import type { ConnectionSettings } from '../../../src/shared/model/connection.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { startServe } from '../../support/serve-process.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { saveConfig, saveConnection, startStream, untilStatus } from './item-stream.ts';

export interface Killing {
  readonly dataDirectory: string;
  readonly source: TestDatabase;
  readonly target: ConnectionSettings;
  /** When Sluice is killed: so many bytes after the kill before, as the source sends them. Together less than the table has. */
  readonly killAfterBytes: readonly number[];
}

/** Resolves when the stream is FINISHED. */
export async function killAndResume({ dataDirectory, source, target, killAfterBytes }: Killing): Promise<void> {
  const { host, port, password } = source.settings;
  const start = (...args: string[]) =>
    startServe({ dataDirectory, args, environment: { ITEM_PASSWORD: password ?? '' } });
  await using proxy = await startTcpProxy(host, port);
  let serve = await start();
  try {
    const from = await saveConnection(serve, source.settings, proxy.port);
    const config = await saveConfig(serve, from, await saveConnection(serve, target));
    let id = '';
    for (const [kill, bytes] of killAfterBytes.entries()) {
      // From before the run begins, so that it cannot be over by then.
      const stalled = proxy.stallAfter(bytes);
      if (kill === 0) id = await startStream(serve, config);
      else serve = await start('--resume');
      await stalled;
      await serve.end('SIGKILL');
      proxy.flow();
    }
    serve = await start('--resume');
    await untilStatus(serve, id, 'FINISHED');
  } finally {
    await serve.end();
  }
}
