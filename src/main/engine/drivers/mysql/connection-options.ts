/** Connection settings in mysql2's terms. */
import { isIP } from 'node:net';
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { tlsMaterial, type TlsMaterial } from '../../driver/tls.ts';

const connectTimeoutMs = 15_000;
const keepAliveAfterMs = 10_000;

export function connectionOptions(settings: ServerConnectionSettings, streamId: string): ConnectionOptions {
  const tls = tlsMaterial(settings);
  return {
    ...(settings.socket === null ? { host: settings.host, port: settings.port } : { socketPath: settings.socket }),
    user: settings.username,
    password: settings.password ?? '',
    database: settings.database,
    charset: 'utf8mb4',
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
    connectAttributes: { program_name: `sluice:${streamId}` },
    rowsAsArray: true,
    // Values as the bytes that the server sent.
    typeCast: false,
    // Statements are complete; a `?` in one is not a placeholder.
    queryFormat: (sql: string) => sql,
    ...(tls ? { ssl: sslOptions(tls) } : {}),
  };
}

function sslOptions({ isVerified, isHostVerified, files }: TlsMaterial): SslOptions {
  return { rejectUnauthorized: isVerified, verifyIdentity: isHostVerified, ...files };
}

/**
 * Node checks a certificate against the name that the socket connected to, which it remembers for host names only; for an
 * address it would check "localhost" instead.
 */
export function pinHostForCertificate(connection: Connection, settings: ServerConnectionSettings): void {
  if (settings.ssl?.mode !== 'verify-full' || !isIP(settings.host)) return;
  const { stream } = connection as unknown as { stream: { _host?: string } };
  stream._host = settings.host;
}
