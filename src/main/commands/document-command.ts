/** What `plan` and `profile` share: one question about both ends, answered as text or as one JSON document. */
import { redactDeep } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import type { StreamEnds } from '../hosts/inspector.ts';
import type { CommandContext } from './command-context.ts';
import { endWith } from './report-error.ts';
import { readRun, secretsOf, type RunArguments } from './run-arguments.ts';

export interface DocumentChoice extends RunArguments {
  /** One JSON document: the answer that the API gives to the same question, or its error. */
  readonly isJson: boolean;
}

export interface DocumentAnswer {
  readonly document: unknown;
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** Resolves with the exit code; what went wrong has been reported. */
export async function documentCommand(
  choice: DocumentChoice,
  context: CommandContext,
  ask: (ends: StreamEnds) => Promise<DocumentAnswer>,
): Promise<number> {
  let request: RunRequest | null = null;
  try {
    request = await readRun(choice, context);
    const { source, target, options } = request;
    const { document, lines, exitCode } = await ask({ source, target, options });
    context.stdout.write(`${choice.isJson ? JSON.stringify(document) : lines.join('\n')}\n`);
    return exitCode;
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
