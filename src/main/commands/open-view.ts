import type { StreamOptions } from '../../shared/model/stream-config.ts';
import { jsonView } from '../progress/json-view.ts';
import { plainView } from '../progress/plain-view.ts';
import type { RunMeter } from '../progress/run-meter.ts';
import type { RunView } from '../progress/run-view.ts';
import { terminalView } from '../progress/terminal-view.ts';
import type { CommandContext } from './command-context.ts';

export interface ViewChoice {
  /** Events for programs. */
  readonly isJson: boolean;
  /** Only errors and the summary. */
  readonly isQuiet: boolean;
}

/** Bars where a person watches, lines elsewhere. */
export function openView(
  choice: ViewChoice,
  meter: RunMeter,
  options: Pick<StreamOptions, 'reportingIntervals'>,
  { stdout }: CommandContext,
): RunView {
  if (choice.isJson) return jsonView(stdout);
  if (choice.isQuiet) return { add: () => undefined, close: () => undefined };
  if (stdout.isTerminal) return terminalView(stdout, meter);
  return plainView(stdout, meter, options.reportingIntervals.target);
}
