/** Databases and folders for one test, removed with it: `await using database = await createDatabase(server)`. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { ServerConnectionSettings } from '../../src/shared/model/connection.ts';
import type { ServerAddress } from './servers.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** What a driver connects with. */
  readonly settings: ServerConnectionSettings;
  /** The same as a URL, e.g. for the command line. */
  readonly url: string;
  /** Runs one or more statements. */
  execute(sql: string): Promise<void>;
  /** Rows of one statement, every value as the server's own text. NULL is null, bytes are `0x` and hex on MySQL. */
  rows(sql: string): Promise<(string | null)[][]>;
}

/** An empty database with a name of its own. */
export async function createDatabase(server: ServerAddress): Promise<TestDatabase> {
  const name = `sluice_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await using administrator = await openClient(server, server.kind === 'postgresql' ? 'postgres' : 'mysql');
  // MariaDB's own default is latin1.
  const characters = server.kind === 'postgresql' ? '' : ' CHARACTER SET utf8mb4';
  await administrator.execute(`CREATE DATABASE ${name}${characters}`);
  let connection = await openClient(server, name);
  /** Another one where the server was restarted meanwhile. */
  const connected = async () => (connection.isLost() ? (connection = await openClient(server, name)) : connection);
  return {
    name,
    settings: {
      kind: server.kind,
      host: server.host,
      port: server.port,
      socket: null,
      username: server.username,
      password: server.password,
      database: name,
      schema: null,
      ssl: null,
    },
    url: `${server.kind}://${server.username}:${server.password}@${server.host}:${server.port}/${name}`,
    execute: async (sql) => await (await connected()).execute(sql),
    rows: async (sql) => await (await connected()).rows(sql),
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
      await using dropper = await openClient(server, server.kind === 'postgresql' ? 'postgres' : 'mysql');
      // FORCE: a connection that a failed test left open must not hide that test's own error.
      await dropper.execute(`DROP DATABASE IF EXISTS ${name}${server.kind === 'postgresql' ? ' WITH (FORCE)' : ''}`);
    },
  };
}

/** A folder of its own, e.g. for SQLite files. */
export async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-folder-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** One connection of a test. */
export interface Client extends AsyncDisposable {
  isLost(): boolean;
  execute(sql: string): Promise<void>;
  rows(sql: string): Promise<(string | null)[][]>;
}

export const openClient = (server: ServerAddress, database: string): Promise<Client> =>
  (server.kind === 'postgresql' ? postgresClient : mysqlClient)(server, database);

async function postgresClient(server: ServerAddress, database: string): Promise<Client> {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.username,
    password: server.password,
    database,
    types: { getTypeParser: () => (text: string | Buffer) => text },
  });
  let isLost = false;
  client.on('error', () => (isLost = true));
  await client.connect();
  return {
    isLost: () => isLost,
    execute: async (sql) => void (await client.query(sql)),
    rows: async (sql) => (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows,
    // Ending one that the server cut waits for an end that has been.
    [Symbol.asyncDispose]: async () => void (isLost || (await client.end())),
  };
}

async function mysqlClient(server: ServerAddress, database: string): Promise<Client> {
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: server.username,
    password: server.password,
    database,
    charset: 'utf8mb4',
    multipleStatements: true,
    rowsAsArray: true,
    typeCast: false,
  });
  let isLost = false;
  connection.on('error', () => (isLost = true));
  // A database whose tables an unfinished transaction still holds must fail the test, not hang it.
  await connection.query("SET time_zone = '+00:00', lock_wait_timeout = 10");
  return {
    isLost: () => isLost,
    execute: async (sql) => void (await connection.query(sql)),
    rows: async (sql) => {
      const [rows, fields] = await connection.query<mysql.RowDataPacket[][]>(sql);
      // Bytes, since nothing is cast.
      return (rows as unknown as (Buffer | null)[][]).map((row) =>
        row.map((value, index) => (value === null ? null : mysqlText(value, fields[index]!))),
      );
    },
    [Symbol.asyncDispose]: async () => (isLost ? connection.destroy() : await connection.end()),
  };
}

/** Types whose values are characters or bytes; the rest arrive as ASCII even where their character set is `binary`. */
const byteTypes = new Set([
  mysql.Types.BIT,
  mysql.Types.TINY_BLOB,
  mysql.Types.MEDIUM_BLOB,
  mysql.Types.LONG_BLOB,
  mysql.Types.BLOB,
  mysql.Types.VAR_STRING,
  mysql.Types.STRING,
  mysql.Types.GEOMETRY,
]);
const binaryCharacterSet = 63;

const mysqlText = (value: Buffer, field: mysql.FieldPacket): string =>
  field.characterSet === binaryCharacterSet && byteTypes.has(field.columnType ?? -1)
    ? `0x${value.toString('hex')}`
    : value.toString('utf8');
