/**
 * Takes row packets out of the chunks that come from the socket, in place of mysql2's parser, which makes several calls for each.
 * Whatever is no whole row in one chunk is the parser's: packets that a chunk's end cuts, very large ones, the end, errors.
 */

/** Takes the bytes of one row, from `offset` to `end`. `buffer` is only its own until it returns. */
export type RowSink = (buffer: Buffer, offset: number, end: number) => void;

type Execute = (this: PacketParser, chunk: Buffer) => unknown;

/** The parts of mysql2's connection that its types leave out. */
export interface PacketParser {
  execute: Execute;
  /** Of a packet that goes on in the next one, as long as it does. */
  readonly largePacketParts: readonly unknown[];
}
export interface TappedConnection {
  readonly packetParser: PacketParser;
  /** Number that the next packet must have. */
  sequenceId: number;
}

const headerBytes = 4;
/** A packet of this length goes on in the next one. */
const largestPacket = 0xffffff;
const endMark = 0xfe;
const errorMark = 0xff;
/** An EOF packet is shorter than any row that begins with its mark, which then is the length of a field. */
const endBytes = 9;

export class RowPacketTap {
  readonly #connection: TappedConnection;
  readonly #sink: RowSink;
  /** The parser's method between two packets. */
  readonly #atStart: Execute;
  /** The parser's method of the moment. */
  #current: Execute;

  /** To be made when the first row has come or is next. */
  constructor(connection: TappedConnection, sink: RowSink) {
    const parser = connection.packetParser;
    this.#connection = connection;
    this.#sink = sink;
    this.#atStart = (Object.getPrototypeOf(parser) as { executeStart: Execute }).executeStart;
    this.#current = parser.execute;
    const tap: Execute = (chunk) => this.#take(chunk);
    Object.defineProperty(parser, 'execute', {
      get: () => (this.#current === this.#atStart ? tap : this.#current),
      set: (next: Execute) => (this.#current = next),
      configurable: true,
    });
  }

  /** Leaves everything to the parser again. To be called before the next statement. */
  remove(): void {
    const execute = { value: this.#current, writable: true, configurable: true, enumerable: true };
    Object.defineProperty(this.#connection.packetParser, 'execute', execute);
  }

  #take(chunk: Buffer): void {
    const parser = this.#connection.packetParser;
    // The next packet is no row but the rest of one.
    if (parser.largePacketParts.length > 0) return void this.#atStart.call(parser, chunk);
    const sink = this.#sink;
    let at = 0;
    let sequence = 0;
    while (at + headerBytes < chunk.length) {
      const length = chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16);
      const from = at + headerBytes;
      const to = from + length;
      if (to > chunk.length || length === 0 || length === largestPacket) break;
      const first = chunk[from]!;
      if (first === errorMark || (first === endMark && length < endBytes)) break;
      sequence = chunk[at + 3]!;
      sink(chunk, from, to);
      at = to;
    }
    if (at > 0) this.#connection.sequenceId = (sequence + 1) & 0xff;
    if (at < chunk.length) this.#atStart.call(parser, at > 0 ? chunk.subarray(at) : chunk);
  }
}
