import { expect, test } from 'vitest';
import { closingLine, forbiddenNeeds, summarize, type VitestReport } from './test-report.ts';

const result = (status: string, title = 'does it', ancestorTitles: string[] = ['suite']) => ({
  status,
  title,
  ancestorTitles,
});
const file = (name: string, status: string, ...assertionResults: ReturnType<typeof result>[]) => ({
  name,
  status,
  assertionResults,
});
const report = (...testResults: ReturnType<typeof file>[]): VitestReport => ({ testResults });

test('counts tests by their results', () => {
  const summary = summarize(report(file('a', 'failed', result('passed'), result('failed'), result('pending'))), ['a']);
  expect(closingLine(summary)).toBe('1 passed, 1 failed, 1 skipped');
});

test('says what a skipped suite needs', () => {
  const skipped = result('skipped', 'needs mysql', ['pairs', 'to mysql']);
  expect(summarize(report(file('a', 'passed', skipped)), ['a']).skips).toEqual([
    { file: 'a', suite: 'pairs > to mysql', need: 'mysql', byHand: false },
  ]);
});

test('names a test that was skipped by hand', () => {
  const summary = summarize(report(file('a', 'passed', result('skipped', 'is slow', []))), ['a']);
  expect(summary.skips).toEqual([{ file: 'a', suite: 'is slow', need: 'is slow', byHand: true }]);
});

test('tests that are skipped since the preparation of their suite failed are no more than counted', () => {
  const summary = summarize(report(file('a', 'failed', result('skipped'), result('skipped', 'needs mysql'))), ['a']);
  expect(summary.skips.map(({ need }) => need)).toEqual(['mysql']);
  expect(closingLine(summary)).toBe('0 passed, 1 failed, 2 skipped');
});

test('a file without tests, and one of which the report does not speak, are failures', () => {
  const summary = summarize(report(file('empty', 'passed')), ['empty', 'forgotten']);
  expect(summary.filesWithoutTests).toEqual(['empty', 'forgotten']);
  expect(closingLine(summary)).toBe('0 passed, 2 failed, 0 skipped');
});

test('a file that fails outside its tests is a failure', () => {
  expect(closingLine(summarize(report(file('a', 'failed', result('passed'))), ['a']))).toBe(
    '1 passed, 1 failed, 0 skipped',
  );
});

test('where everything can be installed, only MySQL may be missing, and only if its download failed', () => {
  const needs = ['postgres15', 'mysql', '../shared/data', 'sqlite3', 'sqlite3'];
  const skips = needs.map((need) => ({ file: 'a', suite: 'b', need, byHand: false }));
  expect(forbiddenNeeds(skips, { mysql: 'not downloaded' })).toEqual(['postgres15', 'sqlite3']);
  expect(forbiddenNeeds(skips, { mysql: 'does not start: ...' })).toEqual(['postgres15', 'mysql', 'sqlite3']);
});
