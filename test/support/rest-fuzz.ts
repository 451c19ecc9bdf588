/** What every answer to a random request must be like. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { errorCodes } from '../../src/shared/errors/error-codes.ts';
import type { ControlPlane } from './control-plane.ts';
import type { RandomRequest } from './random-requests.ts';
import { rawRequest } from './raw-http.ts';

const statuses = new Set([200, 201, 202, 204, ...Object.values(errorCodes).map(({ http }) => http)]);
statuses.delete(500);

/** However loaded the machine is, an answer that takes this long will not come. */
const hungMs = 60_000;

/** Sends it and looks at what comes back: a documented status, and in errors a sentence. */
export async function expectDocumentedAnswer(plane: ControlPlane, request: RandomRequest, told: string): Promise<void> {
  const { method, path, headers, body } = request;
  if (body) headers['content-length'] = String(body.length);
  const timer = new AbortController();
  const late = sleep(hungMs, 'no answer' as const, { signal: timer.signal }).catch(() => 'no answer' as const);
  const answer = await Promise.race([rawRequest(plane.app.url!, method, path, headers, body), late]);
  timer.abort();
  const what = `${told}: ${method} ${path.slice(0, 200)} ${String(body).slice(0, 300)}`;
  if (answer === 'no answer') return expect.fail(`no answer to ${what}`);
  expect(statuses.has(answer.status), `${answer.status} for ${what}`).toBe(true);
  if (answer.status >= 400 && method !== 'HEAD')
    expect(typeof (JSON.parse(answer.text) as { error: unknown }).error, what).toBe('string');
}
