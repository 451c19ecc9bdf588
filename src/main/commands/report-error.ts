/** An error as a person sees it, and the exit code that it means. */
import { errorCodes, type ErrorCode } from '../../shared/errors/error-codes.ts';
import { z } from 'zod';
import { redactText } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { findingSchema } from '../../shared/model/finding.ts';
import { findingLines } from '../progress/run-summary.ts';
import type { CommandContext } from './command-context.ts';

/** Says what happened and what to do; never a stack unless SLUICE_DEBUG is set. `secrets` are hidden in it. */
function reportError(
  thrown: unknown,
  { stderr, environment }: Pick<CommandContext, 'stderr' | 'environment'>,
  secrets: readonly string[] = [],
): void {
  const error = SluiceError.from(thrown);
  const refusals = z.array(findingSchema).safeParse(error.details['findings']).data ?? [];
  const message = redactText(refusals.length > 1 ? errorCodes.refused_by_preflight.cause : error.message, secrets);
  const head = stderr.hasColors ? '\u001B[31mError:\u001B[39m' : 'Error:';
  stderr.write(`${head} ${message}${/[.!?]$/.test(message) ? '' : '.'}\n`);
  if (refusals.length > 1) stderr.write(redactText(`${findingLines(refusals).join('\n')}\n`, secrets));
  else if (refusals[0]?.statement) stderr.write(redactText(`  ${refusals[0].statement}\n`, secrets));
  else if (!saysRemedy(message, error.code)) stderr.write(`${errorCodes[error.code].remedy}\n`);
  if (environment['SLUICE_DEBUG']) stderr.write(`${redactText(stackOf(error), secrets)}\n`);
}

/** Reports why a command failed, or that it was interrupted. Returns the exit code. */
export function endWith(thrown: unknown, context: CommandContext, secrets: readonly string[] = []): number {
  const { exitCode } = context.interruption;
  if (exitCode === null) {
    reportError(thrown, context, secrets);
    return errorCodes[SluiceError.from(thrown).code].exit;
  }
  context.stderr.write('Interrupted.\n');
  return exitCode;
}

/** Many messages say the way out themselves, with names; the general one would only repeat it. */
function saysRemedy(message: string, code: ErrorCode): boolean {
  // A message about a wrong field or argument names it; one of a database is all that is known.
  if (code === 'config_invalid' || code === 'database_error') return true;
  const [verb = ''] = errorCodes[code].remedy.split(' ');
  return message.toLowerCase().includes(verb.toLowerCase());
}

function stackOf(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
