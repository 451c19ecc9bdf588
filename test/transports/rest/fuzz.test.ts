/** Seeded random requests: nothing but documented statuses, always JSON with a sentence, and the server lives on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationNames, operations } from '../../../src/shared/contract/contract.ts';
import { errorCodes } from '../../../src/shared/errors/error-codes.ts';
import { makeConfig, postgresBody, startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { rawRequest } from '../../support/raw-http.ts';

const requests = Number(process.env['SLUICE_FUZZ_REQUESTS'] ?? 600);
const seed = Number(process.env['SLUICE_FUZZ_SEED'] ?? 20_261_123);

/** A small seeded generator (mulberry32): the same seed gives the same requests. */
function randomFrom(start: number) {
  let state = start;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <Item>(items: readonly Item[]) => items[below(items.length)]!;
  return { next, below, pick };
}

const random = randomFrom(seed);
const oddTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'null',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud83d',
  '😀',
  '../..',
  '%00',
  "'",
  '"',
  '\\',
  '${HOME}',
  'a'.repeat(3000),
];
const oddValues = [null, true, false, 0, -0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], ...oddTexts];

let plane: ControlPlane;
let ids: string[];
beforeAll(async () => {
  plane = await startControlPlane();
  const { source, target, config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  ids = [source, target, config, id];
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});

/** A body that is right, then wrong in one to three places. */
function mutatedBody(): unknown {
  const good = random.pick([
    () => postgresBody(`fuzz_${random.below(1e9)}`) as Record<string, unknown>,
    () => ({
      name: `fuzz_${random.below(1e9)}`,
      source: ids[0],
      target: ids[1],
      mode: 'convert',
      tables: [{ name: 'users' }],
      limits: {},
      rules: {},
    }),
    () => ({ theme: 'dark', allowedHosts: [] }),
    () => ({ name: 'x' }),
  ])() as Record<string, unknown>;
  for (let count = random.below(3) + 1; count > 0; count--) {
    const field = random.pick([...Object.keys(good), 'extra', 'toString', 'tables', 'ssl', 'url', 'id']);
    if (random.next() < 0.2) Reflect.deleteProperty(good, field);
    else
      good[field] = random.next() < 0.3 ? { [random.pick(oddTexts)]: random.pick(oddValues) } : random.pick(oddValues);
  }
  return random.next() < 0.15 ? random.pick(oddValues) : good;
}

/** JSON, cut short or with bytes changed now and then. */
function bodyBytes(): Buffer {
  const bytes = Buffer.from(JSON.stringify(mutatedBody()) ?? '');
  if (random.next() < 0.15) return bytes.subarray(0, random.below(bytes.length + 1));
  if (bytes.length > 0 && random.next() < 0.15) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function requestOf() {
  const operation = operations[random.pick(operationNames)];
  const id = () => (random.next() < 0.5 ? random.pick(ids) : encodeURIComponent(random.pick(oddTexts).toWellFormed()));
  const path = operation.path.replace(/\{\w+\}/g, id);
  const names = [...Object.keys(operation.input.shape), 'extra'];
  const query =
    random.next() < 0.3 ? `?${random.pick(names)}=${encodeURIComponent(random.pick(oddTexts).toWellFormed())}` : '';
  const method =
    random.next() < 0.9
      ? operation.method
      : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'SEARCH']);
  const headers: Record<string, string> = { host: new URL(plane.app.url!).host, 'x-api-key': plane.app.apiKey.value };
  if (random.next() < 0.1) headers['x-api-key'] = random.pick(['', 'wrong', 'a'.repeat(5000)]);
  if (random.next() < 0.1) headers['host'] = random.pick(['evil.example', '', '127.0.0.1:99999', '[::1]:1']);
  if (random.next() < 0.2)
    headers[random.pick(['accept', 'cookie', 'origin', 'x-odd', 'accept-encoding', 'expect'])] = random.pick([
      '',
      'x',
      'a'.repeat(2000),
      'sluice_session=x',
    ]);
  const hasBody = method === 'POST' || method === 'PUT' || random.next() < 0.1;
  if (hasBody)
    headers['content-type'] = random.next() < 0.9 ? 'application/json' : random.pick(['text/plain', 'x/y', '']);
  return { method, path: `/api/v1${path}${query}`, headers, body: hasBody ? bodyBytes() : undefined };
}

const statuses = new Set([200, 201, 202, 204, ...Object.values(errorCodes).map(({ http }) => http)]);
statuses.delete(500);

test(`${requests} random requests`, async () => {
  for (let count = 0; count < requests; count++) {
    const { method, path, headers, body } = requestOf();
    if (body) headers['content-length'] = String(body.length);
    const answer = await rawRequest(plane.app.url!, method, path, headers, body);
    const told = `request ${count} of seed ${seed}: ${method} ${path.slice(0, 200)} ${String(body).slice(0, 300)}`;
    expect(statuses.has(answer.status), `${answer.status} for ${told}`).toBe(true);
    if (answer.status >= 400 && method !== 'HEAD')
      expect(typeof (JSON.parse(answer.text) as { error: unknown }).error, told).toBe('string');
  }
  expect(plane.defects).toEqual([]);
  expect((await plane.send('GET', '/health')).body['status']).toBe('ok');
}, 300_000);
