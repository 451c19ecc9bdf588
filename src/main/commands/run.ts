/** `sluice run`: copies, shows how it goes, and says what it came to. */
import { redactEvent } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import { runConvert, type ConvertRequest, type ConvertResult } from '../engine/copy/convert.ts';
import { verifyConvert } from '../engine/verify/verify-convert.ts';
import { countOf } from '../progress/figures.ts';
import { RunMeter } from '../progress/run-meter.ts';
import { summaryLines, type RunTotals } from '../progress/run-summary.ts';
import type { CommandContext } from './command-context.ts';
import { confirmLoss } from './confirm-loss.ts';
import { openView, type ViewChoice } from './open-view.ts';
import { RejectFile } from './reject-file.ts';
import { endWith } from './report-error.ts';
import { readRun, secretsOf, streamIdOf, type RunArguments } from './run-arguments.ts';

export interface RunChoice extends RunArguments, ViewChoice {
  /** No questions. */
  readonly isSure: boolean;
  /** Compare source and target when all is copied. */
  readonly isVerified: boolean;
  readonly dataDirectory: string | undefined;
}

/** Finished, but not everything arrived or not everything is equal. */
const exitIncomplete = 3;

/** Resolves with the exit code; what went wrong has been reported. */
export async function runCommand(choice: RunChoice, context: CommandContext): Promise<number> {
  let request: RunRequest;
  try {
    request = await readRun(choice, context);
    await confirmLoss(request, choice.isSure, context);
  } catch (error) {
    const nothing = { rows: 0, bytes: 0, failed: 0, seconds: 0 };
    if (choice.isJson) context.stdout.write(`${JSON.stringify(endEvent(null, error, nothing, context))}\n`);
    return endWith(error, context);
  }
  return await run(request, choice, context);
}

async function run(request: RunRequest, choice: RunChoice, context: CommandContext): Promise<number> {
  const secrets = secretsOf(request);
  const streamId = streamIdOf(request);
  const meter = new RunMeter(() => performance.now());
  using rejects = new RejectFile(streamId, choice.dataDirectory, context.environment);
  const view = openView(choice, meter, request.options, context);
  const show = (event: RunEvent) => {
    const shown = redactEvent(event, secrets);
    meter.add(shown);
    if (shown.type === 'row-error') rejects.add(shown.error);
    view.add(shown);
  };
  const { source, target, options } = request;
  const { signal } = context.interruption;
  const convert: ConvertRequest = { source, target, options, streamId, signal, onEvent: show };
  let result: ConvertResult | null = null;
  let failure: unknown = null;
  try {
    result = await runConvert(convert);
    if (options.verify || choice.isVerified) await verify(convert);
  } catch (error) {
    failure = error;
  }
  const totals = { ...meter.committed(), seconds: meter.elapsedMs / 1000 };
  show(endEvent(result, failure, totals, context));
  view.close();
  if (!choice.isJson && (result !== null || totals.rows > 0)) {
    const lines = summaryLines(meter, totals, rejects.path);
    if (result?.reason === 'limit') lines.push('', 'A limit of the run file ended the copy early.');
    context.stdout.write(`${lines.join('\n')}\n`);
  }
  if (failure === null) return totals.failed > 0 ? exitIncomplete : 0;
  const exitCode = endWith(failure, context, secrets);
  return SluiceError.from(failure).code === 'differences_found' ? exitIncomplete : exitCode;
}

/** Rejects with `differences_found`. */
async function verify(request: ConvertRequest): Promise<void> {
  request.onEvent({ type: 'phase', phase: 'verifying', detail: null });
  const comparisons = await verifyConvert(request, ({ name, equal, source, target }) => {
    const there = target === null ? 'no table' : countOf(target.rows, 'row');
    const message = equal
      ? `${name}: ${countOf(source.rows, 'row')} equal`
      : `${name}: differs, ${countOf(source.rows, 'row')} in the source, ${there} in the target`;
    request.onEvent({ type: 'log', level: equal ? 'info' : 'error', message });
  });
  const different = comparisons.filter(({ equal }) => !equal).map(({ name }) => name);
  if (different.length === 0) return;
  throw new SluiceError('differences_found', `Source and target differ in ${different.join(', ')}.`, {
    tables: different,
  });
}

/** The last event of every run, also of one that did not begin. */
function endEvent(
  result: ConvertResult | null,
  failure: unknown,
  totals: RunTotals,
  { interruption }: CommandContext,
): RunEvent {
  const error = failure === null ? null : SluiceError.from(failure).toData();
  // A copy that is complete stays so, whatever comparing it found.
  const status = result !== null ? 'FINISHED' : interruption.exitCode !== null ? 'STOPPED' : 'FAILED';
  return { type: 'end', status, reason: error?.message ?? result?.reason ?? null, ...totals, error };
}
