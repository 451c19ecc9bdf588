/** What the app says about itself: one JSON object a line, for programs that collect logs. */
import pino from 'pino';
import type { Log } from '../application.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

export interface JsonLog extends Log {
  /** Resolves when all lines are written, or cannot be soon. */
  close(): Promise<void>;
}

/** Lines that nobody reads are given up beyond this, so that they do not fill the memory. */
const maxWaitingBytes = 4 * 1024 ** 2;
const closeWithinMs = 500;

/** `file`: number of an open file, 1 for the standard output. */
export function openJsonLog(file: number): JsonLog {
  // Not at once: whoever stops reading a pipe would stop the whole process with it.
  const destination = pino.destination({ fd: file, sync: false, maxLength: maxWaitingBytes });
  // A full disk or a reader that is gone must not end streams.
  destination.on('error', () => undefined);
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    destination,
  );
  let closed: Promise<void> | null = null;
  // What comes after the end has no place to go to, and must not throw.
  const write = (level: 'info' | 'warn' | 'error', facts: object, message: string) => {
    if (closed === null) logger[level](facts, message);
  };
  return {
    info: (message, facts = {}) => write('info', facts, message),
    warn: (message, facts = {}) => write('warn', facts, message),
    error: (message, error) => write('error', error === undefined ? {} : { err: describeError(error) }, message),
    // Its flush calls back at once where lines are not gathered: only the end waits for what is under way.
    close: () =>
      (closed ??= new Promise((resolve) => {
        const timer = setTimeout(resolve, closeWithinMs);
        destination.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        destination.end();
      })),
  };
}

/** Nothing but code and stack: other fields of an error may repeat what a person typed. */
function describeError(thrown: unknown): { readonly code: string; readonly stack: string | undefined } {
  const error = SluiceError.from(thrown);
  return { code: error.code, stack: error.cause instanceof Error ? error.cause.stack : error.stack };
}
