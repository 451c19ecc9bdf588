/** Ten thousand random requests, several at a time, and bytes that are no HTTP between them: no crash, no hang, no growth. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { makeConfig, startControlPlane } from '../support/control-plane.ts';
import { randomRequests } from '../support/random-requests.ts';
import { rawBytes } from '../support/raw-http.ts';
import { expectDocumentedAnswer } from '../support/rest-fuzz.ts';

const seed = Number(process.env['SLUICE_FUZZ_SEED'] ?? Date.now() % 1e9);
const requests = 10_000;
const atOnce = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapMegabytes = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 ** 2;
};

test(`${requests} random requests of seed ${seed}`, async () => {
  await using plane = await startControlPlane();
  const { source, target, config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const { host } = new URL(plane.app.url!);
  const random = randomRequests(seed, { host, key: () => plane.app.apiKey.value, ids: [source, target, config, id] });
  let made = 0;
  const send = async (until: number) => {
    while (made < until) {
      const told = `request ${made++} of seed ${seed}`;
      if (random.below(20) === 0) await expectClosed(plane.app.url!, random.garbage());
      else await expectDocumentedAnswer(plane, random.next(), told);
    }
  };
  const sendSeveral = async (until: number) => {
    await Promise.all(Array.from({ length: atOnce }, () => send(until)));
  };
  await sendSeveral(requests / 4);
  const before = heapMegabytes();
  await sendSeveral(requests);
  expect(plane.defects).toEqual([]);
  expect((await plane.send('GET', '/health')).body['status']).toBe('ok');
  // Connections and configs that it made on the way are kept.
  expect(heapMegabytes() - before).toBeLessThan(30);
});

/** Whatever it answers, it does not keep the connection. A body that never comes in full is given up by this end. */
async function expectClosed(url: string, bytes: string): Promise<void> {
  const answer = await rawBytes(url, bytes, { endsAfterWriting: true }).catch((error: NodeJS.ErrnoException) => {
    expect(error.code).toBe('ECONNRESET');
    return '';
  });
  if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 (?:100 |[234]\d\d )/);
}
