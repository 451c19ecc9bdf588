/** Where the REST door stands: the address, and the names by which it may be called. */
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';

export interface ListenAddress {
  /** A name or address of this computer; `0.0.0.0` and `::` are all of its addresses. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/**
 * Resolves with the URL under which this computer reaches the server. Rejects `port_in_use`, and `config_invalid` for an
 * address that cannot be had.
 */
export async function listen(server: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw explainFailure(error, host, port);
  }
  const bound = (server.server.address() as AddressInfo).port;
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${hostInUrl(reached)}:${bound}`;
}

/** True if only programs of this computer reach a server there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * What may stand in the Host header beside loopback names. Addresses are safe: a foreign page that has its name resolved to
 * one of them (DNS rebinding) still sends that name.
 */
export function ownNames(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [hostInUrl(host)];
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => hostInUrl(address)),
  );
}

const hostInUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

function explainFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'EADDRINUSE': {
      const message = `Port ${port} of ${host} is in use by another program. Choose another with --port.`;
      return new SluiceError('port_in_use', message, { host, port }, error);
    }
    case 'EACCES': {
      const message = `--port: this user may not listen on port ${port}. Choose one from 1024 on.`;
      return new SluiceError('config_invalid', message, { host, port }, error);
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL': {
      const message = `--host: ${host} is not an address of this computer. Give one that it has, or 0.0.0.0 for all of them.`;
      return new SluiceError('config_invalid', message, { host, port }, error);
    }
    default:
      return error;
  }
}
