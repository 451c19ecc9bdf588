/**
 * Connections as URLs: `postgresql://user:password@host:port/database?schema=...`, `mysql://`, `mariadb://`,
 * `sqlite:///absolute/path`, `sqlite:relative/path`, or the bare path of an SQLite file (`shop.db`). Messages about them
 * never repeat what a password could have ended up in.
 */
import { invalidField } from '../errors/invalid-input.ts';
import { closestName } from './closest-name.ts';
import type { ConnectionInput, ConnectionSettings } from './connection.ts';
import type { DatabaseKind } from './database-kind.ts';

type Kind = Exclude<DatabaseKind, 'sqlite'>;

const schemes: Readonly<Record<string, Kind>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
};

/** `sslmode` of PostgreSQL and `ssl-mode` of MySQL, in any letter case. */
const sslModes = {
  disable: 'disabled',
  disabled: 'disabled',
  require: 'require',
  required: 'require',
  'verify-ca': 'verify-ca',
  verify_ca: 'verify-ca',
  'verify-full': 'verify-full',
  verify_identity: 'verify-full',
} as const;

const parameterNames = ['host', 'socket', 'schema', 'sslmode', 'ssl-mode'];

const sqliteFile = /\.(db|db3|sqlite|sqlite3)$/i;

/** True for texts that parseConnectionUrl takes, good or bad; false for what must be a name of something. */
export function looksLikeUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('${') || sqliteFile.test(text);
}

/**
 * Takes a URL apart. `at` names its place in messages, e.g. `source`. `expand` is applied to each decoded part, so that
 * what a variable holds is never taken for syntax. Fields that the URL does not have are absent. Throws `config_invalid`.
 */
export function parseConnectionUrl(
  url: string,
  at: string,
  expand: (text: string) => string = (text) => text,
): ConnectionInput {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') return { type: 'sqlite', path: sqlitePath(url.slice('sqlite:'.length), at, expand) };
  const kind = scheme === undefined ? undefined : schemes[scheme];
  if (kind !== undefined) return parseServerUrl(url, kind, at, expand);
  if (scheme === undefined && sqliteFile.test(url)) return { type: 'sqlite', path: expand(url) };
  const known = [...Object.keys(schemes), 'sqlite'];
  const suggestion = scheme === undefined ? null : closestName(scheme, known);
  throw invalidField(
    at,
    `is not a connection URL: it begins with postgresql://, mysql://, mariadb:// or sqlite:, or is a path that ends with .db, .sqlite or .sqlite3` +
      (suggestion === null ? '' : `; did you mean "${suggestion}:"?`),
  );
}

/** For messages and titles: without password. */
export function displayConnection(settings: ConnectionSettings): string {
  if (settings.kind === 'sqlite') return `sqlite:${settings.path}`;
  const { kind, username, host, port, socket, database } = settings;
  const server = socket ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return `${kind}://${username}@${server}/${database}`;
}

/** Authority, then path and query; a password may hold `@` and `:`, but none of `/ ? #` unless percent-encoded. */
const serverUrl = /^[^:]+:\/\/(?:([^/?#]*)@)?(\[[^\]/?#]*\]|[^:/?#]*)(?::([^/?#]*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/;

function parseServerUrl(url: string, kind: Kind, at: string, expand: (text: string) => string): ConnectionInput {
  const parts = serverUrl.exec(url);
  // An @ behind the authority is a password cut short by its own / or ?: nothing of it may be shown.
  if (!parts || [parts[4], parts[5]].some((rest) => rest?.includes('@')))
    throw invalidField(
      at,
      `is not of the form ${kind}://user:password@host:port/database; in a password write / as %2F, ? as %3F, # as %23, and elsewhere @ as %40`,
    );
  const decode = (text: string) => decodeAndExpand(text, at, expand);
  const [, login, rawHost = '', rawPort, rawDatabase] = parts;
  const parameters = parseParameters(parts[5], at, decode);
  const host = decode(rawHost.startsWith('[') ? rawHost.slice(1, -1) : rawHost);
  const input: ConnectionInput = { type: kind };
  if (login !== undefined) {
    const colon = login.indexOf(':');
    input.username = decode(colon === -1 ? login : login.slice(0, colon));
    if (colon !== -1) input.password = decode(login.slice(colon + 1));
    if (input.username === '') delete input.username;
  }
  if (rawPort !== undefined) input.port = parsePort(decode(rawPort), at);
  if (rawDatabase) {
    if (rawDatabase.includes('/'))
      throw invalidField(at, 'has more than one / after the host; write one in a name as %2F');
    input.database = decode(rawDatabase);
  }
  applyHost(input, host || (parameters.get('host') ?? ''), at);
  applyParameters(input, parameters, kind, at);
  return input;
}

/** A host that is a path is a Unix socket, as in libpq's `?host=/var/run/postgresql`. */
function applyHost(input: ConnectionInput, host: string, at: string): void {
  if (host.includes(',')) throw invalidField(at, 'names several hosts; give one');
  if (host.startsWith('/')) input.socket = host;
  else if (host !== '') input.host = host;
}

function applyParameters(
  input: ConnectionInput,
  parameters: ReadonlyMap<string, string>,
  kind: Kind,
  at: string,
): void {
  const socket = parameters.get('socket');
  if (socket !== undefined) input.socket = socket;
  const schema = parameters.get('schema');
  if (schema !== undefined) {
    if (kind !== 'postgresql') throw invalidField(at, 'has a parameter "schema", which only PostgreSQL knows');
    input.schema = schema;
  }
  const mode = parameters.get('sslmode') ?? parameters.get('ssl-mode');
  if (mode !== undefined) {
    const known = Object.entries(sslModes).find(([name]) => name === mode.toLowerCase());
    if (!known) throw invalidField(at, 'has an unknown sslmode; use disable, require, verify-ca or verify-full');
    input.ssl = { mode: known[1] };
  }
}

function parseParameters(query: string | undefined, at: string, decode: (text: string) => string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of (query ?? '').split('&').filter((text) => text !== '')) {
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (!parameterNames.includes(name)) {
      const suggestion = closestName(name, parameterNames);
      // The name is shown only when it looks like one: it may be a piece of a password.
      const shown = suggestion === null ? '' : ` "${name}"; did you mean "${suggestion}"?`;
      throw invalidField(at, `has an unknown parameter${shown || `; known are ${parameterNames.join(', ')}`}`);
    }
    if (parameters.has(name)) throw invalidField(at, `has the parameter "${name}" twice`);
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (value === '') throw invalidField(at, `has the parameter "${name}" without a value`);
    parameters.set(name, value);
  }
  return parameters;
}

function parsePort(text: string, at: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw invalidField(
      at,
      'has a port that is not a number from 1 to 65535; in a password write / as %2F and : as %3A',
    );
  return port;
}

function sqlitePath(rest: string, at: string, expand: (text: string) => string): string {
  const form = 'use sqlite:///absolute/path or sqlite:relative/path';
  if (/[?#]/.test(rest)) throw invalidField(at, 'has a ? or # after sqlite:; write them in a path as %3F and %23');
  if (rest.startsWith('//') && !rest.startsWith('///')) throw invalidField(at, `has a host after sqlite://; ${form}`);
  // sqlite:///C:/shop.db: the slash before a drive is the URL's.
  const path = decodeAndExpand(rest.replace(/^\/\//, '').replace(/^\/(?=[a-z]:[\\/])/i, ''), at, expand);
  if (path === '' || path === '/') throw invalidField(at, `names no file; ${form}`);
  return path;
}

/** Percent-decodes what is written out and puts values in place of `${NAME}`; values are taken as they are. */
function decodeAndExpand(text: string, at: string, expand: (text: string) => string): string {
  return text
    .split(/(\$\{[^}]*\})/)
    .map((part, index) => (index % 2 === 1 ? expand(part) : decodePercents(part, at)))
    .join('');
}

function decodePercents(text: string, at: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidField(at, 'has a % that is not followed by two hex digits of UTF-8; write a plain % as %25');
  }
}
