/** A server's address that a test can make unreachable and reachable again, without touching the server. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Resolves when the server has sent `bytes` more, by when every connection is cut and new ones are refused. */
  cutAfter(bytes: number): Promise<void>;
  /** The same at once. */
  cut(): Promise<void>;
  /** Lets connections through again, on the same port. */
  mend(): Promise<void>;
  /**
   * Resolves when the server has sent `bytes` more, by when no byte comes through any more in either direction, while
   * connections stay and new ones are taken: as of a server that hangs.
   */
  stallAfter(bytes: number): Promise<void>;
  /** Lets bytes through again. */
  flow(): void;
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
  let isStalled = false;
  const forward = (from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      if (!to.write(chunk) || isStalled) from.pause();
    });
    to.on('drain', () => void (isStalled || from.resume()));
  };
  const server = createServer((client) => {
    const upstream = connect(port, host);
    upstream.on('data', ({ length }) => onBytes(length));
    forward(client, upstream);
    forward(upstream, client);
    for (const socket of [client, upstream]) {
      keep(socket);
      if (isStalled) socket.pause();
    }
    client.once('close', () => upstream.destroySoon());
    upstream.once('close', () => client.destroySoon());
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
  const after = (bytes: number) => {
    let left = bytes;
    const { promise, resolve } = Promise.withResolvers<void>();
    onBytes = (count) => {
      left -= count;
      if (left > 0) return;
      onBytes = () => undefined;
      resolve();
    };
    return promise;
  };
  return {
    port: own,
    cutAfter: async (bytes) => {
      await after(bytes);
      await cut();
    },
    cut,
    mend: () => listen(own),
    stallAfter: async (bytes) => {
      await after(bytes);
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    flow() {
      isStalled = false;
      for (const socket of sockets) socket.resume();
    },
    [Symbol.asyncDispose]: cut,
  };
}
