import { expect, test } from 'vitest';
import { toRowText } from '../../../src/main/engine/drivers/postgres/postgres-copy-text.ts';

const convert = (copyText: string) => {
  const bytes = Buffer.from(copyText);
  const { length, dangling } = toRowText(bytes, bytes.length);
  return [bytes.toString('utf8', 0, length), dangling];
};

test.each([
  ['plain text\t1\n', 'plain text\t1\n'],
  ['\\N\t\\\\N\t\\t\\n\\r\n', '\\N\t\\\\N\t\\t\\n\\r\n'],
  ['a\\bb\\fc\\vd\n', 'a\bb\fc\vd\n'],
  ['\\\\b\\\\\\b\n', '\\\\b\\\\\b\n'],
  ['\\v', '\v'],
  ['', ''],
])('COPY text %j is row text %j', (copyText, rowText) => {
  expect(convert(copyText)).toEqual([rowText, false]);
});

test('a backslash at the end waits for what follows', () => {
  expect(convert('a\\')).toEqual(['a', true]);
  expect(convert('a\\b\\\\\\')).toEqual(['a\b\\\\', true]);
});

test('bytes beyond the given length are left alone', () => {
  const bytes = Buffer.from('ab\\bc');
  expect(toRowText(bytes, 2)).toEqual({ length: 2, dangling: false });
  expect(bytes.toString()).toBe('ab\\bc');
});
