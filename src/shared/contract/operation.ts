import type { z } from 'zod';
import type { ErrorCode } from '../errors/error-codes.ts';

/**
 * One thing that the app can be asked to do, from any door. In `input` the fields named in the path's braces come from
 * the path of a REST call, `body` from its body, every other field from its query.
 */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api/v1, e.g. `/connections/{id}`. */
  readonly path: string;
  /** One line for people. */
  readonly summary: string;
  readonly description?: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** Status of success; 204 has no body. */
  readonly status: 200 | 201 | 202 | 204;
  /** Codes beyond `commonErrors` that a caller has to expect. */
  readonly errors: readonly ErrorCode[];
  /** Also takes a text/plain body, which stands for this field of the JSON body. */
  readonly textBody?: string;
  /** Errors other than those in `errors` are answered with this status, and these fields beside `error`. */
  readonly failure?: { readonly status: number; readonly fields: Readonly<Record<string, string>> };
}

/** What every operation may be answered with. */
export const commonErrors = [
  'config_invalid',
  'unauthorized',
  'host_forbidden',
  'body_too_large',
  'request_too_slow',
  'media_type_unsupported',
  'unavailable',
] as const satisfies readonly ErrorCode[];

/** What may go wrong between an operation and a user's database. */
export const databaseErrors = [
  'secret_missing',
  'keychain_failed',
  'host_unknown',
  'connection_refused',
  'connection_timeout',
  'server_lost',
  'too_many_connections',
  'tls_failed',
  'authentication_failed',
  'database_missing',
  'unsupported_server',
  'permission_denied',
  'deadline_exceeded',
  'database_error',
] as const satisfies readonly ErrorCode[];
