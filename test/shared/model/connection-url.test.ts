import { describe, expect, test } from 'vitest';
import type { ConnectionInput } from '../../../src/shared/model/connection.ts';
import { displayConnection, looksLikeUrl, parseConnectionUrl } from '../../../src/shared/model/connection-url.ts';

const parsed: [url: string, input: ConnectionInput][] = [
  ['postgresql://h/db', { type: 'postgresql', host: 'h', database: 'db' }],
  ['postgres://h/db', { type: 'postgresql', host: 'h', database: 'db' }],
  ['POSTGRESQL://h/db', { type: 'postgresql', host: 'h', database: 'db' }],
  ['mysql:///db', { type: 'mysql', database: 'db' }],
  ['mariadb://h', { type: 'mariadb', host: 'h' }],
  ['mysql://u@h/db', { type: 'mysql', username: 'u', host: 'h', database: 'db' }],
  ['mysql://u:@h/db', { type: 'mysql', username: 'u', password: '', host: 'h', database: 'db' }],
  ['mysql://:p@h/db', { type: 'mysql', password: 'p', host: 'h', database: 'db' }],
  [
    'postgresql://app:s3cret@db.example.com:6432/shop?sslmode=require&schema=sales',
    {
      type: 'postgresql',
      username: 'app',
      password: 's3cret',
      host: 'db.example.com',
      port: 6432,
      database: 'shop',
      schema: 'sales',
      ssl: { mode: 'require' },
    },
  ],
  // What may stand in a password as it is, and what is percent-encoded.
  ['mysql://u:a@b:c@h/db', { type: 'mysql', username: 'u', password: 'a@b:c', host: 'h', database: 'db' }],
  [
    'mysql://u%40x:%2F%3f%23%25%20%C3%A9+@h/d%2Fb',
    { type: 'mysql', username: 'u@x', password: '/?#% é+', host: 'h', database: 'd/b' },
  ],
  ['mysql://ü:п@h/数据', { type: 'mysql', username: 'ü', password: 'п', host: 'h', database: '数据' }],
  // Hosts.
  ['postgresql://[::1]:55/db', { type: 'postgresql', host: '::1', port: 55, database: 'db' }],
  ['postgresql://u@[fe80::1%25eth0]/db', { type: 'postgresql', username: 'u', host: 'fe80::1%eth0', database: 'db' }],
  ['postgresql://%2Fvar%2Frun/db', { type: 'postgresql', socket: '/var/run', database: 'db' }],
  ['postgresql:///db?host=/var/run/postgresql', { type: 'postgresql', socket: '/var/run/postgresql', database: 'db' }],
  ['postgresql:///db?host=h', { type: 'postgresql', host: 'h', database: 'db' }],
  [
    'mysql://u@/db?socket=/run/my%20sql.sock',
    { type: 'mysql', username: 'u', socket: '/run/my sql.sock', database: 'db' },
  ],
  // Encryption, in both servers' words.
  ['mysql://h/db?ssl-mode=VERIFY_IDENTITY', { type: 'mysql', host: 'h', database: 'db', ssl: { mode: 'verify-full' } }],
  ['mysql://h/db?ssl-mode=REQUIRED', { type: 'mysql', host: 'h', database: 'db', ssl: { mode: 'require' } }],
  ['postgresql://h/db?sslmode=disable', { type: 'postgresql', host: 'h', database: 'db', ssl: { mode: 'disabled' } }],
  [
    'postgresql://h/db?sslmode=verify-ca',
    { type: 'postgresql', host: 'h', database: 'db', ssl: { mode: 'verify-ca' } },
  ],
  // Files.
  ['sqlite:///data/my%20shop.db', { type: 'sqlite', path: '/data/my shop.db' }],
  ['sqlite:/data/shop', { type: 'sqlite', path: '/data/shop' }],
  ['sqlite:shop.bin', { type: 'sqlite', path: 'shop.bin' }],
  ['sqlite:../a%3Fb', { type: 'sqlite', path: '../a?b' }],
  ['sqlite:///C:/data/shop.db', { type: 'sqlite', path: 'C:/data/shop.db' }],
  ['shop.db', { type: 'sqlite', path: 'shop.db' }],
  ['/data/100%.SQLite3', { type: 'sqlite', path: '/data/100%.SQLite3' }],
  ['./a b.sqlite', { type: 'sqlite', path: './a b.sqlite' }],
];

test.each(parsed)('%s', (url, input) => {
  expect(parseConnectionUrl(url, 'source')).toEqual(input);
});

/** None of these messages may hold a piece of the password, wherever it was put. */
const refused: [url: string, message: RegExp][] = [
  ['shop', /^source: is not a connection URL/],
  ['oracle://h/db', /is not a connection URL/],
  ['postgrsql://u:hunter2@h/db', /did you mean "postgresql:"\?/],
  ['postgresql://u:hun/ter2@h/db', /write \/ as %2F/],
  ['postgresql://u:hun?ter2@h/db', /write \/ as %2F/],
  ['postgresql://u:hun#ter2@h/db', /write \/ as %2F/],
  ['postgresql://h/db#hunter2', /is not of the form/],
  ['postgresql:/h/db', /is not of the form/],
  ['postgresql://h:hunter2/db', /port that is not a number from 1 to 65535/],
  ['postgresql://h:0/db', /port/],
  ['postgresql://h:65536/db', /port/],
  ['postgresql://h:/db', /port/],
  ['postgresql://h/db/hunter2', /more than one \//],
  ['postgresql://a,b/db', /several hosts/],
  ['postgresql://u:%zz@h/db', /% that is not followed by two hex digits/],
  ['postgresql://u:%FF@h/db', /% that is not followed by two hex digits/],
  ['postgresql://h/db?shema=x', /unknown parameter "shema"; did you mean "schema"\?/],
  ['postgresql://h/db?hunter2', /unknown parameter; known are host, socket, schema, sslmode, ssl-mode$/],
  ['postgresql://h/db?schema=a&schema=b', /"schema" twice/],
  ['postgresql://h/db?schema=', /"schema" without a value/],
  ['postgresql://h/db?sslmode=prefer', /unknown sslmode; use disable, require, verify-ca or verify-full/],
  ['mysql://h/db?schema=x', /only PostgreSQL/],
  ['sqlite://shop.db', /use sqlite:\/\/\/absolute\/path or sqlite:relative\/path/],
  ['sqlite:', /names no file/],
  ['sqlite:///', /names no file/],
  ['sqlite:a.db?mode=ro', /%3F/],
];

test.each(refused)('refuses %s', (url, message) => {
  const parse = () => parseConnectionUrl(url, 'source');
  expect(parse).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }));
  expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/hun|ter2/) }));
});

test('what a variable holds is never taken for syntax', () => {
  const values: Record<string, string> = { '${P}': 'a/b@c?d#e%41:', '${H}': 'h', '${PORT}': '77' };
  const expand = (text: string) => values[text] ?? text;
  expect(parseConnectionUrl('mysql://u:x${P}%41@${H}:${PORT}/db', 'source', expand)).toEqual({
    type: 'mysql',
    username: 'u',
    password: 'xa/b@c?d#e%41:A',
    host: 'h',
    port: 77,
    database: 'db',
  });
});

test.each([
  ['shop', false],
  ['conn_2sZyDMeIbdaXnN9OL7vYzzAiZU5', false],
  ['my shop', false],
  ['shop.db', true],
  ['sqlite:shop', true],
  ['whatever://x', true],
  ['${URL}', true],
])('%s looks like a URL: %s', (text, answer) => {
  expect(looksLikeUrl(text)).toBe(answer);
});

describe('shown to people', () => {
  const server = { port: 5432, username: 'u', password: 'hunter2', database: 'db', schema: null, ssl: null };

  test('a server, without its password', () => {
    expect(displayConnection({ kind: 'postgresql', host: 'h', socket: null, ...server })).toBe(
      'postgresql://u@h:5432/db',
    );
    expect(displayConnection({ kind: 'mysql', host: '::1', socket: null, ...server })).toBe('mysql://u@[::1]:5432/db');
    expect(displayConnection({ kind: 'mysql', host: 'h', socket: '/s', ...server })).toBe('mysql://u@/s/db');
  });

  test('a file', () => {
    expect(displayConnection({ kind: 'sqlite', path: '/a b.db' })).toBe('sqlite:/a b.db');
  });
});
