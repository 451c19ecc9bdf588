/** One convert run as tests want it: every option at its default but those given, its events kept. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { runConvert, type ConvertRequest, type ConvertResult } from '../../src/main/engine/copy/convert.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { Finding } from '../../src/shared/model/finding.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { streamOptionsSchema } from '../../src/shared/model/stream-config.ts';

export interface Copy {
  readonly result: ConvertResult;
  readonly findings: readonly Finding[];
  readonly events: readonly RunEvent[];
}

/** Rejects with the run's SluiceError. */
export async function copyDatabase(
  source: ConnectionSettings,
  target: ConnectionSettings,
  options: z.input<typeof streamOptionsSchema> = {},
  more: Partial<ConvertRequest> = {},
): Promise<Copy> {
  const events: RunEvent[] = [];
  const result = await runConvert({
    source,
    target,
    options: streamOptionsSchema.parse(options),
    streamId: `stream_${randomUUID()}`,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...more,
  });
  const findings = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []));
  return { result, findings, events };
}
