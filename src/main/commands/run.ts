/** `sluice run`: copies, shows how it goes, and says what it came to. */
import { join } from 'node:path';
import { redactEvent } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ComparedTable } from '../../shared/model/compared-table.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { RowError, RunEvent } from '../../shared/model/run-event.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import { comparisonLines } from '../progress/comparison-lines.ts';
import { RunMeter } from '../progress/run-meter.ts';
import { summaryLines, type RunTotals } from '../progress/run-summary.ts';
import { RejectFile } from '../stores/reject-file.ts';
import type { CommandContext } from './command-context.ts';
import { CompletionNote } from './completion-note.ts';
import { confirmLoss } from './confirm-loss.ts';
import { differenceError } from './difference-error.ts';
import { compareInHost, runInHost, type EndEvent } from './engine-host.ts';
import { keptFile, keptFolder } from './kept-file.ts';
import { openView, type ViewChoice } from './open-view.ts';
import { endWith } from './report-error.ts';
import { writeToDo } from './to-do-file.ts';
import { readRun, secretsOf, streamIdOf, type RunArguments } from './run-arguments.ts';

export interface RunChoice extends RunArguments, ViewChoice {
  /** No questions. */
  readonly isSure: boolean;
  /** Compare source and target when all is copied. */
  readonly isVerified: boolean;
  readonly dataDirectory: string | undefined;
  /** File of what is left to do by hand; without it, one in the data directory. */
  readonly toDoFile: string | undefined;
}

/** Finished, but not everything arrived. */
const exitIncomplete = 3;

/** Resolves with the exit code; what went wrong has been reported. */
export async function runCommand(choice: RunChoice, context: CommandContext): Promise<number> {
  let request: RunRequest;
  try {
    request = await readRun(choice, context);
    await confirmLoss(request, choice.isSure, context);
  } catch (error) {
    const nothing = { rows: 0, bytes: 0, failed: 0, seconds: 0 };
    if (choice.isJson)
      context.stdout.write(`${JSON.stringify(endEvent(null, SluiceError.from(error), nothing, context))}\n`);
    return endWith(error, context);
  }
  return await run(request, choice, context);
}

async function run(request: RunRequest, choice: RunChoice, context: CommandContext): Promise<number> {
  const { source, target, options } = request;
  const secrets = secretsOf(request);
  const streamId = streamIdOf(request);
  const meter = new RunMeter(() => performance.now());
  const kept = keptFile('rejects', streamId, choice.dataDirectory, context.environment);
  const rejects = new RejectFile(kept.folder, kept.name);
  const note = new CompletionNote(keptFolder('complete', choice.dataDirectory, context.environment), streamId);
  const view = openView(choice, meter, request.options, context);
  const keep = (error: RowError) => {
    try {
      rejects.add(error);
    } catch (thrown) {
      // The one row that ends a run is in its error; one that is left out must be somewhere.
      if (options.onRowError === 'skip') throw thrown;
    }
  };
  const show = (event: RunEvent) => {
    const shown = redactEvent(event, secrets);
    note.add(shown);
    meter.add(shown);
    if (shown.type === 'row-error') keep(shown.error);
    view.add(shown);
  };
  let copied: EndEvent | null = null;
  let compared: ComparedTable[] = [];
  let failure: SluiceError | null = null;
  try {
    // Rows must not be left out of the target and then be nowhere.
    if (options.onRowError === 'skip') rejects.prepare();
    const end = await runInHost({ source, target, options, streamId, wasComplete: note.isThere }, context, show);
    if (end.error) throw SluiceError.fromData(end.error);
    note.remove();
    copied = end;
    if (options.verify || choice.isVerified) {
      show({ type: 'phase', phase: 'verifying', detail: null });
      compared = (await compareInHost('verify', { source, target, options }, context, show)).tables;
      failure = differenceError(compared);
    }
  } catch (error) {
    failure = SluiceError.from(error);
  }
  const toDo = copied === null ? null : toDoLine(meter.findings, request, streamId, choice, context);
  if (toDo !== null && choice.isJson) show({ type: 'log', level: 'info', message: toDo });
  const totals = { ...meter.committed(), seconds: copied?.seconds ?? meter.elapsedMs / 1000 };
  show(endEvent(copied, failure, totals, context));
  view.close();
  if (!choice.isJson && (copied !== null || totals.rows > 0)) {
    const lines = summaryLines(meter, totals, rejects.path);
    if (compared.length > 0) lines.push('', ...comparisonLines(compared));
    if (copied?.reason === 'limit') lines.push('', 'A limit of the run file ended the copy early.');
    if (toDo !== null) lines.push('', toDo);
    context.stdout.write(`${lines.join('\n')}\n`);
  }
  if (failure === null) return totals.failed > 0 ? exitIncomplete : 0;
  return endWith(failure, context, secrets);
}

/** A copy that is done does not fail for this file: then the line says why it is not there. */
function toDoLine(
  findings: readonly Finding[],
  { source, target }: RunRequest,
  streamId: string,
  { toDoFile, dataDirectory }: RunChoice,
  { environment }: CommandContext,
): string | null {
  try {
    const kept = keptFile('to-do', streamId, dataDirectory, environment);
    return writeToDo(toDoFile ?? join(kept.folder, kept.name), findings, { source: source.kind, target: target.kind });
  } catch (error) {
    return SluiceError.from(error).message;
  }
}

/** The last event of every run, also of one that did not begin. */
function endEvent(
  copied: EndEvent | null,
  failure: SluiceError | null,
  totals: RunTotals,
  { interruption }: CommandContext,
): RunEvent {
  const error = failure?.toData() ?? null;
  // A copy that is complete stays so, whatever comparing it found.
  const status = copied !== null ? 'FINISHED' : interruption.exitCode !== null ? 'STOPPED' : 'FAILED';
  return { type: 'end', status, reason: error?.message ?? copied?.reason ?? null, ...totals, error };
}
