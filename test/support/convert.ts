/** Runs a copy between two databases of a test and keeps what it told. */
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { streamOptionsSchema } from '../../src/shared/model/stream-config.ts';
import { runConvert, type ConvertRequest, type ConvertResult } from '../../src/main/engine/copy/convert.ts';

export interface RunOfTest {
  readonly result: ConvertResult;
  readonly events: readonly RunEvent[];
}

/** `options` as in a config file. */
export function convertRequest(
  source: ConnectionSettings,
  target: ConnectionSettings,
  options: object = {},
  more: Partial<ConvertRequest> = {},
): ConvertRequest {
  return {
    source,
    target,
    options: streamOptionsSchema.parse(options),
    streamId: 'stream_test',
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...more,
  };
}

export async function convert(
  source: ConnectionSettings,
  target: ConnectionSettings,
  options: object = {},
  more: Partial<ConvertRequest> = {},
): Promise<RunOfTest> {
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => {
    events.push(event);
    more.onEvent?.(event);
  };
  const result = await runConvert(convertRequest(source, target, options, { ...more, onEvent }));
  return { result, events };
}
