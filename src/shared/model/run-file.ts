/**
 * The command line's run file: the body of POST /stream-configs, in which `source` and `target` are a URL, a connection
 * written out, or the name of one in `connections` (docs/run-file.md). Pure: the text and the environment go in.
 */
import { z } from 'zod';
import { invalidField, invalidInput } from '../errors/invalid-input.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { closestName } from './closest-name.ts';
import { connectionInputSchema, type ConnectionInput, type ConnectionSettings } from './connection.ts';
import { looksLikeUrl } from './connection-url.ts';
import { jsonProblem } from './json-problem.ts';
import { resolveConnection, type ConnectionSurroundings } from './resolve-connection.ts';
import { misplacedFields } from './saved-stream-config.ts';
import { streamOptionsSchema, type StreamOptions } from './stream-config.ts';

/** What a run needs, with secrets in it: never logged. */
export interface RunRequest {
  readonly name: string | null;
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly options: StreamOptions;
}

/** `id` and `created` may stand in a body that was copied from an answer of the API. */
const runFileSchema = streamOptionsSchema.extend({
  name: z.string().min(1).max(255).optional(),
  source: z.unknown(),
  target: z.unknown(),
  connections: z.record(z.string(), z.unknown()).default({}),
  id: z.string().optional(),
  created: z.int().optional(),
});

/** Throws `config_invalid`, whose message names each wrong field with its path. */
export function parseRunFile(text: string, surroundings: ConnectionSurroundings): RunRequest {
  let body: unknown;
  try {
    body = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The engine's own message repeats the text around the mistake, which may be a password.
    throw new SluiceError('config_invalid', jsonProblem(text, error as SyntaxError));
  }
  return resolveRun(body, surroundings);
}

/** The same for a body that is an object already. */
export function resolveRun(body: unknown, surroundings: ConnectionSurroundings): RunRequest {
  const file = parseWith(runFileSchema, body, []);
  const { name, source, target, connections, ...options } = file;
  delete options.id;
  delete options.created;
  const [misplaced] = misplacedFields(options);
  if (misplaced) throw invalidInput(new z.ZodError([{ ...misplaced, code: 'custom', input: undefined }]));
  if (options.mode === 'cdc') throw invalidField('mode', 'cdc (following changes) is not available yet; use convert');
  return {
    name: name ?? null,
    source: resolveEnd(source, 'source', connections, surroundings),
    target: resolveEnd(target, 'target', connections, surroundings),
    options,
  };
}

function resolveEnd(
  value: unknown,
  at: string,
  connections: Readonly<Record<string, unknown>>,
  surroundings: ConnectionSurroundings,
): ConnectionSettings {
  if (value === undefined) throw invalidField(at, 'is missing');
  if (typeof value === 'string' && Object.hasOwn(connections, value))
    return resolveEnd(connections[value], `connections.${value}`, {}, surroundings);
  if (typeof value === 'string' && !looksLikeUrl(value)) throw unknownConnection(value, at, Object.keys(connections));
  return resolveConnection(readConnection(value, at), at, surroundings);
}

function readConnection(value: unknown, at: string): string | ConnectionInput {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw invalidField(at, 'must be a URL, a connection { "type": ... }, or the name of one in "connections"');
  return parseWith(connectionInputSchema, value, at.split('.'));
}

function unknownConnection(value: string, at: string, names: readonly string[]): SluiceError {
  if (/^conn_[0-9A-Za-z]{27}$/.test(value))
    return invalidField(at, 'is the id of a saved connection, which only the server knows; write a URL here');
  const suggestion = closestName(value, names);
  // A text that is neither URL nor name may be a secret in the wrong place: it is not repeated unless it is nearly a name.
  return invalidField(
    at,
    suggestion === null
      ? 'is neither a URL, nor a path of an SQLite file (.db, .sqlite, .sqlite3), nor a name in "connections"'
      : `is no name in "connections"; did you mean "${suggestion}"?`,
  );
}

function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, at: readonly string[]): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap((issue) => suggestNames(schema, issue));
  throw invalidInput(new z.ZodError(issues.map((issue) => ({ ...issue, path: [...at, ...issue.path] }))));
}

/** `unknown field, did you mean "query"?`, where a known field is near. */
function suggestNames(schema: z.ZodType, issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const known = fieldNames(schema, issue.path);
  return issue.keys.map((key) => {
    const suggestion = closestName(key, known);
    const message = suggestion === null ? 'unknown field' : `unknown field, did you mean "${suggestion}"?`;
    return { code: 'custom', path: [...issue.path, key], message, input: undefined };
  });
}

/** Names of the fields that the object at `path` may have. */
function fieldNames(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fieldNames(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const field: z.core.$ZodType | undefined = schema.shape[step as string];
    return field ? fieldNames(field, rest) : [];
  }
  if (schema instanceof z.ZodArray) return fieldNames(schema.element, rest);
  if (schema instanceof z.ZodRecord) return fieldNames(schema.valueType, rest);
  return [];
}
