/** The one place where errors of the server, the network and mysql2 become ours. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ErrorCode } from '../../../../shared/errors/error-codes.ts';
import { databaseTitles } from '../../../../shared/model/database-kind.ts';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { isBrokenHandshake, isTlsCode, tlsFailure } from '../../driver/tls.ts';

/** What mysql2 rejects with: a server error has `errno` and `sqlState`, a network error `code`. */
interface MysqlFailure extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

type Place = Pick<ServerConnectionSettings, 'kind' | 'host' | 'port' | 'socket' | 'username' | 'database'>;

type Sentence = (place: Place, message: string) => string;

const server = (place: Place) => `${databaseTitles[place.kind]} at ${place.socket ?? `${place.host}:${place.port}`}`;

const inServer: Sentence = (place, message) => `${server(place)}: ${message}`;

const lost: Sentence = (place) => `The connection to ${server(place)} was lost. Check that the server runs.`;

/** Server error number -> code and sentence. https://mariadb.com/kb/en/mariadb-error-codes/, MySQL's error reference. */
const byErrno: Readonly<Record<number, readonly [ErrorCode, Sentence]>> = {
  1040: ['too_many_connections', (place) => `${server(place)} has no free connection (max_connections is reached).`],
  1041: ['database_error', inServer],
  1042: ['connection_refused', inServer],
  1043: ['connection_refused', inServer],
  1044: [
    'permission_denied',
    (place) => `User "${place.username}" may not use database "${place.database}" of ${server(place)}.`,
  ],
  1045: [
    'authentication_failed',
    (place) =>
      `${server(place)} refused user "${place.username}": check the password, whether it may connect from this machine, and whether it has to use TLS or a client certificate (ssl).`,
  ],
  1698: [
    'authentication_failed',
    (place) => `${server(place)} refused user "${place.username}": it logs in by socket only.`,
  ],
  1007: ['conflict', (place, message) => `${inServer(place, message)}. Choose another name.`],
  1049: ['database_missing', (place) => `${server(place)} has no database "${place.database}".`],
  1129: ['connection_refused', inServer],
  1130: [
    'authentication_failed',
    (place) => `${server(place)} does not let user "${place.username}" connect from this machine.`,
  ],
  1131: ['authentication_failed', inServer],
  1203: ['too_many_connections', (place) => `User "${place.username}" has no free connection at ${server(place)}.`],
  1226: ['too_many_connections', inServer],
  1251: ['authentication_failed', inServer],
  1820: [
    'authentication_failed',
    (place) => `The password of user "${place.username}" at ${server(place)} has expired.`,
  ],
  1862: [
    'authentication_failed',
    (place) => `The password of user "${place.username}" at ${server(place)} has expired.`,
  ],
  3118: ['authentication_failed', (place) => `User "${place.username}" at ${server(place)} is locked.`],
  4151: ['authentication_failed', (place) => `User "${place.username}" at ${server(place)} is locked.`],
  3159: ['tls_failed', (place) => `${server(place)} takes encrypted connections only: set ssl.mode to "require".`],
  1142: ['permission_denied', inServer],
  1143: ['permission_denied', inServer],
  1227: ['permission_denied', inServer],
  1370: ['permission_denied', inServer],
  1290: ['permission_denied', inServer],
  1792: ['permission_denied', inServer],
  1836: ['permission_denied', (place) => `${server(place)} is read-only.`],
  1146: ['table_missing', inServer],
  1054: ['column_missing', inServer],
  1205: [
    'lock_timeout',
    (place) => `A row lock at ${server(place)} was not granted in time (innodb_lock_wait_timeout).`,
  ],
  1213: ['deadlock', (place) => `${server(place)} rolled the transaction back to resolve a deadlock.`],
  1020: ['deadlock', inServer],
  1412: [
    'snapshot_lost',
    (place, message) => `A table changed its structure while it was read. ${inServer(place, message)}`,
  ],
  1021: ['disk_full', inServer],
  1114: ['disk_full', (place, message) => `No room left at ${server(place)}: ${message}.`],
  1117: ['database_error', inServer],
  1317: ['cancelled', (place) => `The statement at ${server(place)} was cancelled.`],
  1053: ['server_lost', lost],
  1077: ['server_lost', lost],
  1080: ['server_lost', lost],
  1152: ['server_lost', lost],
  1158: ['server_lost', lost],
  1159: ['server_lost', lost],
  1160: ['server_lost', lost],
  1161: ['server_lost', lost],
  1184: ['server_lost', lost],
  1927: ['server_lost', lost],
  4031: ['server_lost', lost],
};

/** Codes of Node and mysql2. */
const byCode: Readonly<Record<string, readonly [ErrorCode, Sentence]>> = {
  ECONNREFUSED: [
    'connection_refused',
    (place) => `Nothing answers as ${server(place)}: check host and port, and that the server runs.`,
  ],
  ENOENT: [
    'connection_refused',
    (place) => `There is no socket ${place.socket ?? ''} of a ${databaseTitles[place.kind]} server.`,
  ],
  EHOSTUNREACH: ['connection_refused', (place) => `No route to ${server(place)}: check host and network.`],
  ENETUNREACH: ['connection_refused', (place) => `No route to ${server(place)}: check host and network.`],
  EACCES: ['connection_refused', inServer],
  ENOTFOUND: ['host_unknown', (place) => `Host "${place.host}" is not known: check its spelling, DNS or VPN.`],
  EAI_AGAIN: ['host_unknown', (place) => `Host "${place.host}" cannot be looked up now: check DNS or VPN.`],
  ETIMEDOUT: [
    'connection_timeout',
    (place) => `${server(place)} did not answer in time: check host, port and firewall.`,
  ],
  PROTOCOL_SEQUENCE_TIMEOUT: ['connection_timeout', inServer],
  PROTOCOL_CONNECTION_LOST: ['server_lost', lost],
  HANDSHAKE_SSL_ERROR: ['server_lost', lost],
  PROTOCOL_ERROR: ['server_lost', inServer],
  PROTOCOL_UNEXPECTED_PACKET: ['server_lost', inServer],
  ECONNRESET: ['server_lost', lost],
  EPIPE: ['server_lost', lost],
  HANDSHAKE_NO_SSL_SUPPORT: [
    'tls_failed',
    (place) => `${server(place)} does not offer encryption: set ssl.mode to "disabled" or enable TLS in the server.`,
  ],
  AUTH_SWITCH_PLUGIN_ERROR: ['authentication_failed', inServer],
};

/**
 * A SluiceError that names user, host or database where they matter; `details` carry `errno` and `sqlState`. `statement`
 * is kept, cut to 2,000 characters: never pass one that holds row values or secrets.
 */
export function toSluiceError(thrown: unknown, place: Place, statement?: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const failure = thrown as MysqlFailure;
  const message = failure.sqlMessage ?? failure.message ?? String(thrown);
  const isServerError = typeof failure.sqlState === 'string' && typeof failure.errno === 'number';
  const nodeCode = failure.code ?? '';
  if (!isServerError && (nodeCode === 'HANDSHAKE_SSL_ERROR' || isTlsCode(nodeCode)) && !isBrokenHandshake(message))
    return tlsFailure(message, server(place), thrown);
  const [code, sentence] =
    (isServerError ? byErrno[failure.errno!] : byCode[nodeCode]) ??
    (isServerError ? (['database_error', inServer] as const) : fallback(message));
  const details = {
    ...(isServerError ? { errno: failure.errno, sqlState: failure.sqlState } : { code: failure.code }),
    ...(statement === undefined ? {} : { statement: statement.slice(0, 2000) }),
  };
  return new SluiceError(code, sentence(place, message), details, thrown);
}

function fallback(message: string): readonly [ErrorCode, Sentence] {
  if (/closed state/.test(message)) return ['server_lost', lost];
  return ['database_error', inServer];
}

export const errnoOf = (error: unknown): number | null =>
  error instanceof SluiceError && typeof error.details['errno'] === 'number' ? error.details['errno'] : null;

/** SQLSTATE classes that say "this row": data exception, integrity violation, SIGNAL of a trigger. */
const rowStates = /^(22|23|45)/;
/** Errors of a row that come with the catch-all states HY000, 01000 or 42000. */
const rowErrnos = new Set([
  1048, 1118, 1153, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1416, 1425, 1426, 1441, 1525, 1526, 1690, 3140,
  3141, 3143, 3144, 3146, 3156, 3157, 3158, 3616, 3617, 3618, 3643, 3732, 3819, 4025, 4038, 1300, 1301, 1644, 3037,
  3055,
]);

/** True when the server refused values, as opposed to a statement, a lock or a connection. */
export function refusesRows(error: SluiceError): boolean {
  if (error.code !== 'database_error') return false;
  const { errno, sqlState } = error.details;
  return rowErrnos.has(errno as number) || rowStates.test(String(sqlState ?? ''));
}

/** `Data too long for column 'name' at row 3` => name; MariaDB: "column `db`.`t`.`name`". */
export function columnInMessage(message: string): string | null {
  const [, quoted, path] = /[Cc]olumn (?:'((?:[^']|'')+)'|((?:`(?:[^`]|``)+`\.?)+))/.exec(message) ?? [];
  if (quoted !== undefined) return quoted;
  return path === undefined ? null : (/`((?:[^`]|``)+)`$/.exec(path)?.[1]?.replaceAll('``', '`') ?? null);
}
