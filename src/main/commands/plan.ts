/** `sluice plan` and `sluice run --dry-run`: connects and finds out what a run would do. Changes nothing in the databases. */
import { redactDeep } from '../../shared/errors/redact.ts';
import type { CommandContext } from './command-context.ts';
import { documentCommand, type DocumentChoice } from './document-command.ts';
import { planInHost } from './engine-host.ts';
import { planLines } from './plan-text.ts';
import { secretsOf } from './run-arguments.ts';
import { writeToDo } from './to-do-file.ts';

export interface PlanChoice extends DocumentChoice {
  /** Where to write what will be left to do by hand; nowhere without it. */
  readonly toDoFile: string | undefined;
}

const exitRefused = 4;

/** Resolves with the exit code: 4 where a run would be refused. */
export const planCommand = (choice: PlanChoice, context: CommandContext): Promise<number> =>
  documentCommand(choice, context, async (ends) => {
    const plan = await planInHost(ends, context);
    const kinds = { source: ends.source.kind, target: ends.target.kind };
    const toDo =
      choice.toDoFile === undefined
        ? null
        : writeToDo(choice.toDoFile, redactDeep(plan.findings, secretsOf(ends)), kinds);
    const isRefused = plan.findings.some(({ severity }) => severity === 'error');
    return {
      document: plan,
      lines: [...planLines(plan), ...(toDo === null ? [] : ['', toDo])],
      exitCode: isRefused ? exitRefused : 0,
    };
  });
