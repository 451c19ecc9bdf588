/**
 * Asks before rows or tables of the target are lost. A run file that says so is consent where nobody can be asked; at a
 * terminal a person is asked once, unless --yes.
 */
import { createInterface } from 'node:readline/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { displayConnection } from '../../shared/model/connection-url.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import type { CommandContext } from './command-context.ts';

/** Asks where the run file lets rows or tables of the target be lost. Rejects with `cancelled`. */
export async function confirmLoss(
  { target, options }: RunRequest,
  isSure: boolean,
  context: CommandContext,
): Promise<void> {
  const loss =
    options.onExisting === 'drop'
      ? 'drops the target tables that exist (onExisting: drop)'
      : options.truncateTarget
        ? 'removes all rows of the target tables (truncateTarget)'
        : null;
  if (loss !== null) await confirm(loss, target, isSure, context);
}

/** `loss`: what the command does, as in `This removes all rows of the target`. Rejects with `cancelled` when the answer is not yes. */
export async function confirm(
  loss: string,
  target: ConnectionSettings,
  isSure: boolean,
  context: CommandContext,
): Promise<void> {
  if (isSure || !context.stdin.isTTY || !context.stderr.isTerminal) return;
  // Not as a terminal, which would keep Ctrl+C to itself.
  const lines = createInterface({ input: context.stdin, output: context.stderr.stream, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const question = `This ${loss} in ${displayConnection(target)}. Go on? [y/N] `;
  try {
    const { signal } = context.interruption;
    const answer = await Promise.race([lines.question(question, { signal }), ended]);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new SluiceError(
        'cancelled',
        'Not confirmed; nothing was changed. Start again with --yes to be spared the question.',
      );
  } finally {
    lines.close();
  }
}
