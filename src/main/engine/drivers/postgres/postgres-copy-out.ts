/**
 * `COPY ... TO STDOUT` as bundles of row text. While rows come it listens to the connection's socket in the client's
 * place: the server sends each row as one small message, and an object or a buffer per message would cost more than all
 * the rest. Payloads are moved together into large buffers instead.
 */
import type { Duplex } from 'node:stream';
import type { Connection, Submittable } from 'pg';
import { backslash, type RowBundle } from '../../model/row-bundle.ts';
import { BinaryDoubt } from '../../driver/binary-doubt.ts';
import type { BufferPool } from '../../row-text/buffer-pool.ts';
import { toRowText } from './postgres-copy-text.ts';

export const bundleBytes = 256 * 1024;
/** Bundles that wait for the consumer before the socket is paused. */
const bundlesAhead = 4;
/** Below this many bytes a loop is faster than a call into the runtime's copy. */
const shortCopy = 48;

const headerBytes = 5;
/** Signature, flags, and the length of an extension that is not there. */
const binaryHeaderBytes = 19;
/** A count of fields that is -1. A row of text can be as short, and goes the longer way. */
const binaryTrailerBytes = 2;
const copyData = 0x64;
/** Messages that may come before or between rows: CopyOutResponse, NoticeResponse, ParameterStatus, NotificationResponse. */
const passedOver = new Set([0x48, 0x4e, 0x53, 0x41]);

type Listener = (chunk: Buffer) => void;

export class CopyOut implements Submittable {
  /** Settles when the server is done: rejects with its error. */
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void };
  #stream: Duplex | null = null;
  /** The client's own listener while ours is in its place. */
  #clientListener: Listener | null = null;

  readonly #header = Buffer.alloc(headerBytes);
  /** Bytes of a header that a chunk's end cut. */
  #headerUsed = 0;
  /** Bytes of the current message that are still to come. */
  #left = 0;
  #inRow = false;

  readonly #buffers: BufferPool;
  #bundle: Buffer;
  #used = 0;
  #rows = 0;
  readonly #ready: RowBundle[] = [];
  #paused = false;
  #discarding = false;
  #wake: (() => void) | null = null;
  #state: 'running' | 'done' | 'failed' = 'running';

  /** The rows are row binary: the statement says `FORMAT binary`. */
  readonly #isBinary: boolean;
  /** Of a binary COPY's header, which comes with the first row: bytes still to come. */
  #headerLeft: number;
  /** Why the consumer gets no more rows, whatever still comes. */
  #refusal: unknown = null;

  /** Bundles are written to buffers of `buffers`, `bundleBytes` long. */
  constructor(sql: string, buffers: BufferPool, isBinary = false) {
    this.#sql = sql;
    this.#isBinary = isBinary;
    this.#headerLeft = isBinary ? binaryHeaderBytes : 0;
    this.#buffers = buffers;
    this.#bundle = buffers.take();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = { resolve, reject };
    promise.catch(() => undefined);
  }

  /** Bundles in order. Throws the server's error, BinaryDoubt, or what `refuse` got. Ends early only after `discard`. */
  async *bundles(): AsyncGenerator<RowBundle> {
    for (;;) {
      const bundle = this.#ready.shift();
      if (bundle) {
        if (this.#paused && this.#ready.length < bundlesAhead / 2) this.#resume();
        yield bundle;
        this.#buffers.give(bundle.bytes);
      } else if (this.#refusal !== null) {
        throw this.#refusal;
      } else if (this.#state === 'failed') {
        await this.finished;
      } else if (this.#state === 'done') {
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  /** The consumer gets `error` after the bundles that are ready, and not what comes after them. */
  refuse(error: unknown): void {
    this.#refusal ??= error;
    this.#wake?.();
  }

  /** Drops what still comes, so that the server can end the statement. */
  discard(): void {
    this.#discarding = true;
    this.#ready.length = 0;
    if (this.#paused) this.#resume();
  }

  // What pg's client calls.

  submit(connection: Connection): void {
    this.#stream = connection.stream;
    const listeners = this.#stream.listeners('data') as Listener[];
    if (listeners.length !== 1) throw new Error('Expected the client to be the only listener of its socket.');
    this.#clientListener = listeners[0]!;
    this.#stream.removeListener('data', this.#clientListener);
    this.#stream.on('data', this.#take);
    connection.query(this.#sql);
  }

  handleCommandComplete(): void {
    // The count it carries is that of the rows received.
  }

  handleReadyForQuery(): void {
    if (!this.#discarding) this.#flush();
    this.#end('done');
    this.#settle.resolve();
  }

  handleError(error: unknown): void {
    this.#handBack(null);
    this.#end('failed');
    this.#settle.reject(error);
  }

  #end(state: 'done' | 'failed'): void {
    this.#state = state;
    this.#wake?.();
  }

  readonly #take = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const part = Math.min(this.#left, chunk.length - at);
        if (this.#inRow) this.#append(chunk, at, at + part);
        at += part;
        this.#left -= part;
        if (this.#left === 0 && this.#inRow) this.#rows++;
        // After the count: a row may end with the bundle.
        if (this.#used === bundleBytes) this.#flush();
        continue;
      }
      if (this.#headerUsed === 0) at = this.#takeWholeRows(chunk, at);
      const part = Math.min(headerBytes - this.#headerUsed, chunk.length - at);
      chunk.copy(this.#header, this.#headerUsed, at, at + part);
      this.#headerUsed += part;
      at += part;
      if (this.#headerUsed < headerBytes) return;
      const code = this.#header[0]!;
      this.#inRow = code === copyData;
      if (!this.#inRow && !passedOver.has(code)) {
        // CopyDone, ErrorResponse and all that follows are the client's again.
        this.#handBack(Buffer.concat([this.#header, chunk.subarray(at)]));
        return;
      }
      this.#headerUsed = 0;
      this.#left = this.#header.readUInt32BE(1) - 4;
      if (this.#inRow && this.#isBinary) this.#beginTuple();
    }
  };

  /** Tuples are not divided between bundles. */
  #beginTuple(): void {
    const length = this.#left - this.#headerLeft;
    // Not a row: the mark that ends the data, with the header in front where there are no rows.
    if (length <= binaryTrailerBytes) this.#inRow = false;
    else if (length > bundleBytes) {
      this.#inRow = false;
      this.#headerLeft = 0;
      this.refuse(new BinaryDoubt('a row that is too large to hold'));
    } else if (this.#used + length > bundleBytes) this.#flush();
  }

  /** The fast path: rows that lie whole in `chunk` and fit the bundle. Returns where it stopped, at a message's start. */
  #takeWholeRows(chunk: Buffer, start: number): number {
    const last = chunk.length - headerBytes;
    const bundle = this.#bundle;
    let used = this.#used;
    let rows = this.#rows;
    let at = start;
    while (at <= last && chunk[at] === copyData && this.#headerLeft === 0) {
      const length = ((chunk[at + 1]! << 24) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 8) | chunk[at + 4]!) - 4;
      const from = at + headerBytes;
      const to = from + length;
      if (to > chunk.length || used + length > bundleBytes || length <= binaryTrailerBytes) break;
      if (length <= shortCopy) for (let byte = from; byte < to; byte++) bundle[used++] = chunk[byte]!;
      else {
        chunk.copy(bundle, used, from, to);
        used += length;
      }
      at = to;
      rows++;
    }
    this.#used = used;
    this.#rows = rows;
    return at;
  }

  #append(chunk: Buffer, start: number, to: number): void {
    const header = Math.min(this.#headerLeft, to - start);
    this.#headerLeft -= header;
    let from = start + header;
    while (from < to) {
      if (this.#used === bundleBytes) this.#flush();
      const part = Math.min(to - from, bundleBytes - this.#used);
      chunk.copy(this.#bundle, this.#used, from, from + part);
      this.#used += part;
      from += part;
    }
  }

  #flush(): void {
    const full = this.#bundle;
    const { length, dangling } = this.#isBinary ? { length: this.#used, dangling: false } : toRowText(full, this.#used);
    if (!this.#discarding && length > 0) {
      this.#ready.push({ bytes: full.subarray(0, length), rows: this.#rows });
      if (this.#ready.length >= bundlesAhead && !this.#paused) {
        this.#paused = true;
        this.#stream?.pause();
      }
      this.#bundle = this.#buffers.take();
      this.#wake?.();
    }
    this.#rows = 0;
    this.#used = 0;
    if (dangling) this.#bundle[this.#used++] = backslash;
  }

  #resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  #handBack(unread: Buffer | null): void {
    const listener = this.#clientListener;
    if (!this.#stream || !listener) return;
    this.#clientListener = null;
    this.#stream.removeListener('data', this.#take);
    this.#stream.on('data', listener);
    this.#resume();
    if (unread) listener(unread);
  }
}
