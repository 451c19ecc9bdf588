import { expect, test } from 'vitest';
import { runWithRetries } from '../../src/main/hosts/run-with-retries.ts';
import type { ErrorCode } from '../../src/shared/errors/error-codes.ts';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';

const plan: RunEvent = { type: 'plan', tables: [], guarantee: 'snapshot', reason: null };
const progress = (name: string, rows: number): RunEvent => ({
  type: 'progress',
  table: { name, status: 'copying', rows, estimatedRows: null, bytes: 0, failed: 0 },
  readRows: rows,
  readBytes: 0,
});

type Step = readonly RunEvent[] | ErrorCode;

/** Runs attempts that tell events and then fail with a code, or end well after the last one. */
async function run(
  attempts: readonly (readonly [...RunEvent[], ErrorCode] | Step)[],
  { abortAfterMs = Infinity, cutShort = [] as readonly number[], attemptMs = 0, wasPlanned = false } = {},
) {
  let clock = Date.parse('2026-01-01T00:00:00Z');
  const started = clock;
  const waits: number[] = [];
  const events: RunEvent[] = [];
  const controller = new AbortController();
  let made = 0;
  const outcome = await runWithRetries(
    async (emit) => {
      clock += attemptMs;
      const steps = attempts[Math.min(made++, attempts.length - 1)]!;
      for (const step of typeof steps === 'string' ? [steps] : steps) {
        if (typeof step === 'string') throw new SluiceError(step, `It is ${step}.`);
        emit(step);
      }
      return 'done';
    },
    (event) => events.push(event),
    controller.signal,
    {
      now: () => clock,
      random: () => 0,
      async sleep(ms) {
        waits.push(ms);
        clock += ms;
        if (clock - started >= abortAfterMs) controller.abort();
        return cutShort.includes(waits.length);
      },
    },
    wasPlanned,
  ).catch((error: unknown) => error);
  return { outcome, waits, made, events, minutes: (clock - started) / 60_000 };
}

test('before its plan, only a run is tried again whose stream came to one earlier', async () => {
  expect(await run(['connection_refused', []], { wasPlanned: true })).toMatchObject({
    outcome: 'done',
    waits: [1_000],
  });
  expect(await run(['connection_refused', []])).toMatchObject({ outcome: { code: 'connection_refused' }, waits: [] });
  const refused = await run(['authentication_failed', []], { wasPlanned: true });
  expect(refused).toMatchObject({ outcome: { code: 'authentication_failed' }, waits: [] });
});

test('a passing error is waited for, longer each time, and told', async () => {
  const { outcome, waits, events } = await run([[plan, 'server_lost'], 'connection_refused', 'connection_refused', []]);
  expect(outcome).toBe('done');
  expect(waits).toEqual([1_000, 2_000, 5_000]);
  expect(events.filter(({ type }) => type === 'phase')).toEqual([
    { type: 'phase', phase: 'waiting', detail: 'Attempt 2 at 2026-01-01T00:00:01.000Z. It is server_lost.' },
    { type: 'phase', phase: 'waiting', detail: 'Attempt 3 at 2026-01-01T00:00:03.000Z. It is connection_refused.' },
    { type: 'phase', phase: 'waiting', detail: 'Attempt 4 at 2026-01-01T00:00:08.000Z. It is connection_refused.' },
  ]);
});

test.each(['authentication_failed', 'table_missing', 'rows_refused', 'internal'] as const)(
  '%s is not',
  async (code) => {
    const { outcome, made } = await run([[plan, code]]);
    expect(outcome).toMatchObject({ code });
    expect(made).toBe(1);
  },
);

test('who starts a run hears at once that a server is not there', async () => {
  const { outcome, made } = await run(['connection_refused']);
  expect(outcome).toMatchObject({ code: 'connection_refused' });
  expect(made).toBe(1);
});

test('without a row for a quarter of an hour it fails', async () => {
  const { outcome, minutes } = await run([[plan, 'disk_full']]);
  expect(outcome).toMatchObject({ code: 'disk_full' });
  expect(minutes).toBeGreaterThanOrEqual(15);
  expect(minutes).toBeLessThan(16);
});

test('rows that come begin the waits anew; rows that came before do not', async () => {
  const lost = 'server_lost';
  const { waits } = await run([
    [plan, progress('a', 1), lost],
    [progress('a', 1), lost],
    [progress('b', 1), lost],
    [progress('b', 1), lost],
    [],
  ]);
  expect(waits).toEqual([1_000, 2_000, 1_000, 2_000]);
});

test('an abort ends the waiting', async () => {
  const { outcome, made } = await run([[plan, 'server_lost']], { abortAfterMs: 3_000 });
  expect(outcome).toMatchObject({ code: 'server_lost' });
  expect(made).toBe(2);
});

test('a wait that is cut short begins the waits anew', async () => {
  const { waits, made } = await run([[plan, 'server_lost'], 'server_lost', 'server_lost', 'server_lost', []], {
    cutShort: [2],
  });
  expect(waits).toEqual([1_000, 2_000, 1_000, 2_000]);
  expect(made).toBe(5);
});

test('what attempts take is not counted: neither a long one nor the sleep of a computer ends the patience', async () => {
  const { outcome, waits } = await run([[plan, 'server_lost'], []], { attemptMs: 3_600_000 });
  expect(outcome).toBe('done');
  expect(waits).toEqual([1_000]);
});

test('a wait that is cut short now and then gives the quarter of an hour anew', async () => {
  const { waits } = await run([[plan, 'connection_refused']], { cutShort: [20] });
  const [before, after] = [waits.slice(0, 20), waits.slice(20)].map((part) => part.reduce((sum, ms) => sum + ms, 0));
  expect(before).toBeLessThan(15 * 60_000);
  expect(after).toBeGreaterThanOrEqual(15 * 60_000);
});
