/** Row packets of a prepared statement => bundles of row binary, bounded in bytes. */
import { BinaryDoubt } from '../../driver/binary-doubt.ts';
import type { RowBundle } from '../../model/row-bundle.ts';
import type { TablePlan } from '../../model/table-plan.ts';
import type { BinaryType } from '../../row-binary/binary-type.ts';
import { mostBytesAdded, RowBinaryEncoder } from '../../row-binary/row-binary-encoder.ts';
import type { BufferPool } from '../../row-text/buffer-pool.ts';
import { binaryField, type BinaryField } from './binary-fields.ts';
import type { ResultColumn } from './mysql-connection.ts';

/** A bundle is handed on at the first row end past this many bytes. */
const bundleBytes = 256 * 1024;
/** Rows longer than this are read as text, which holds them in pieces. */
const largestRowBytes = 1024 ** 2;

export class BinaryRowEncoder {
  readonly #fields: readonly BinaryField[];
  readonly #emit: (bundle: RowBundle) => void;
  readonly #buffers: BufferPool;
  readonly #out: RowBinaryEncoder;
  /** Of the bits that say which fields are NULL. */
  readonly #nullBytes: number;
  /** Bytes that a row takes beyond those of its packet. */
  readonly #added: number;
  #rows = 0;

  /** `types`: of the fields in row binary. Bundles are written to buffers of `buffers`. Throws BinaryDoubt. */
  constructor(
    plan: TablePlan,
    columns: readonly ResultColumn[],
    types: readonly BinaryType[],
    buffers: BufferPool,
    emit: (bundle: RowBundle) => void,
  ) {
    this.#fields = plan.columns.map((column, index) => binaryField(columns[index]!, column, types[index]!));
    this.#emit = emit;
    this.#buffers = buffers;
    this.#out = new RowBinaryEncoder(buffers.take());
    this.#nullBytes = (columns.length + 9) >> 3;
    this.#added = 2 + columns.length * mostBytesAdded;
  }

  /** Takes one packet. Throws BinaryDoubt. */
  add(source: Buffer, offset: number, end: number): void {
    if (end - offset > largestRowBytes) throw new BinaryDoubt('a row that is too large to hold');
    const fields = this.#fields;
    const out = this.#out;
    out.reserve((end - offset) * 2 + this.#added);
    out.tuple(fields.length);
    const nulls = offset + 1;
    let at = nulls + this.#nullBytes;
    for (let column = 0; column < fields.length; column++) {
      const bit = column + 2;
      if ((source[nulls + (bit >> 3)]! >> (bit & 7)) & 1) {
        out.null();
        continue;
      }
      const { width, encode } = fields[column]!;
      let length: number = width;
      if (length === 0) {
        length = source[at++]!;
        if (length === 252) {
          length = source.readUInt16LE(at);
          at += 2;
        } else if (length > 252) {
          length = source.readUIntLE(at, 3);
          at += 3;
        }
      }
      encode(out, source, at, at + length);
      at += length;
    }
    if (at !== end) throw new BinaryDoubt('a row with more than was asked for');
    this.#rows++;
    if (out.length >= bundleBytes) this.flush();
  }

  /** Hands on what is there, at the latest when the rows end. */
  flush(): void {
    if (this.#rows === 0) return;
    this.#emit({ bytes: this.#out.take(this.#buffers.take()), rows: this.#rows });
    this.#rows = 0;
  }
}
