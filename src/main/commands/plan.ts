/** `sluice plan` and `sluice run --dry-run`: connects and finds out what a run would do; writes nothing. */
import { redactDeep } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import { planConvert } from '../engine/copy/convert.ts';
import { describePlan } from '../engine/copy/describe-plan.ts';
import type { CommandContext } from './command-context.ts';
import { planLines } from './plan-text.ts';
import { endWith } from './report-error.ts';
import { readRun, secretsOf, streamIdOf, type RunArguments } from './run-arguments.ts';

export interface PlanChoice extends RunArguments {
  /** One JSON document: the answer of POST /stream-configs/{id}/plan, or its error. */
  readonly isJson: boolean;
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

async function plan(request: RunRequest, { isJson }: PlanChoice, context: CommandContext): Promise<number> {
  const made = await planConvert({
    source: request.source,
    target: request.target,
    options: request.options,
    streamId: streamIdOf(request),
    signal: context.interruption.signal,
    onEvent: () => undefined,
  });
  const text = isJson ? JSON.stringify(await describePlan(made, request.target.kind)) : planLines(made).join('\n');
  context.stdout.write(`${text}\n`);
  return made.findings.some(({ severity }) => severity === 'error') ? exitRefused : 0;
}
