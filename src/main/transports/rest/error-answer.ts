import type { Operation } from '../../../shared/contract/operation.ts';
import { errorCodes, type ErrorCode } from '../../../shared/errors/error-codes.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';

export interface ErrorBody {
  /** A sentence that a person can act on. */
  readonly error: string;
  readonly code: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Status and body of an error. `operation` may say that its own failures have a status and fields of their own. */
export function errorAnswer(error: SluiceError, operation?: Operation): { status: number; body: ErrorBody } {
  const { code, message, details } = error.toData();
  const body: ErrorBody = { error: message, code, ...(details ? { details } : {}) };
  const failure = operation?.failure;
  const isOwn = code === 'config_invalid' || code === 'unavailable' || operation?.errors.includes(code);
  return failure && !isOwn
    ? { status: failure.status, body: { ...failure.fields, ...body } }
    : { status: errorCodes[code].http, body };
}

/** Errors of the HTTP server, which have a `statusCode`, in our words; everything else as it is. */
export function fromHttpError(error: unknown): SluiceError {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (error instanceof SluiceError || status >= 500) return SluiceError.from(error);
  if (status === 413) return new SluiceError('body_too_large', 'The body of the request is too long.');
  if (status === 415) {
    const message =
      'The body of the request has a type that is not read here. Send JSON with Content-Type: application/json.';
    return new SluiceError('media_type_unsupported', message);
  }
  return new SluiceError('config_invalid', 'The request cannot be read: its address, headers or body are malformed.');
}
