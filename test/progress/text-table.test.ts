import { expect, test } from 'vitest';
import { cutText, fitText, textTable, textWidth } from '../../src/main/progress/text-table.ts';

test.each([
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['서울', 4],
  ['𠮷', 2],
  ['👍', 2],
  ['\u200Bx', 1],
])('%j takes %s columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
  // Names come from databases: none may move the cursor or colour the screen.
  ['a\u001B[31mb\nc', 9, 'a\uFFFD[31mb\uFFFDc'],
])('%j in %s columns is %j', (text, width, cut) => {
  expect(cutText(text, width)).toBe(cut);
});

test('fits to either side', () => {
  expect([fitText('ab', 4), fitText('ab', 4, 'right'), fitText('日本語', 4)]).toEqual(['ab  ', '  ab', '日… ']);
});

test('a table', () => {
  const lines = textTable(
    [
      { title: 'name', align: 'left', maxWidth: 6 },
      { title: 'rows', align: 'right' },
      { title: '', align: 'left' },
    ],
    [
      ['日本', '1', ''],
      ['a_long_name', '12,345', 'equal'],
    ],
  );
  expect(lines).toEqual(['name      rows', '──────  ──────  ─────', '日本         1', 'a_lon…  12,345  equal']);
});
