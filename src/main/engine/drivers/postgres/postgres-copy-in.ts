/** `COPY ... FROM STDIN`, fed in large CopyData messages with the socket's backpressure. */
import type { Duplex } from 'node:stream';
import type { Connection, Submittable } from 'pg';

/** The server gathers a whole message before it reads rows from it. */
const messageBytes = 1024 * 1024;
const copyData = 0x64;
const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);

export class CopyIn implements Submittable {
  /** Settles when the server is done: rejects with its error, or with what the source of bytes threw. */
  readonly finished: Promise<void>;
  /** Rows that the server says it took. */
  rows = 0;
  readonly #sql: string;
  readonly #bytes: Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void };
  #sourceError: { readonly error: unknown } | null = null;
  #ended = false;
  /** Ends a wait for the socket; set while there is one. */
  #drained: (() => void) | null = null;

  constructor(sql: string, bytes: Iterable<Buffer> | AsyncIterable<Buffer>) {
    this.#sql = sql;
    this.#bytes = bytes;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = { resolve, reject };
  }

  // What pg's client calls.

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#feed(connection.stream).catch((error: unknown) => {
      this.#sourceError = { error };
      // The server answers with an error, which ends the statement.
      if (!this.#ended) connection.sendCopyFail('the rows could not be read');
    });
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const count = /^COPY (\d+)$/.exec(message.text)?.[1];
    if (count !== undefined) this.rows = Number(count);
  }

  handleReadyForQuery(): void {
    this.#ended = true;
    this.#settle.resolve();
  }

  handleError(error: unknown): void {
    this.#ended = true;
    this.#drained?.();
    this.#settle.reject(this.#sourceError ? this.#sourceError.error : error);
  }

  async #feed(stream: Duplex): Promise<void> {
    for await (const bytes of this.#bytes) {
      for (let at = 0; at < bytes.length; at += messageBytes) {
        // After an error the server drops what we send until it is ready again.
        if (this.#ended) return;
        const part = bytes.subarray(at, at + messageBytes);
        const header = Buffer.allocUnsafe(5);
        header[0] = copyData;
        header.writeUInt32BE(part.length + 4, 1);
        stream.cork();
        stream.write(header);
        const room = stream.write(part);
        stream.uncork();
        if (!room) await this.#drain(stream);
      }
    }
    if (!this.#ended) stream.write(copyDone);
  }

  async #drain(stream: Duplex): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      stream.once('drain', resolve);
    });
    if (this.#drained) stream.removeListener('drain', this.#drained);
    this.#drained = null;
  }
}

/** A method of pg.Connection that its type declarations leave out. */
interface CopyConnection extends Connection {
  sendCopyFail(message: string): void;
}
