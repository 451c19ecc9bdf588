/** A server's address that a test can make unreachable and reachable again, without touching the server. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Resolves when the server has sent `bytes` more, by when every connection is cut and new ones are refused. */
  cutAfter(bytes: number): Promise<void>;
  /** Lets connections through again, on the same port. */
  mend(): Promise<void>;
}

/** Forwards connections of a free port on 127.0.0.1 to `host`:`port`. */
export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let onBytes: (count: number) => void = () => undefined;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Either side may go at any time; the other one then goes as well.
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream).pipe(client);
    upstream.on('data', ({ length }) => onBytes(length));
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const cutAfter = async (bytes: number) => {
    let left = bytes;
    await new Promise<void>((resolve) => {
      onBytes = (count) => {
        left -= count;
        if (left <= 0) resolve(cut());
      };
    });
    onBytes = () => undefined;
  };
  return { port: own, cutAfter, mend: () => listen(own), [Symbol.asyncDispose]: cut };
}
