/** `sluice verify`: compares source and target by value, and with --repair copies the rows again that differ. */
import { redactEvent } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ComparedTable } from '../../shared/model/compared-table.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { RunRequest } from '../../shared/model/run-file.ts';
import { comparisonLines } from '../progress/comparison-lines.ts';
import { countOf, formatSeconds } from '../progress/figures.ts';
import { RunMeter } from '../progress/run-meter.ts';
import type { CommandContext } from './command-context.ts';
import { confirm } from './confirm-loss.ts';
import { differenceError } from './difference-error.ts';
import { compareInHost } from './engine-host.ts';
import { openView, type ViewChoice } from './open-view.ts';
import { endWith } from './report-error.ts';
import { readRun, secretsOf, type RunArguments } from './run-arguments.ts';

export interface VerifyChoice extends RunArguments, ViewChoice {
  /** Rows of the target that differ are made equal to the source's. */
  readonly isRepaired: boolean;
  /** No questions. */
  readonly isSure: boolean;
}

/** Resolves with the exit code: 3 where source and target differ. */
export async function verifyCommand(choice: VerifyChoice, context: CommandContext): Promise<number> {
  const started = performance.now();
  let tables: ComparedTable[] = [];
  let request: RunRequest | null = null;
  let failure: SluiceError | null = null;
  try {
    request = await readRun(choice, context);
    tables = await compare('verify', request, choice, context);
    if (choice.isRepaired && differenceError(tables) !== null) {
      await confirm(
        'changes and deletes rows of the target that differ from the source',
        request.target,
        choice.isSure,
        context,
      );
      tables = await compare('repair', request, choice, context);
    }
    failure = differenceError(tables);
  } catch (error) {
    failure = SluiceError.from(error);
  }
  const secrets = request ? secretsOf(request) : [];
  const seconds = (performance.now() - started) / 1000;
  if (choice.isJson)
    context.stdout.write(`${JSON.stringify(redactEvent(endEvent(tables, failure, seconds, context), secrets))}\n`);
  return failure === null ? 0 : endWith(failure, context, secrets);
}

/** Shows how it goes and what it came to. */
async function compare(
  how: 'verify' | 'repair',
  request: RunRequest,
  choice: VerifyChoice,
  context: CommandContext,
): Promise<ComparedTable[]> {
  const { source, target, options } = request;
  const secrets = secretsOf(request);
  const meter = new RunMeter(() => performance.now());
  const view = openView(choice, meter, options, context);
  const show = (event: RunEvent) => {
    const shown = redactEvent(event, secrets);
    meter.add(shown);
    view.add(shown);
  };
  try {
    show({ type: 'phase', phase: 'verifying', detail: how === 'repair' ? 'repairing' : null });
    const { tables } = await compareInHost(how, { source, target, options }, context, show);
    return tables;
  } finally {
    view.close();
    if (!choice.isJson && meter.compared.length > 0) {
      const totals = `${countOf(meter.compared.length, 'table')} compared in ${formatSeconds(meter.elapsedMs / 1000)}.`;
      context.stdout.write(`${[...comparisonLines(meter.compared), '', totals].join('\n')}\n`);
    }
  }
}

/** `rows`: those of the source. */
function endEvent(
  tables: readonly ComparedTable[],
  failure: SluiceError | null,
  seconds: number,
  { interruption }: CommandContext,
): RunEvent {
  const isDone = failure === null || failure.code === 'differences_found';
  const rows = tables.reduce((sum, { sourceRows }) => sum + sourceRows, 0);
  return {
    type: 'end',
    status: isDone ? 'FINISHED' : interruption.exitCode !== null ? 'STOPPED' : 'FAILED',
    reason: failure?.message ?? null,
    rows,
    bytes: 0,
    failed: 0,
    seconds,
    error: failure?.toData() ?? null,
  };
}
