/**
 * A server of PostgreSQL's kind that asks for the password in clear text and repeats it in its error, as careless servers,
 * proxies and authentication modules do. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface EchoingServer extends AsyncDisposable {
  readonly port: number;
  /** Passwords that came. */
  readonly passwords: readonly string[];
}

export async function startEchoingServer(): Promise<EchoingServer> {
  const passwords: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isGreeted = false;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      // The start has no type; what follows is the password message: type, length, text, NUL.
      if (!isGreeted) {
        isGreeted = true;
        return socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      }
      const password = data.subarray(5, -1).toString();
      passwords.push(password);
      const fields = `SFATAL\0VFATAL\0CXX000\0Mthe directory does not know "${password}"\0Dtried: ${password}\0\0`;
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + Buffer.byteLength(fields));
      return socket.end(Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    passwords,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
