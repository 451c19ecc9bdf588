import { expect, test } from 'vitest';
import { isSamePage } from '../../src/main/security/is-same-page.ts';

const page = 'app://sluice/index.html';

test.each([
  ['app://sluice/index.html', true],
  ['app://sluice/index.html#/streams', true],
  ['app://sluice/index.html?a=b', true],
  ['app://sluice/', false],
  ['app://sluice/assets/index.js', false],
  ['app://sluice.evil.example/index.html', false],
  ['app://sluice@evil.example/index.html', false],
  ['app://user@sluice/index.html', false],
  ['app://sluice:80/index.html', false],
  ['http://sluice/index.html', false],
  ['file:///app/out/renderer/index.html', false],
  ['data:text/html,app://sluice/index.html', false],
  ['about:blank', false],
  ['', false],
])('%s: %s', (url, expected) => {
  expect(isSamePage(url, page)).toBe(expected);
});

test('the page of a development server', () => {
  expect(isSamePage('http://localhost:5173/', 'http://localhost:5173')).toBe(true);
  expect(isSamePage('http://localhost:5174/', 'http://localhost:5173')).toBe(false);
});
