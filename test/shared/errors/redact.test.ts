import { expect, test } from 'vitest';
import { redactDeep, redactEvent, redactText } from '../../../src/shared/errors/redact.ts';

const secrets = ['p@ss/word "1"', 'abc'];

test('a secret goes, also as it looks in a URL and in JSON', () => {
  expect(redactText('a p@ss/word "1" b p%40ss%2Fword%20%221%22 c p@ss/word \\"1\\"', secrets)).toBe(
    'a *** b *** c ***',
  );
});

test('a secret that is a common short text stays: hiding it would tell it', () => {
  expect(redactText('abc', secrets)).toBe('abc');
});

test('in every text of a value, but not in words that are ours', () => {
  const value = { code: 'failed', message: 'failed', list: [{ hint: 'it failed' }], count: 1, none: null };
  expect(redactDeep(value, ['failed'])).toEqual({ ...value, message: '***', list: [{ hint: 'it ***' }] });
  expect(redactDeep(value, [])).toBe(value);
});

test('values of refused rows are data of the user and stay', () => {
  const error = {
    table: 'users',
    columns: ['pin'],
    values: ['hunter22'],
    message: 'hunter22 is too long',
    code: '22001',
  };
  expect(redactEvent({ type: 'row-error', error }, ['hunter22'])).toEqual({
    type: 'row-error',
    error: { ...error, message: '*** is too long' },
  });
  const log = { type: 'log', level: 'info', message: 'used hunter22' } as const;
  expect(redactEvent(log, ['hunter22', 'info'])).toEqual({ ...log, message: 'used ***' });
});
