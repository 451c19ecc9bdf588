/** Raw row packets of the text protocol => bundles of row text, bounded in bytes. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { TablePlan } from '../../model/table-plan.ts';
import { backslash, carriageReturn, lineFeed, tab, type RowBundle } from '../../model/row-bundle.ts';
import type { BufferPool } from '../../row-text/buffer-pool.ts';
import { mostBytesPerByte, RowTextEncoder } from '../../row-text/row-text-encoder.ts';
import { fieldEncoder, isZeroDate, mostBytesAdded, type FieldEncoder } from './field-encoders.ts';

/** A bundle is handed on at the first row end past this many bytes. */
const bundleBytes = 256 * 1024;
/** Of the buffers that bundles are written to. */
export const bundleBufferBytes = bundleBytes * 2;
/** Rows longer than this are not encoded at once but in pieces, as the consumer takes them. */
const largeRowBytes = 1024 ** 2;
const pieceBytes = 256 * 1024;

/** A row waiting to be encoded in pieces. `source` is its own copy of the packet's bytes. */
export interface LargeRow {
  readonly source: Buffer;
  readonly offset: number;
  readonly end: number;
}

export class RowPacketEncoder {
  readonly #plan: TablePlan;
  readonly #fields: readonly FieldEncoder[];
  /** False: no row of this table can be copied as it is. */
  readonly #copiesRows: boolean;
  readonly #emit: (item: RowBundle | LargeRow) => void;
  readonly #buffers: BufferPool;
  readonly #out: RowTextEncoder;
  #rows = 0;

  /** `emit` gets what is ready, in the order of the rows. Bundles are written to buffers of `buffers`, `bundleBufferBytes` long. */
  constructor(plan: TablePlan, buffers: BufferPool, emit: (item: RowBundle | LargeRow) => void) {
    this.#plan = plan;
    this.#fields = plan.columns.map(fieldEncoder);
    this.#copiesRows = this.#fields.every(({ asIs }) => asIs !== 'never');
    this.#emit = emit;
    this.#buffers = buffers;
    this.#out = new RowTextEncoder(buffers.take());
  }

  add(source: Buffer, offset: number, end: number): void {
    if (end - offset > largeRowBytes) {
      this.flush();
      // The packet's buffer is its own where it did not fit one chunk of the socket, which a large row never does.
      this.#emit({ source, offset, end });
      return;
    }
    const fields = this.#fields;
    const out = this.#out;
    out.reserve((end - offset) * mostBytesPerByte + fields.length * mostBytesAdded);
    if (this.#copiesRows && this.#isRowText(source, offset)) this.#copyRow(source, offset, end);
    else this.#encodeRow(source, offset);
    out.byte(lineFeed);
    this.#rows++;
    if (out.length >= bundleBytes) this.flush();
  }

  /** True where every field is short, not NULL, and row text as it is: most rows of most tables. */
  #isRowText(source: Buffer, offset: number): boolean {
    const fields = this.#fields;
    let at = offset;
    for (let column = 0; column < fields.length; column++) {
      const length = source[at++]!;
      if (length >= 251) return false;
      const end = at + length;
      const { asIs } = fields[column]!;
      if (asIs === 'unescaped') {
        for (let index = at; index < end; index++) {
          const value = source[index]!;
          // Everything that may need an escape is below 0x0e, but for the backslash.
          if (value <= carriageReturn || value === backslash) return false;
        }
      } else if (asIs === 'plain date' && (length > 19 || isZeroDate(source, at))) return false;
      at = end;
    }
    return true;
  }

  /** Such a row needs no more than separators in place of the lengths of its fields. */
  #copyRow(source: Buffer, offset: number, end: number): void {
    const out = this.#out;
    const start = out.length - offset - 1;
    out.plain(source, offset + 1, end);
    let at = offset;
    for (let left = this.#fields.length - 1; left > 0; left--) {
      at += source[at]! + 1;
      out.patch(start + at, tab);
    }
  }

  #encodeRow(source: Buffer, offset: number): void {
    const fields = this.#fields;
    const out = this.#out;
    let at = offset;
    for (let column = 0; column < fields.length; column++) {
      if (column > 0) out.byte(tab);
      let length = source[at++]!;
      if (length >= 251) {
        if (length === 251) {
          out.null();
          continue;
        }
        if (length === 252) {
          length = source.readUInt16LE(at);
          at += 2;
        } else {
          length = source.readUIntLE(at, 3);
          at += 3;
        }
      }
      fields[column]!.first(out, source, at, at + length);
      at += length;
    }
  }

  /** Hands on what is there, at the latest when the rows end. */
  flush(): void {
    if (this.#rows === 0) return;
    this.#emit({ bytes: this.#out.take(this.#buffers.take()), rows: this.#rows });
    this.#rows = 0;
  }

  /** A large row as bundles of about `pieceBytes`, of which only the last ends a row. */
  *pieces({ source, offset, end }: LargeRow): Generator<RowBundle> {
    const out = new RowTextEncoder(Buffer.allocUnsafeSlow(pieceBytes));
    let at = offset;
    for (let column = 0; column < this.#fields.length; column++) {
      const { first, more } = this.#fields[column]!;
      const { from, to } = fieldAt(source, at);
      at = to ?? from;
      if (column > 0) out.byte(tab);
      if (to === null) {
        out.reserve(2);
        out.null();
        continue;
      }
      let encode = first;
      for (let start = from; start < to || start === from; start += pieceBytes) {
        const stop = more === null ? to : Math.min(start + pieceBytes, to);
        out.reserve((stop - start) * mostBytesPerByte + mostBytesAdded);
        encode(out, source, start, stop);
        if (out.length >= pieceBytes) yield { bytes: out.take(Buffer.allocUnsafeSlow(pieceBytes)), rows: 0 };
        if (more === null) break;
        encode = more;
      }
      out.reserve(2);
    }
    if (at !== end)
      throw new SluiceError('internal', `A row of "${this.#plan.label}" has more fields than were asked for.`);
    out.byte(lineFeed);
    yield { bytes: out.take(Buffer.alloc(0)), rows: 1 };
  }
}

/** The length-coded field that begins at `at`; `to` null: it is NULL. */
function fieldAt(source: Buffer, at: number): { from: number; to: number | null } {
  const first = source[at]!;
  if (first < 251) return { from: at + 1, to: at + 1 + first };
  if (first === 251) return { from: at + 1, to: null };
  const width = first === 252 ? 2 : first === 253 ? 3 : 6;
  const length = source.readUIntLE(at + 1, width);
  const from = at + 1 + (first === 254 ? 8 : width);
  return { from, to: from + length };
}
