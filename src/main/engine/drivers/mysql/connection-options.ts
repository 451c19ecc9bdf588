/** Connection settings in mysql2's terms. */
import { isIP } from 'node:net';
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';

const connectTimeoutMs = 15_000;
const keepAliveAfterMs = 10_000;

export function connectionOptions(settings: ServerConnectionSettings, streamId: string): ConnectionOptions {
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
    ...(settings.ssl && settings.ssl.mode !== 'disabled' ? { ssl: sslOptions(settings.ssl) } : {}),
  };
}

function sslOptions(ssl: NonNullable<ServerConnectionSettings['ssl']>): SslOptions {
  const pem = (base64: string) => Buffer.from(base64, 'base64').toString();
  return {
    rejectUnauthorized: ssl.mode === 'verify-ca' || ssl.mode === 'verify-full',
    verifyIdentity: ssl.mode === 'verify-full',
    ...(ssl.ca === undefined ? {} : { ca: pem(ssl.ca) }),
    ...(ssl.client_cert === undefined ? {} : { cert: pem(ssl.client_cert) }),
    ...(ssl.client_key === undefined ? {} : { key: pem(ssl.client_key) }),
  };
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
