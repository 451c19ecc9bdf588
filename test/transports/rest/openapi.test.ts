/** The document lists what there is, and the page shows the document. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationNames, operations } from '../../../src/shared/contract/contract.ts';
import type { Operation } from '../../../src/shared/contract/operation.ts';
import { errorCodes } from '../../../src/shared/errors/error-codes.ts';
import { openApiDocument, type ApiOperation } from '../../../src/main/transports/rest/openapi.ts';
import { makeConfig, startControlPlane, type ControlPlane } from '../../support/control-plane.ts';

const document = openApiDocument('1.2.3');
let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(async () => {
  await plane[Symbol.asyncDispose]();
});

const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('every operation of the contract is there, with its parameters, body and answers', () => {
  for (const name of operationNames) {
    const { method, path, status, errors, input }: Operation = operations[name];
    const operation: ApiOperation = document.paths[path]![method.toLowerCase()]!;
    expect(operation.operationId).toBe(name);
    const fields = Object.keys(input.shape).filter((field) => field !== 'body');
    expect((operation.parameters ?? []).map((parameter) => parameter.name)).toEqual(fields);
    expect(operation.requestBody !== undefined).toBe('body' in input.shape);
    const statuses = [status, 400, 401, 403, 503, ...errors.map((code) => errorCodes[code].http)].map(String);
    for (const each of statuses) expect(Object.keys(operation.responses)).toContain(each);
  }
});

test('it is an OpenAPI 3.1 document: required fields, unique ids, path parameters, references', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Sluice', version: '1.2.3' } });
  const ids = described.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of described) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    expect(inPath.every(({ required }) => required)).toBe(true);
    expect(Object.keys(operation.responses).every((status) => /^[1-5]\d\d$/.test(status))).toBe(true);
    for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('');
  }
  const text = JSON.stringify(document);
  expect(new Set(text.match(/"\$ref":"[^"]+"/g))).toEqual(new Set(['"$ref":"#/components/schemas/Error"']));
});

test('all schemas are valid JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const { operation } of described) {
    const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
      Object.values(part?.content ?? {}),
    );
    const schemas = [...contents, ...(operation.parameters ?? [])].map(({ schema }) => schema);
    for (const schema of schemas) expect(ajv.validateSchema(schema as object)).toBe(true);
  }
});

test('defaults of our own options are in it', () => {
  const { schema } = document.paths['/stream-configs']!['post']!.requestBody!.content['application/json']!;
  expect(schema).toMatchObject({
    properties: {
      dataBundleSize: { default: 500, minimum: 1, maximum: 100_000 },
      onRowError: { default: 'fail' },
      chunkBytes: { default: 64 * 1024 ** 2 },
    },
    required: expect.arrayContaining(['name', 'source', 'target', 'mode']) as unknown,
    additionalProperties: false,
  });
});

test('it is served, with the same answer from both addresses', async () => {
  const { body } = await plane.send('GET', '/openapi.json');
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  const open = await fetch(`${plane.app.url}/openapi.json`);
  expect(await open.json()).toEqual(body);
});

test('the page shows every operation, and loads nothing from anywhere', async () => {
  const response = await fetch(`${plane.app.url}/docs`);
  const html = await response.text();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const { operation, path } of described) {
    expect(html).toContain(`id="${operation.operationId}"`);
    expect(html).toContain(path);
  }
  expect(html).not.toMatch(/<script|<img|<link|src=|https?:\/\/|style="/);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; /);
  expect((await plane.send('GET', '/docs')).text).toBe(html);
});

test('metrics are in the text format of Prometheus', async () => {
  const { config } = await makeConfig(plane);
  const { id } = (await plane.send('POST', `/streams/${config}/start`)).body;
  const { text, headers } = await plane.send('GET', '/metrics');
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\{([a-z]+="[^"]*",?)+\})? -?[\d.e+-]+)$/);
  expect(text).toContain('sluice_info{version="1.2.3"} 1\n');
  expect(text).toContain('sluice_streams{status="RUNNING"} 1\n');
  expect(text).toContain(`sluice_stream_rows_total{stream="${id}",config="${config}",side="target"} 0\n`);
  expect(text).toMatch(/process_resident_memory_bytes \d{7,}\n/);
});
