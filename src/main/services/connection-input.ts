/** From a connection as users write it to the complete one that is stored, with its secrets apart. */
import { invalidField } from '../../shared/errors/invalid-input.ts';
import { parseConnectionUrl } from '../../shared/model/connection-url.ts';
import type { ConnectionInput } from '../../shared/model/connection.ts';
import { databaseTitles, type DatabaseKind } from '../../shared/model/database-kind.ts';
import type { ConnectionBody, SavedConnection } from '../../shared/model/saved-connection.ts';
import { resolve } from 'node:path';

/** What a user decides about a connection, without what the server adds. */
export type ConnectionFields = Omit<
  SavedConnection,
  'id' | 'created' | 'hasPassword' | 'hasClientKey' | 'passwordFrom'
>;

export interface ReadConnection {
  readonly fields: ConnectionFields;
  /** undefined: not given. Empty: there is to be none. */
  readonly password: string | undefined;
  readonly clientKey: string | undefined;
}

const serverFields = ['host', 'port', 'username', 'password', 'database', 'schema', 'socket', 'ssl'] as const;
const defaultPorts: Record<Exclude<DatabaseKind, 'sqlite'>, number> = { postgresql: 5432, mysql: 3306, mariadb: 3306 };

/** Throws `config_invalid`, naming the field. */
export function readConnection(body: ConnectionBody): ReadConnection {
  const input = body.url === undefined ? body : mergeUrl(body);
  if (input.name === undefined) throw invalidField('name', 'is missing');
  const { name, type } = input;
  if (type === undefined) throw invalidField('type', 'is missing: postgresql, mysql, mariadb or sqlite');
  if (type === 'sqlite') return readFileConnection(name, input);
  if (input.path !== undefined) throw misplaced('path', type);
  if (input.schema !== undefined && type !== 'postgresql') throw misplaced('schema', type);
  if (input.host === undefined && input.socket === undefined) throw invalidField('host', 'is missing');
  if (input.username === undefined) throw invalidField('username', 'is missing');
  for (const field of ['ca', 'client_cert', 'client_key'] as const) {
    if (input.ssl?.[field] && !isBase64(input.ssl[field])) throw invalidField(`ssl.${field}`, 'is not base64');
  }
  const { client_key: clientKey, ...ssl } = input.ssl ?? {};
  const { host, port, username, database, schema, socket } = input;
  return {
    fields: {
      name,
      type,
      ...present({ host, port: port ?? (socket === undefined ? defaultPorts[type] : undefined), username }),
      ...present({ database, schema, socket }),
      ...(input.ssl ? { ssl: { ...ssl, mode: input.ssl.mode } } : {}),
    },
    password: input.password,
    clientKey,
  };
}

function readFileConnection(name: string, input: ConnectionInput): ReadConnection {
  for (const field of serverFields) if (input[field] !== undefined) throw misplaced(field, 'sqlite');
  if (input.path === undefined) throw invalidField('path', 'is missing: the file of the SQLite database');
  if (input.path === ':memory:')
    throw invalidField('path', 'must be a file: a database in memory ends with its connection');
  return { fields: { name, type: 'sqlite', path: resolve(input.path) }, password: undefined, clientKey: undefined };
}

/** A URL stands for the other fields; those beside it go before what it says. */
function mergeUrl({ url, ...given }: ConnectionBody): ConnectionInput {
  const fromUrl = parseConnectionUrl(url!, 'url');
  if (given.type !== undefined && given.type !== fromUrl.type)
    throw invalidField('type', 'is not the kind of database that the url names');
  return { ...fromUrl, ...present(given) };
}

const misplaced = (field: string, kind: DatabaseKind) =>
  invalidField(field, `does not belong to a connection of ${databaseTitles[kind]}`);

const isBase64 = (text: string) => /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text);

/** Without the fields that are not set. */
function present<Fields extends Record<string, unknown>>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
