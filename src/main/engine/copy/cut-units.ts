/** Cuts a reader's bundles into units that a writer loads with one statement each. */
import { BufferPool } from '../row-text/buffer-pool.ts';
import { lineFeed, type LoadUnit, type RowBundle } from '../model/row-bundle.ts';

export interface CutLimits {
  /** A held unit ends at the first row end past this many bytes. */
  readonly unitBytes: number;
  /** A row longer than this is streamed instead of held. */
  readonly heldRowBytes: number;
}

export const defaultCutLimits: CutLimits = { unitBytes: 4 * 1024 ** 2, heldRowBytes: 16 * 1024 ** 2 };

/** Buffers that units are gathered in: `unitBytes` and a bundle that ends past it. */
export const unitBuffers = (limits = defaultCutLimits) => new BufferPool(Math.ceil(limits.unitBytes * 1.25));

/**
 * Yields every row exactly once and in order. Memory: at most `unitBytes` plus one bundle plus `heldRowBytes`, and as much
 * for each unit that is not released. A streamed unit must be consumed before the next one can be pulled.
 */
export async function* cutUnits(
  bundles: AsyncIterable<RowBundle>,
  buffers = unitBuffers(),
  limits = defaultCutLimits,
): AsyncGenerator<LoadUnit> {
  const source = bundles[Symbol.asyncIterator]();
  const held = new HeldRows(buffers);
  try {
    for (;;) {
      const next = await source.next();
      if (next.done) break;
      held.add(next.value);
      if (held.rows > 0 && held.length >= limits.unitBytes) yield held.takeRows();
      if (held.rows === 0 && held.length > limits.heldRowBytes) {
        const row = new StreamedRow(held.takeStart(), source);
        yield { kind: 'streamed', bytes: row, rows: 1 };
        held.add(await row.skipToEnd());
      }
    }
    if (held.length > 0) yield held.takeRows();
  } finally {
    held.release();
    await source.return?.();
  }
}

/** The same for bundles of row binary, which end with a row each. */
export async function* gatherUnits(
  bundles: AsyncIterable<RowBundle>,
  buffers: BufferPool,
  unitBytes = defaultCutLimits.unitBytes,
): AsyncGenerator<LoadUnit> {
  const held = new HeldRows(buffers);
  try {
    for await (const bundle of bundles) {
      held.add(bundle);
      if (held.length >= unitBytes) yield held.takeAll();
    }
    if (held.rows > 0) yield held.takeAll();
  } finally {
    held.release();
  }
}

/** Bytes gathered for the next unit. */
class HeldRows {
  readonly #buffers: BufferPool;
  #buffer: Buffer;
  #length = 0;
  #rows = 0;

  constructor(buffers: BufferPool) {
    this.#buffers = buffers;
    this.#buffer = buffers.take();
  }

  get length(): number {
    return this.#length;
  }

  /** Rows that end in what is held. */
  get rows(): number {
    return this.#rows;
  }

  add({ bytes, rows }: RowBundle): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) this.#replace(this.#buffers.take(needed * 2));
    bytes.copy(this.#buffer, this.#length);
    this.#length = needed;
    this.#rows += rows;
  }

  /** The whole rows; what comes after the last one stays. At the end of the table it may lack its line feed: all of it then. */
  takeRows(): LoadUnit {
    const full = this.#buffer;
    const end = full.lastIndexOf(lineFeed, this.#length - 1) + 1 || this.#length;
    const rest = full.subarray(end, this.#length);
    this.#buffer = this.#buffers.take(rest.length);
    this.#length = rest.copy(this.#buffer);
    const unit = { bytes: full.subarray(0, end), rows: this.#rows, release: () => this.#buffers.give(full) };
    this.#rows = 0;
    return { kind: 'held', ...unit };
  }

  takeAll(): LoadUnit {
    const full = this.#buffer;
    const bytes = full.subarray(0, this.#length);
    const rows = this.#rows;
    this.#buffer = this.#buffers.take();
    this.#length = 0;
    this.#rows = 0;
    return { kind: 'held', bytes, rows, isBinary: true, release: () => this.#buffers.give(full) };
  }

  /** All of it: the start of a row whose end has not been seen. */
  takeStart(): Buffer {
    const start = this.#buffer.subarray(0, this.#length);
    this.#buffer = this.#buffers.take();
    this.#length = 0;
    return start;
  }

  release(): void {
    this.#buffers.give(this.#buffer);
  }

  #replace(larger: Buffer): void {
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffers.give(this.#buffer);
    this.#buffer = larger;
  }
}

/** One row that is passed on as it arrives. Whoever iterates it must end the iteration, by the last item or `return`. */
class StreamedRow implements AsyncIterable<Buffer> {
  #start: Buffer | null;
  readonly #source: AsyncIterator<RowBundle>;
  readonly #released = Promise.withResolvers<void>();
  /** What followed the row's line feed in its last bundle; null until that line feed was seen. */
  #after: RowBundle | null = null;

  constructor(start: Buffer, source: AsyncIterator<RowBundle>) {
    this.#start = start;
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return {
      next: async () => {
        const value = this.#start ?? (await this.#pull());
        this.#start = null;
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
    const { rows } = next.value;
    // The consumer may not have sent them on when it asks for more.
    const bytes = Buffer.from(next.value.bytes);
    const end = bytes.indexOf(lineFeed) + 1;
    if (end === 0) return bytes;
    this.#after = { bytes: bytes.subarray(end), rows: rows - 1 };
    return bytes.subarray(0, end);
  }
}
