/** Seeded random requests: nothing but documented statuses, always JSON with a sentence, and the server lives on. */
import { expect, test } from 'vitest';
import { makeConfig, startControlPlane } from '../../support/control-plane.ts';
import { randomRequests } from '../../support/random-requests.ts';
import { expectDocumentedAnswer } from '../../support/rest-fuzz.ts';

const seed = 20_261_123;

test('600 random requests', { timeout: 120_000 }, async () => {
  await using plane = await startControlPlane();
  const { source, target, config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const { host } = new URL(plane.app.url!);
  const random = randomRequests(seed, {
    host,
    key: () => plane.app.apiKey.value,
    ids: [source, target, config, id],
  });
  for (let count = 0; count < 600; count++)
    await expectDocumentedAnswer(plane, random.next(), `request ${count} of seed ${seed}`);
  expect(plane.defects).toEqual([]);
  expect((await plane.send('GET', '/health')).body['status']).toBe('ok');
});
