/** An error as a person sees it, and the exit code that it means. */
import { errorCodes } from '../../shared/errors/error-codes.ts';
import { z } from 'zod';
import { redactText } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { findingSchema } from '../../shared/model/finding.ts';
import { findingLines } from '../progress/run-summary.ts';
import type { CommandContext } from './command-context.ts';

/** Says what happened and what to do; never a stack unless SLUICE_DEBUG is set. `secrets` are hidden in it. */
export function reportError(
  thrown: unknown,
  { stderr, environment }: Pick<CommandContext, 'stderr' | 'environment'>,
  secrets: readonly string[] = [],
): void {
  const error = SluiceError.from(thrown);
  const { remedy } = errorCodes[error.code];
  const refusals = z.array(findingSchema).safeParse(error.details['findings']).data ?? [];
  const message = redactText(refusals.length > 1 ? `${errorCodes.refused_by_preflight.cause}` : error.message, secrets);
  const head = stderr.hasColors ? '\u001B[31mError:\u001B[39m' : 'Error:';
  stderr.write(`${head} ${message}${/[.!?]$/.test(message) ? '' : '.'}\n`);
  if (refusals.length > 1) stderr.write(redactText(`${findingLines(refusals).join('\n')}\n`, secrets));
  // A message about a wrong argument or field names it, and so the way out.
  if (error.code !== 'config_invalid' && !message.includes(remedy)) stderr.write(`${remedy}\n`);
  if (environment['SLUICE_DEBUG']) stderr.write(`${redactText(stackOf(error), secrets)}\n`);
}

export function exitCodeOf(thrown: unknown): number {
  return errorCodes[SluiceError.from(thrown).code].exit;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
