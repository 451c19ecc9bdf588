/** The OpenAPI 3.1 document, derived from the contract. */
import { z } from 'zod';
import { operationNames, operations } from '../../../shared/contract/contract.ts';
import { appEventSchema } from '../../../shared/contract/events.ts';
import { commonErrors, type Operation } from '../../../shared/contract/operation.ts';
import { errorCodes, type ErrorCode } from '../../../shared/errors/error-codes.ts';
import { pathFields } from './read-input.ts';

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Json[];
  readonly tags: readonly { readonly name: string }[];
  /** Path => lower-case method => operation. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: Json;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { schema: unknown }>>;
  };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: unknown;
}

export interface ApiResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, { schema: unknown }>>;
}

const description = `Sluice copies databases and follows their changes. Every error is answered as
{"error": "a sentence that a person can act on", "code": "...", "details": {}}. Send the API key in the header X-API-Key.
Ids of connections, stream configurations and streams begin with conn_, config_ and stream_. Times are Unix seconds
unless they are told to be RFC 3339.`.replaceAll('\n', ' ');

export function openApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, ApiOperation>> = {};
  for (const name of operationNames) {
    const operation: Operation = operations[name];
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(name, operation);
  }
  for (const [path, operation] of Object.entries(ownOperations())) paths[path] = { get: operation };
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
  return {
    openapi: '3.1.0',
    info: { title: 'Sluice', version, description },
    servers: [{ url: '/api/v1' }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...used].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        session: { type: 'apiKey', in: 'cookie', name: 'sluice_session' },
      },
      schemas: {
        Error: {
          type: 'object',
          properties: {
            error: { type: 'string', description: 'What happened and what to do, in a sentence.' },
            code: { type: 'string', enum: Object.keys(errorCodes) },
            details: { type: 'object', description: 'Facts for programs.' },
          },
          required: ['error', 'code'],
        },
      },
    },
  };
}

function describe(name: string, operation: Operation): ApiOperation {
  const { summary, description: text } = operation;
  const schema = jsonSchema(operation.input);
  const properties = (schema['properties'] ?? {}) as Record<string, Json>;
  const required = (schema['required'] ?? []) as string[];
  const fromPath = pathFields(operation.path);
  const { body, ...others } = properties;
  const parameters = Object.entries(others).map(([field, fieldSchema]) => ({
    name: field,
    in: fromPath.includes(field) ? ('path' as const) : ('query' as const),
    required: required.includes(field),
    schema: fieldSchema,
  }));
  const asText = operation.textBody === undefined ? {} : { 'text/plain': { schema: { type: 'string' } } };
  return {
    operationId: name,
    tags: [tags[name.split('.')[0]!]!],
    summary,
    ...(text === undefined ? {} : { description: text }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body }, ...asText } } } : {}),
    responses: {
      [operation.status]: {
        description: operation.status === 204 ? 'Done.' : 'Success.',
        ...(operation.status === 204 ? {} : json(jsonSchema(operation.output))),
      },
      ...errorResponses(operation),
    },
  };
}

/** One response per status, which names the codes that lead to it. */
function errorResponses({ errors, failure }: Operation): Record<string, ApiResponse> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...commonErrors, ...errors]) {
    const { http } = errorCodes[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), code]);
  }
  const reference = { $ref: '#/components/schemas/Error' };
  const responses = [...byStatus].map(([status, codes]): [string, ApiResponse] => [
    String(status),
    {
      description: [...new Set(codes)].map((code) => `\`${code}\`: ${errorCodes[code].cause}`).join(' '),
      ...json(reference),
    },
  ]);
  if (failure) {
    const properties = Object.fromEntries(
      Object.entries(failure.fields).map(([name, value]) => [name, { const: value }]),
    );
    const schema = { allOf: [reference, { type: 'object', properties, required: Object.keys(properties) }] };
    responses.push([
      String(failure.status),
      { description: 'The database could not be used, or Sluice is not ready.', ...json(schema) },
    ]);
  }
  return Object.fromEntries(responses);
}

/** What the server answers beside the contract. */
function ownOperations(): Record<string, ApiOperation> {
  const own = (operationId: string, summary: string, type: string, schema: unknown): ApiOperation => ({
    operationId,
    tags: ['Server'],
    summary,
    responses: { 200: { description: 'Success.', content: { [type]: { schema } } } },
  });
  const text = { type: 'string' };
  const health = {
    type: 'object',
    properties: { status: { const: 'ok' }, version: text },
    required: ['status', 'version'],
  };
  return {
    '/health': { ...own('health', 'Whether Sluice is up; needs no key', 'application/json', health), security: [] },
    '/openapi.json': own('openapi', 'This document', 'application/json', { type: 'object' }),
    '/docs': own('docs', 'This document to read; at the root of the server it needs no key', 'text/html', text),
    '/metrics': own('metrics', 'Metrics for Prometheus', 'text/plain', text),
    '/events': {
      ...own(
        'events',
        'Server-sent events: states, progress, log lines and refused rows of all streams',
        'text/event-stream',
        jsonSchema(appEventSchema),
      ),
      description:
        'The event name is the `type` of the data. A heartbeat comment comes every 15 seconds. With `Last-Event-ID`, what was missed comes first; the event `reset` says that it is not known any more.',
      parameters: [{ name: 'Last-Event-ID', in: 'header', required: false, schema: text }],
    },
  };
}

const tags: Readonly<Record<string, string>> = {
  connections: 'Connections',
  streamConfigs: 'Stream configurations',
  streams: 'Streams',
  settings: 'Server',
  apiKey: 'Server',
  server: 'Server',
};

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });

/** Answers too are described by what their schemas take: a config is answered as it was given, without defaults. */
function jsonSchema(schema: z.ZodType): Json {
  const described: Json = { ...z.toJSONSchema(schema, { io: 'input' }) };
  delete described['$schema'];
  return described;
}
