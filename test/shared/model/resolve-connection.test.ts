import { expect, test } from 'vitest';
import type { ConnectionInput, ConnectionSettings } from '../../../src/shared/model/connection.ts';
import { resolveConnection } from '../../../src/shared/model/resolve-connection.ts';

const surroundings = {
  environment: {
    PASSWORD: 'p@ss/${HOME}',
    HOST: 'h',
    EMPTY: '',
    URL: 'postgresql://u:p%40@h/db',
    NAME: 'shop',
    CA: 'Q0E=',
    TEXT: 'hunter2',
  },
  absolutePath: (path: string) => (path.startsWith('/') ? path : `/work-folder/${path}`),
};
const resolve = (given: string | ConnectionInput) => resolveConnection(given, 'source', surroundings);

const server = {
  host: 'localhost',
  port: 5432,
  socket: null,
  username: 'postgres',
  password: null,
  database: 'db',
  schema: null,
  ssl: null,
} as const;
const mysql = { ...server, port: 3306, username: 'root' } as const;

const resolved: [given: string | ConnectionInput, settings: ConnectionSettings][] = [
  ['postgresql:///db', { kind: 'postgresql', ...server }],
  ['mysql:///db', { kind: 'mysql', ...mysql }],
  ['mariadb:///db', { kind: 'mariadb', ...mysql }],
  ['shop.db', { kind: 'sqlite', path: '/work-folder/shop.db' }],
  ['sqlite:///x/shop.db', { kind: 'sqlite', path: '/x/shop.db' }],
  [
    'postgresql://u:${PASSWORD}@${HOST}/${NAME}',
    { kind: 'postgresql', ...server, host: 'h', username: 'u', password: 'p@ss/${HOME}', database: 'shop' },
  ],
  ['mysql://u:${EMPTY}@h/db', { kind: 'mysql', ...mysql, host: 'h', username: 'u', password: '' }],
  ['${URL}', { kind: 'postgresql', ...server, host: 'h', username: 'u', password: 'p@' }],
  ['${URL}?schema=s', { kind: 'postgresql', ...server, host: 'h', username: 'u', password: 'p@', schema: 's' }],
  [
    { url: '${URL}', password: '${TEXT}' },
    { kind: 'postgresql', ...server, host: 'h', username: 'u', password: 'hunter2' },
  ],
  [
    { url: 'mysql://h/db', type: 'mysql', port: 77 },
    { kind: 'mysql', ...mysql, host: 'h', port: 77 },
  ],
  [
    {
      type: 'mariadb',
      host: '${HOST}',
      port: 1,
      username: 'u',
      password: '%41',
      database: '${NAME}',
      socket: '/run/${NAME}.sock',
      ssl: { mode: 'verify-full', ca: '${CA}' },
    },
    {
      kind: 'mariadb',
      host: 'h',
      port: 1,
      username: 'u',
      password: '%41',
      database: 'shop',
      socket: '/run/shop.sock',
      schema: null,
      ssl: { mode: 'verify-full', ca: 'Q0E=' },
    },
  ],
  [
    { type: 'sqlite', path: '${NAME}' },
    { kind: 'sqlite', path: '/work-folder/shop' },
  ],
  [
    { type: 'sqlite', path: '/x', name: 'mine' },
    { kind: 'sqlite', path: '/x' },
  ],
];

test.each(resolved)('%j', (given, settings) => {
  expect(resolve(given)).toEqual(settings);
});

const refused: [given: string | ConnectionInput, message: string][] = [
  ['mysql://h', 'source.database: is missing: name the MySQL database, in a URL as /name after the host'],
  ['mysql://u:${NOPE}@h/db', 'source: the environment variable NOPE is not set'],
  [{ type: 'mysql', database: 'd', password: '${NOPE}' }, 'source.password: the environment variable NOPE is not set'],
  [{ url: 'mysql://${NOPE}/db' }, 'source.url: the environment variable NOPE is not set'],
  [
    { type: 'sqlite', path: '${}' },
    'source.path: has ${...} around something that is no name of an environment variable',
  ],
  ['${TEXT}', 'source: is not a connection URL once its variables are filled in'],
  [{ host: 'h' }, 'source.type: is missing; use postgresql, mysql, mariadb or sqlite'],
  [{ url: 'mysql://h/db', type: 'mariadb' }, 'source.type: is not the kind of database that the url names'],
  [{ type: 'postgresql', database: 'd', path: 'x' }, 'source.path: does not apply to PostgreSQL'],
  [{ type: 'mysql', database: 'd', schema: 'x' }, 'source.schema: does not apply to MySQL'],
  [{ type: 'sqlite' }, 'source.path: is missing'],
  [{ type: 'sqlite', path: 'x', host: 'h' }, 'source.host: does not apply to SQLite, which has a path only'],
  ['sqlite::memory:', 'source.path: must be a file: a database in memory ends with the run'],
];

test.each(refused)('refuses %j', (given, message) => {
  expect(() => resolve(given)).toThrow(expect.objectContaining({ code: 'config_invalid', message }));
});
