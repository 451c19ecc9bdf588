import { expect, test } from 'vitest';
import { closestName } from '../../../src/shared/model/closest-name.ts';

const known = ['query', 'where', 'columns', 'targetName', 'targetType', 'name'];

test.each([
  ['quary', 'query'],
  ['qeury', 'query'],
  ['Query', 'query'],
  ['colums', 'columns'],
  ['targettype', 'targetType'],
  ['nmae', 'name'],
  ['limit', null],
  ['x', null],
  ['', null],
])('%j => %s', (name, closest) => {
  expect(closestName(name, known)).toBe(closest);
});
