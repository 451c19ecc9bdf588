/** Reads a table on one connection, which may be in a snapshot transaction. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { BinaryReader, TableReader } from '../../driver/driver.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { RowBundle } from '../../model/row-bundle.ts';
import { BinaryDoubt } from '../../driver/binary-doubt.ts';
import type { BinaryType } from '../../row-binary/binary-type.ts';
import { offersBinary } from './binary-fields.ts';
import { BinaryRowEncoder } from './binary-row-packets.ts';
import { errnoOf } from './mysql-errors.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { BufferPool } from '../../row-text/buffer-pool.ts';
import { bundleBufferBytes, RowPacketEncoder, type LargeRow } from './row-packets.ts';
import { selectRows } from './select-rows.ts';

/** Encoded bytes that wait for the consumer before the connection is paused, and below which it goes on. */
const pauseAtBytes = 1024 ** 2;
const resumeBelowBytes = 512 * 1024;

/** The server has no room for prepared statements, prepares none of this kind, or (1615, 1243, 1047) loses it; some proxies know none. */
const notPrepared = new Set<number | null>([1461, 1295, 1615, 1243, 1047]);

export class MysqlTableReader implements TableReader {
  readonly #connection: MysqlConnection;
  readonly #kill: (connection: MysqlConnection) => Promise<void>;
  readonly #buffers = new BufferPool(bundleBufferBytes);

  readonly binary: BinaryReader = {
    offers: async (plan, types) => plan.columns.every((column, index) => offersBinary(column, types[index]!)),
    read: (plan, range, types, signal) => this.#readBinary(plan, range, types, signal),
  };

  /** `kill` cancels what the connection runs, from another connection. */
  constructor(connection: MysqlConnection, kill: (connection: MysqlConnection) => Promise<void>) {
    this.#connection = connection;
    this.#kill = kill;
  }

  async *read(plan: TablePlan, range: KeyRange | null, signal?: AbortSignal): AsyncGenerator<RowBundle> {
    signal?.throwIfAborted();
    const waiting = new WaitingRows(this.#connection);
    const encoder = new RowPacketEncoder(plan, this.#buffers, (item) => waiting.add(item));
    const statement = this.#connection.stream(selectRows(plan, range), (buffer, offset, end) =>
      waiting.encode(() => encoder.add(buffer, offset, end)),
    );
    yield* this.#rowsOf(
      waiting,
      statement.then(() => waiting.encode(() => encoder.flush())),
      (row) => encoder.pieces(row),
      signal,
    );
  }

  async *#readBinary(
    plan: TablePlan,
    range: KeyRange | null,
    types: readonly BinaryType[],
    signal?: AbortSignal,
  ): AsyncGenerator<RowBundle> {
    signal?.throwIfAborted();
    const waiting = new WaitingRows(this.#connection);
    let encoder: BinaryRowEncoder | null = null;
    const statement = this.#connection.streamBinary(selectRows(plan, range), (columns) => {
      waiting.encode(() => {
        encoder = new BinaryRowEncoder(plan, columns, types, this.#buffers, (bundle) => waiting.add(bundle));
      });
      return (buffer, offset, end) => waiting.encode(() => encoder!.add(buffer, offset, end));
    });
    yield* this.#rowsOf(
      waiting,
      statement.then(
        () => waiting.encode(() => encoder!.flush()),
        (error: unknown) => {
          throw notPrepared.has(errnoOf(error)) ? new BinaryDoubt('a statement that cannot be prepared') : error;
        },
      ),
      () => [],
      signal,
    );
  }

  async *#rowsOf(
    waiting: WaitingRows,
    statement: Promise<void>,
    pieces: (row: LargeRow) => Iterable<RowBundle>,
    signal?: AbortSignal,
  ): AsyncGenerator<RowBundle> {
    const abort = () => waiting.refuse(new SluiceError('cancelled', 'Reading was cancelled.'));
    signal?.addEventListener('abort', abort);
    const finished = statement.then(
      () => waiting.end(null),
      (error: unknown) => waiting.end(error),
    );
    try {
      for (;;) {
        const item = await waiting.next();
        if (item === null) return;
        if ('bytes' in item) {
          yield item;
          this.#buffers.give(item.bytes);
        } else yield* pieces(item);
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      if (!waiting.ended) await this.#cancel(waiting, finished);
    }
  }

  /** Ends the statement in the server and leaves the connection ready for the next. */
  async #cancel(waiting: WaitingRows, finished: Promise<void>): Promise<void> {
    waiting.abandon();
    await Promise.allSettled([this.#kill(this.#connection), finished]);
    if (this.#connection.closed) return;
    // The cancellation may have come after the last row: then it hits the next statement, which is this one.
    await this.#connection.run('DO 0').catch((error: unknown) => {
      if (errnoOf(error) !== 1317) throw error;
    });
  }
}

/** Rows between the socket and the consumer. */
class WaitingRows {
  readonly #connection: MysqlConnection;
  readonly #items: (RowBundle | LargeRow)[] = [];
  #bytes = 0;
  /** Bytes of the item that the consumer works on: a large row counts until all of it is encoded. */
  #takenBytes = 0;
  #paused = false;
  #ended = false;
  #error: unknown = null;
  #abandoned = false;
  #wake: (() => void) | null = null;

  constructor(connection: MysqlConnection) {
    this.#connection = connection;
  }

  /** The statement is over. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The consumer has gone: rows that still come are dropped. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Takes rows by what `work` adds, unless nobody wants them any more. An error of it is the consumer's. */
  encode(work: () => void): void {
    if (this.#abandoned) return;
    try {
      work();
    } catch (error) {
      this.refuse(error);
    }
  }

  add(item: RowBundle | LargeRow): void {
    this.#items.push(item);
    this.#bytes += sizeOf(item);
    if (!this.#paused && this.#bytes >= pauseAtBytes) {
      this.#paused = true;
      this.#connection.pause();
    }
    this.#wakeConsumer();
  }

  /** The statement is over; rows that were added before are still handed out. */
  end(error: unknown): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wakeConsumer();
  }

  /** Nobody can use what still comes: the server goes on sending, and it is dropped. The consumer gets `error`. */
  refuse(error: unknown): void {
    this.#abandoned = true;
    this.#error = error;
    this.#wakeConsumer();
  }

  abandon(): void {
    this.#abandoned = true;
    this.#items.length = 0;
    this.#resume();
  }

  /** null at the end. */
  async next(): Promise<RowBundle | LargeRow | null> {
    this.#bytes -= this.#takenBytes;
    this.#takenBytes = 0;
    if (this.#bytes < resumeBelowBytes) this.#resume();
    for (;;) {
      const item = this.#items.shift();
      if (item) {
        this.#takenBytes = sizeOf(item);
        return item;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection.resume();
  }

  #wakeConsumer(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

const sizeOf = (item: RowBundle | LargeRow): number => ('bytes' in item ? item.bytes.length : item.end - item.offset);
