import { expect, test } from 'vitest';
import type { Finding } from '../../../src/shared/model/finding.ts';
import { groupFindings } from '../../../src/shared/model/group-findings.ts';

const finding = (message: string, more: Partial<Finding> = {}): Finding => ({
  severity: 'warning',
  code: 'a',
  message,
  ...more,
});
const shown = (findings: readonly Finding[]) =>
  groupFindings(findings).map(({ message, places, findings: alike }) => [message, places, alike.length]);

test('a sentence about many things is said once, with where it holds', () => {
  expect(
    shown([
      finding('Column "a" of "orders" ignores case.'),
      finding('View "v" is not copied: no equal.'),
      finding('Column "b" of "orders" ignores case.'),
      finding('Column "a" of "items (old)" ignores case.'),
      finding('View "w" is not copied: no equal.'),
    ]),
  ).toEqual([
    ['Each of 3 columns ignores case.', 'orders (a, b), items (old) (a)', 3],
    ['Each of 2 views is not copied: no equal.', 'v, w', 2],
  ]);
});

test('what differs in more than its place stands alone', () => {
  const findings = [
    finding('Index "i" of "a" is left out.'),
    finding('Index "i" of "a" is left out.', { severity: 'info' }),
    finding('Index "j" of "a" is left out.', { code: 'b' }),
    finding('Index "k" of "a" is left out: it has an expression.'),
    finding('Column "k" of "a" is left out.'),
    finding('Trigger "k" is left out.'),
  ];
  expect(shown(findings)).toEqual(findings.map(({ message }) => [message, null, 1]));
});

test('objects of tables, other plurals, sentences about no thing', () => {
  expect(
    shown([
      finding('Policy "p" of table "a" is not carried over.'),
      finding('Policy "q" of table "a" is not carried over.'),
      finding('Index "i" of "a" is left out.'),
      finding('Index "i" of "b" is left out.'),
      finding('The same.'),
      finding('The same.'),
    ]),
  ).toEqual([
    ['Each of 2 policies is not carried over.', 'a (p, q)', 2],
    ['Each of 2 indexes is left out.', 'a (i), b (i)', 2],
    ['The same. (2 times)', null, 2],
  ]);
});
