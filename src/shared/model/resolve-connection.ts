/** From a connection as users write it (URL, fields, `${NAME}` in them) to what a driver connects with. */
import { invalidField } from '../errors/invalid-input.ts';
import type { ConnectionInput, ConnectionSettings } from './connection.ts';
import { looksLikeUrl, parseConnectionUrl } from './connection-url.ts';
import { databaseTitles } from './database-kind.ts';

export interface ConnectionSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes an SQLite path absolute. */
  readonly absolutePath: (path: string) => string;
}

const serverDefaults = {
  postgresql: { port: 5432, username: 'postgres' },
  mysql: { port: 3306, username: 'root' },
  mariadb: { port: 3306, username: 'root' },
} as const;

/**
 * Complete settings. `at` names the connection in messages, e.g. `source`. Fields beside a `url` go before what the URL
 * says. Throws `config_invalid`: wrong or missing fields, and variables that are not set.
 */
export function resolveConnection(
  given: string | ConnectionInput,
  at: string,
  surroundings: ConnectionSurroundings,
): ConnectionSettings {
  const { url, ssl, ...fields } = typeof given === 'string' ? { url: given } : given;
  const expand = (text: string, field = at) => expandVariables(text, field, surroundings.environment);
  const expanded = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? expand(value, `${at}.${name}`) : value,
  ]);
  const own: ConnectionInput = Object.fromEntries(expanded);
  if (ssl) {
    const { mode, ...certificates } = ssl;
    const read = Object.entries(certificates).map(([name, text]) => [name, text && expand(text, `${at}.ssl.${name}`)]);
    own.ssl = { ...Object.fromEntries(read), mode };
  }
  if (url === undefined) return completeConnection(own, at, surroundings.absolutePath);
  const urlAt = typeof given === 'string' ? at : `${at}.url`;
  const fromUrl = readUrl(url, urlAt, (text) => expand(text, urlAt));
  if (own.type !== undefined && own.type !== fromUrl.type)
    throw invalidField(`${at}.type`, 'is not the kind of database that the url names');
  return completeConnection({ ...fromUrl, ...own }, at, surroundings.absolutePath);
}

/** A URL that begins with a variable has its syntax in there; otherwise variables fill parts of it. */
function readUrl(url: string, at: string, expand: (text: string) => string): ConnectionInput {
  if (!url.startsWith('${')) return parseConnectionUrl(url, at, expand);
  const whole = expand(url);
  if (!looksLikeUrl(whole)) throw invalidField(at, 'is not a connection URL once its variables are filled in');
  return parseConnectionUrl(whole, at);
}

const fileFields = ['type', 'path', 'name'];

/** Fills in defaults and checks that the fields belong to the kind of database. Throws `config_invalid`. */
export function completeConnection(
  input: ConnectionInput,
  at: string,
  absolutePath: (path: string) => string,
): ConnectionSettings {
  const { type, path } = input;
  if (type === undefined) throw invalidField(`${at}.type`, 'is missing; use postgresql, mysql, mariadb or sqlite');
  if (type === 'sqlite') {
    const foreign = Object.entries(input).find(([name, value]) => value !== undefined && !fileFields.includes(name));
    if (foreign) throw invalidField(`${at}.${foreign[0]}`, 'does not apply to SQLite, which has a path only');
    if (!path) throw invalidField(`${at}.path`, 'is missing');
    if (path === ':memory:') throw invalidField(`${at}.path`, 'must be a file: a database in memory ends with the run');
    return { kind: type, path: absolutePath(path) };
  }
  const title = databaseTitles[type];
  if (path !== undefined) throw invalidField(`${at}.path`, `does not apply to ${title}`);
  if (input.database === undefined)
    throw invalidField(`${at}.database`, `is missing: name the ${title} database, in a URL as /name after the host`);
  if (input.schema !== undefined && type !== 'postgresql')
    throw invalidField(`${at}.schema`, `does not apply to ${title}`);
  return {
    kind: type,
    host: input.host ?? 'localhost',
    port: input.port ?? serverDefaults[type].port,
    socket: input.socket ?? null,
    username: input.username || serverDefaults[type].username,
    password: input.password ?? null,
    database: input.database,
    schema: input.schema ?? null,
    ssl: input.ssl ?? null,
  };
}

/** Puts environment variables in place of `${NAME}`, once: what they hold is not looked at again. */
export function expandVariables(text: string, at: string, environment: ConnectionSurroundings['environment']): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw invalidField(at, 'has ${...} around something that is no name of an environment variable');
    const value = environment[name];
    if (value === undefined) throw invalidField(at, `the environment variable ${name} is not set`);
    return value;
  });
}
