import { expect, test } from 'vitest';
import { operationNames, operations } from '../../../src/shared/contract/contract.ts';
import type { Operation } from '../../../src/shared/contract/operation.ts';
import { requestOf } from '../../../src/shared/contract/rest-client.ts';
import { errorCodes } from '../../../src/shared/errors/error-codes.ts';

const all = operationNames.map((name): [string, Operation] => [name, operations[name]]);

test('no two operations have one route', () => {
  // Two paths that differ only in the names of their fields are one route.
  const routes = all.map(([, { method, path }]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(routes).size).toBe(routes.length);
});

test.each(all)('%s is whole', (_, { path, input, output, status, errors, summary, textBody, method }) => {
  const fields = Object.keys(input.shape);
  for (const [, field] of path.matchAll(/\{(\w+)\}/g)) expect(fields).toContain(field);
  if (method === 'GET' || method === 'DELETE') expect(fields).not.toContain('body');
  if (textBody !== undefined) expect(input.safeParse({ id: 'x', body: { [textBody]: 'y' } }).success).toBe(true);
  // An input takes nothing that is not declared.
  expect(input.safeParse({ undeclared: 1 }).error?.issues.some(({ code }) => code === 'unrecognized_keys')).toBe(true);
  expect(output.safeParse(undefined).success).toBe(status === 204);
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  expect(new Set(errors).size).toBe(errors.length);
  for (const code of errors) expect(errorCodes[code].http).toBeGreaterThanOrEqual(400);
});

test('the reference and what was added to it are all there', () => {
  expect(all.map(([, { method, path }]) => `${method} ${path}`).sort()).toEqual(
    [
      'GET /connections',
      'POST /connections',
      'GET /connections/{id}',
      'PUT /connections/{id}',
      'DELETE /connections/{id}',
      'PUT /connections/{id}/clone',
      'POST /connections/{id}/ping',
      'POST /connections/test',
      'GET /connections/{id}/databases',
      'POST /connections/{id}/databases',
      'POST /connections/{id}/schemas',
      'GET /connections/{id}/tables',
      'GET /connections/{id}/views',
      'GET /connections/{id}/meta',
      'GET /connections/{id}/tables/{table}/data',
      'GET /connections/{id}/preflight',
      'GET /stream-configs',
      'POST /stream-configs',
      'GET /stream-configs/{id}',
      'PUT /stream-configs/{id}',
      'DELETE /stream-configs/{id}',
      'PUT /stream-configs/{id}/clone',
      'POST /stream-configs/validate',
      'POST /stream-configs/{id}/plan',
      'POST /stream-configs/{id}/profile',
      'GET /streams',
      'GET /streams/{id}',
      'DELETE /streams/{id}',
      'POST /streams/{id}/start',
      'POST /streams/{id}/pause',
      'POST /streams/{id}/resume',
      'POST /streams/{id}/stop',
      'POST /streams/{id}/finish',
      'GET /streams/{id}/stats',
      'GET /streams/{id}/logs',
      'GET /streams/{id}/errors',
      'GET /streams/{id}/verify',
      'POST /streams/{id}/verify',
      'POST /streams/{id}/repair',
      'GET /info',
      'GET /settings',
      'PUT /settings',
      'GET /settings/api-key',
      'POST /settings/api-key',
    ].sort(),
  );
});

test('a request is made of path, query and body', () => {
  const preview: Operation = operations['connections.preview'];
  expect(requestOf(preview, { id: 'conn_x', table: 'a/b c?', limit: 5, offset: undefined })).toEqual({
    path: '/connections/conn_x/tables/a%2Fb%20c%3F/data?limit=5',
    body: undefined,
  });
  const create: Operation = operations['connections.createSchema'];
  expect(requestOf(create, { id: 'conn_x', database: 'd&e', body: { name: 'n' } })).toEqual({
    path: '/connections/conn_x/schemas?database=d%26e',
    body: { name: 'n' },
  });
});
