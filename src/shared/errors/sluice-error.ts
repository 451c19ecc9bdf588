import { z } from 'zod';
import { errorCodes, type ErrorCode } from './error-codes.ts';

/** An error as data: what crosses processes, goes into journals and answers. */
export const errorDataSchema = z.object({
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  /** Facts for programs: table, column, sqlState, errno, statement, ... Never a secret. */
  details: z.record(z.string(), z.unknown()).optional(),
});

export type ErrorData = z.infer<typeof errorDataSchema>;

/** The one error class. `message` is a sentence that says what, where and what to do. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  toData(): ErrorData {
    const { code, message, details } = this;
    return Object.keys(details).length === 0 ? { code, message } : { code, message, details };
  }

  static fromData(error: ErrorData): SluiceError {
    return new SluiceError(error.code, error.message, error.details);
  }

  /** Wraps anything thrown; a SluiceError is returned as it is. */
  static from(thrown: unknown): SluiceError {
    if (thrown instanceof SluiceError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new SluiceError('internal', message, {}, thrown);
  }
}
