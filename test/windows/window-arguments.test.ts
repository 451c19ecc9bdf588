import { expect, test } from 'vitest';
import { readWindowArguments } from '../../src/main/windows/window-arguments.ts';

test.each([
  [[], undefined, 8020],
  [['.'], undefined, 8020],
  [['--data-dir', '/a b', '--port', '0'], '/a b', 0],
  [['--data-dir=/a', '--port=65535'], '/a', 65_535],
  [['--disable-gpu', '--lang=de', '--data-dir=/a'], '/a', 8020],
] as const)('%j', (args, dataDirectory, port) => {
  expect(readWindowArguments(args)).toEqual({ dataDirectory, port });
});

test.each([
  [['--data-dir'], '--data-dir: the folder is missing.'],
  [['--data-dir='], '--data-dir: the folder is missing.'],
  [['--port'], '--port: give a number'],
  [['--port=65536'], '--port: give a number'],
  [['--port=-1'], '--port: give a number'],
  [['--port=80x'], '--port: give a number'],
] as const)('%j is refused', (args, message) => {
  expect(() => readWindowArguments(args)).toThrow(message);
});
