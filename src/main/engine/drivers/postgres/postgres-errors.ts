/** What PostgreSQL, its client and the network throw, turned once into errors that say what to do. */
import type { ErrorCode } from '../../../../shared/errors/error-codes.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { isTlsCode, tlsFailure } from '../../driver/tls.ts';
import { RowsRefused } from '../../driver/rows-refused.ts';

/** Where a session goes and as whom; what messages name. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly socket: string | null;
  readonly username: string;
  readonly database: string;
}

/** The fields of an ErrorResponse, as `pg` names them. */
export interface ServerError extends Error {
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

export function isServerError(thrown: unknown): thrown is ServerError {
  return (
    thrown instanceof Error && 'code' in thrown && /^[0-9A-Z]{5}$/.test(String(thrown.code)) && 'severity' in thrown
  );
}

/** Errors after which the server closes the connection: shutdown, timeouts of idle sessions. */
export function isFarewell(thrown: unknown): boolean {
  return isServerError(thrown) && /^(57P0[1-5]|25P0[34]|08)/.test(thrown.code);
}

/** `thrown` as a SluiceError. `doing`: the statement or step, for the details; never with values of the user's rows. */
export function postgresError(thrown: unknown, address: PostgresAddress, doing: string | null = null): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  if (isServerError(thrown)) return serverError(thrown, address, doing);
  return clientError(thrown, address);
}

/**
 * RowsRefused when the server refuses rows for what they hold (SQLSTATE classes 22, 23, 44, row-dependent limits, and
 * exceptions of the user's triggers), otherwise null.
 */
export function asRowsRefused(thrown: unknown, columns: readonly string[]): RowsRefused | null {
  if (!isServerError(thrown) || !/^(22|23|44|54000|P0001)/.test(thrown.code)) return null;
  const message = thrown.detail ? `${thrown.message}. ${thrown.detail}` : thrown.message + remedyOf(thrown);
  return new RowsRefused(message, thrown.code, thrown.column ?? columnInContext(thrown.where ?? '', columns));
}

/** What the server's words do not say: that a rule takes care of such values. */
function remedyOf({ code, message }: ServerError): string {
  return code === '22021' && message.endsWith(' 0x00') ? ': set rules.nulByte to "strip" or "replace"' : '';
}

/** COPY names the column in its context only: `COPY t, line 3, column price: "abc"`, in the server's language. */
function columnInContext(where: string, columns: readonly string[]): string | null {
  if (!where.startsWith('COPY ')) return null;
  const context = where.split('\n', 1)[0]!.slice(0, 400);
  const named = columns.filter((name) => context.includes(` ${name}: `) || context.endsWith(` ${name}`));
  return named.sort((a, b) => b.length - a.length)[0] ?? null;
}

const place = (address: PostgresAddress) =>
  address.socket === null
    ? `PostgreSQL at ${address.host}:${address.port}`
    : `PostgreSQL at socket ${address.socket} (port ${address.port})`;

function serverError(error: ServerError, address: PostgresAddress, doing: string | null): SluiceError {
  const details = {
    sqlState: error.code,
    ...(error.detail && { detail: error.detail }),
    ...(error.hint && { hint: error.hint }),
    ...(error.table && { table: error.table }),
    ...(error.column && { column: error.column }),
    ...(error.constraint && { constraint: error.constraint }),
    ...(doing && { statement: doing }),
  };
  const fail = (code: ErrorCode, message: string) => new SluiceError(code, message, details, error);
  const server = place(address);
  // Details and hints are sentences, messages are not.
  const said = [error.message, error.detail, error.hint]
    .flatMap((text) => (text ? [text.replace(/\.$/, '')] : []))
    .join('. ');
  const { username, database } = address;
  switch (error.code) {
    case '28P01':
      return fail('authentication_failed', `${server} refuses the password of user "${username}". Check both.`);
    case '28000':
      return fail(
        'authentication_failed',
        `${server} does not let user "${username}" into database "${database}" from here: ${said}. Check user name and ssl.mode, or have pg_hba.conf allow it.`,
      );
    case '3D000':
      return fail(
        'database_missing',
        `${server} has no database "${database}". Check the name (case matters), or create it first.`,
      );
    case '53300':
    case '53400':
      return fail(
        'too_many_connections',
        `${server} has no free connection (${said}). Lower parallelism or raise max_connections.`,
      );
    case '53100':
      return fail('disk_full', `${server} has no disk space left: ${said}. Make room, then resume.`);
    case '42501':
      return fail('permission_denied', `User "${username}" lacks a privilege in database "${database}": ${said}.`);
    case '40P01':
    case '40001':
      return fail('deadlock', `${server} ended the transaction because of another one: ${said}.`);
    case '55P03':
      return fail('lock_timeout', `${server} did not grant a lock in time: ${said}.`);
    case '55006':
      return fail('target_in_use', `${server}: another session uses it: ${said}.`);
    case '57014':
      return fail('cancelled', `A statement was cancelled on ${server}.`);
    case '72000':
      return fail('snapshot_lost', `${server} no longer has the snapshot: ${said}.`);
    case '25006':
      return fail(
        'permission_denied',
        `${server} is read-only for this statement: ${said}. Sluice never writes to a source; a target must be a primary.`,
      );
    case '42P01':
    case '3F000':
      return fail('table_missing', `Database "${database}": ${said}.`);
    case '42P04':
    case '42P06':
      return fail('conflict', `${server}: ${said}. Choose another name.`);
    case '42703':
      return fail('column_missing', `Database "${database}": ${said}.`);
    default:
  }
  if (isFarewell(error)) return fail('server_lost', `${server} ended or refuses the connection: ${said}.`);
  // Two statements at once chose the same name for what they make, e.g. the indexes of a partition: the next attempt sees it.
  if (error.code === '23505' && error.schema === 'pg_catalog') {
    return fail('deadlock', `${server}: another statement made something of the same name at the same time: ${said}.`);
  }
  if (error.code.startsWith('23')) return fail('constraint_failed', `${said}.`);
  return fail('database_error', `${server}: ${said} (SQLSTATE ${error.code}).`);
}

/** Errors on this side of the wire: the network, TLS, and what `pg` itself throws. */
function clientError(thrown: unknown, address: PostgresAddress): SluiceError {
  const first = thrown instanceof AggregateError && thrown.errors.length > 0 ? (thrown.errors[0] as unknown) : thrown;
  const code = first instanceof Error && 'code' in first ? String(first.code) : '';
  const message = first instanceof Error ? first.message : String(first);
  const server = place(address);
  const fail = (kind: ErrorCode, text: string) => new SluiceError(kind, text, code ? { errno: code } : {}, thrown);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail('host_unknown', `The host name "${address.host}" does not resolve. Check its spelling, DNS or VPN.`);
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOENT':
    case 'EACCES':
      return fail(
        'connection_refused',
        `Nothing answers for ${server} (${code}). Check host and port, that the server runs and listens there, and the firewall.`,
      );
    case 'ETIMEDOUT':
      return fail('connection_timeout', `${server} did not answer in time. Check host, port and firewall.`);
    case 'ECONNRESET':
    case 'EPIPE':
      return fail('server_lost', `The connection to ${server} broke (${code}).`);
    default:
  }
  if (message === 'timeout expired')
    return fail('connection_timeout', `${server} did not answer in time. Check host, port and firewall.`);
  if (message.startsWith('received invalid response'))
    return fail(
      'unsupported_server',
      `What answers at ${address.host}:${address.port} is no PostgreSQL. Check the port and the type of the connection.`,
    );
  if (message.startsWith('Connection terminated') || message.includes('not queryable'))
    return fail('server_lost', `The connection to ${server} broke.`);
  if (message.startsWith('SASL:') && message.includes('client password'))
    return fail('authentication_failed', `${server} asks for a password of user "${address.username}". Give one.`);
  if (message.startsWith('The server does not support SSL'))
    return address.socket === null
      ? fail('tls_failed', `${server} offers no TLS. Enable ssl on the server, or set ssl.mode to "disabled".`)
      : fail('tls_failed', `${server} has no TLS, since that is no network. Set ssl.mode to "disabled".`);
  if (isTlsCode(code) || /SSL|certificate/.test(message)) return tlsFailure(message, server, thrown);
  return fail('database_error', `${server}: ${message}`);
}
