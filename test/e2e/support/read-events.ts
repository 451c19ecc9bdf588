/** GET /events as a client without a browser reads it. */
import type { StreamSummary } from '../../../src/shared/model/stream.ts';
import type { ServeProcess } from '../../support/serve-process.ts';

export interface SentEvent {
  readonly type: string;
  readonly streamID?: string;
  /** Of events of type `stream`. */
  readonly stream?: StreamSummary;
}

export interface EventReader extends AsyncDisposable {
  /** Everything so far. */
  readonly all: readonly SentEvent[];
  /** Resolves when an event that came or comes is the wanted one; rejects when the stream ends before. */
  until(isWanted: (event: SentEvent) => boolean): Promise<void>;
}

export async function readEvents({ url, key }: ServeProcess): Promise<EventReader> {
  const controller = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { 'x-api-key': key },
    signal: controller.signal,
  });
  const all: SentEvent[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  const read = async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) all.push(JSON.parse(data) as SentEvent);
      }
      for (const look of waiting) look();
    }
  };
  const reading = read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      for (const look of waiting) look();
    });
  return {
    all,
    until: (isWanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (all.some(isWanted)) resolve();
          else if (isOver) reject(new Error(`the events ended before it came: ${JSON.stringify(all.slice(-3))}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      controller.abort();
      await reading;
    },
  };
}
