/** Cuts a reader's bundles into units that a writer loads with one statement each. */
import { lineFeed, type LoadUnit, type RowBundle } from '../model/row-bundle.ts';

export interface CutLimits {
  /** A held unit ends at the first row end past this many bytes. */
  readonly unitBytes: number;
  /** A row longer than this is streamed instead of held. */
  readonly heldRowBytes: number;
}

export const defaultCutLimits: CutLimits = { unitBytes: 4 * 1024 ** 2, heldRowBytes: 16 * 1024 ** 2 };

/**
 * Yields every row exactly once and in order. Memory: at most `unitBytes` plus one bundle plus `heldRowBytes`. A streamed
 * unit must be consumed before the next one can be pulled.
 */
export async function* cutUnits(
  bundles: AsyncIterable<RowBundle>,
  limits = defaultCutLimits,
): AsyncGenerator<LoadUnit> {
  const source = bundles[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let heldBytes = 0;
  let rows = 0;
  try {
    for (;;) {
      const next = await source.next();
      if (next.done) break;
      const bundle = next.value;
      held.push(bundle.bytes);
      heldBytes += bundle.bytes.length;
      rows += bundle.rows;
      if (rows > 0 && heldBytes >= limits.unitBytes) {
        const { whole, rest } = splitAfterLastRow(held);
        yield { kind: 'held', bytes: whole, rows };
        held = rest.length > 0 ? [rest] : [];
        heldBytes = rest.length;
        rows = 0;
      }
      if (rows === 0 && heldBytes > limits.heldRowBytes) {
        const row = new StreamedRow(held, source);
        held = [];
        yield { kind: 'streamed', bytes: row, rows: 1 };
        const after = await row.skipToEnd();
        held = after.bytes.length > 0 ? [after.bytes] : [];
        heldBytes = after.bytes.length;
        rows = after.rows;
      }
    }
    if (heldBytes > 0) yield { kind: 'held', bytes: join(held), rows };
  } finally {
    await source.return?.();
  }
}

/** One row that is passed on as it arrives. Whoever iterates it must end the iteration, by the last item or `return`. */
class StreamedRow implements AsyncIterable<Buffer> {
  readonly #start: Buffer[];
  readonly #source: AsyncIterator<RowBundle>;
  readonly #released = Promise.withResolvers<void>();
  /** What followed the row's line feed in its last bundle; null until that line feed was seen. */
  #after: RowBundle | null = null;

  constructor(start: readonly Buffer[], source: AsyncIterator<RowBundle>) {
    this.#start = [...start];
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return {
      next: async () => {
        const value = this.#start.shift() ?? (await this.#pull());
        if (value) return { done: false, value };
        this.#released.resolve();
        return { done: true, value: undefined };
      },
      return: async () => {
        this.#released.resolve();
        return { done: true, value: undefined };
      },
    };
  }

  /** Waits until the consumer is done, passes over what it left of the row, and gives what comes after the row. */
  async skipToEnd(): Promise<RowBundle> {
    await this.#released.promise;
    while (!this.#after) await this.#pull();
    return this.#after;
  }

  async #pull(): Promise<Buffer | null> {
    if (this.#after) return null;
    const next = await this.#source.next();
    if (next.done) {
      this.#after = { bytes: Buffer.alloc(0), rows: 0 };
      return null;
    }
    const { bytes, rows } = next.value;
    const end = bytes.indexOf(lineFeed) + 1;
    if (end === 0) return bytes;
    this.#after = { bytes: bytes.subarray(end), rows: rows - 1 };
    return bytes.subarray(0, end);
  }
}

function splitAfterLastRow(parts: readonly Buffer[]): { whole: Buffer; rest: Buffer } {
  const all = join(parts);
  const end = all.lastIndexOf(lineFeed) + 1;
  // The rest is copied, so that the large unit can be freed while a few bytes of it wait.
  return { whole: all.subarray(0, end), rest: Buffer.from(all.subarray(end)) };
}

const join = (parts: readonly Buffer[]) => (parts.length === 1 ? parts[0]! : Buffer.concat(parts));
