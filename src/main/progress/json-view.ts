import type { Output, RunView } from './run-view.ts';

/** One event per line, in the schema of src/shared/model/run-event.ts, and nothing else. */
export function jsonView(output: Output): RunView {
  return {
    add: (event) => output.write(`${JSON.stringify(event)}\n`),
    close: () => undefined,
  };
}
