/** Seeded random requests to the REST API: right ones, and such as are wrong in few places or in all. */
import { operationNames, operations } from '../../src/shared/contract/contract.ts';
import { postgresBody } from './control-plane.ts';

export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
}

export interface RandomDoor {
  readonly host: string;
  readonly key: () => string;
  /** Of things that exist: source, target, config, ... */
  readonly ids: readonly string[];
}

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

/** `next` makes a request; `garbage` bytes that are no HTTP, or nearly. */
export function randomRequests(
  seed: number,
  door: RandomDoor,
): { next(): RandomRequest; garbage(): string; below(limit: number): number } {
  const random = randomFrom(seed);
  const { ids } = door;

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
        good[field] =
          random.next() < 0.3 ? { [random.pick(oddTexts)]: random.pick(oddValues) } : random.pick(oddValues);
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

  function next(): RandomRequest {
    const operation = operations[random.pick(operationNames)];
    const id = () =>
      random.next() < 0.5 ? random.pick(ids) : encodeURIComponent(random.pick(oddTexts).toWellFormed());
    const path = operation.path.replace(/\{\w+\}/g, id);
    const names = [...Object.keys(operation.input.shape), 'extra'];
    const query =
      random.next() < 0.3 ? `?${random.pick(names)}=${encodeURIComponent(random.pick(oddTexts).toWellFormed())}` : '';
    const method =
      random.next() < 0.9
        ? operation.method
        : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'SEARCH']);
    const headers: Record<string, string> = { host: door.host, 'x-api-key': door.key() };
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

  /** A request head that is right but for a few characters. */
  function garbage(): string {
    const { method, path, headers, body } = next();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = [`${method} ${path} HTTP/1.1`, ...lines, 'connection: close', '', ''].join('\r\n');
    const characters = [...`${head}${body?.toString('latin1') ?? ''}`];
    for (let count = random.below(4) + 1; count > 0; count--)
      characters[random.below(characters.length)] = String.fromCharCode(random.below(256));
    return characters.join('');
  }

  return { next, garbage, below: random.below };
}
