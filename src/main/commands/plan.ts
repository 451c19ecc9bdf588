/** `sluice plan` and `sluice run --dry-run`: connects and finds out what a run would do; writes nothing. */
import { redactDeep } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import type { CommandContext } from './command-context.ts';
import { planInHost } from './engine-host.ts';
import { planLines } from './plan-text.ts';
import { endWith } from './report-error.ts';
import { writeToDo } from './to-do-file.ts';
import { readRun, secretsOf, type RunArguments } from './run-arguments.ts';

export interface PlanChoice extends RunArguments {
  /** One JSON document: the answer of POST /stream-configs/{id}/plan, or its error. */
  readonly isJson: boolean;
  /** Where to write what will be left to do by hand; nowhere without it. */
  readonly toDoFile: string | undefined;
}

const exitRefused = 4;

/** Resolves with the exit code: 4 where a run would be refused. */
export async function planCommand(choice: PlanChoice, context: CommandContext): Promise<number> {
  let request: RunRequest | null = null;
  try {
    request = await readRun(choice, context);
    return await plan(request, choice, context);
  } catch (thrown) {
    const secrets = request ? secretsOf(request) : [];
    const error = SluiceError.from(thrown);
    if (choice.isJson) {
      const answer = redactDeep({ error: error.message, code: error.code, details: error.details }, secrets);
      context.stdout.write(`${JSON.stringify(answer)}\n`);
    }
    return endWith(error, context, secrets);
  }
}

async function plan(
  { source, target, options }: RunRequest,
  { isJson, toDoFile }: PlanChoice,
  context: CommandContext,
): Promise<number> {
  const made = await planInHost({ source, target, options }, context);
  context.stdout.write(`${isJson ? JSON.stringify(made) : planLines(made).join('\n')}\n`);
  const ends = { source: source.kind, target: target.kind };
  const toDo =
    toDoFile === undefined ? null : writeToDo(toDoFile, redactDeep(made.findings, secretsOf({ source, target })), ends);
  if (toDo !== null && !isJson) context.stdout.write(`\n${toDo}\n`);
  return made.findings.some(({ severity }) => severity === 'error') ? exitRefused : 0;
}
