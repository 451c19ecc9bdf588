/** Records => tuples of row binary. */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import { mostBytesAdded, type RowBinaryEncoder } from '../../../row-binary/row-binary-encoder.ts';
import type { EncodeField } from './record-fields.ts';
import type { RecordReader } from './record-reader.ts';
import { serialTypes } from './stored-value.ts';

/** One column of the rows that are written. */
export interface EncodedColumn {
  /** Its place in the record. */
  readonly place: number;
  /** The column is the rowid, for which the record has NULL. */
  readonly isRowid: boolean;
  /** In records from before the column was there it is NULL; false: it has another default. */
  readonly isNullWhereAbsent: boolean;
  readonly encode: EncodeField;
}

export class RecordEncoder {
  readonly #records: RecordReader;
  readonly #columns: readonly EncodedColumn[];
  readonly #out: RowBinaryEncoder;
  #rows = 0;

  constructor(records: RecordReader, columns: readonly EncodedColumn[], out: RowBinaryEncoder) {
    this.#records = records;
    this.#columns = columns;
    this.#out = out;
  }

  /** How many rows were written since the last call. */
  takeRows(): number {
    const rows = this.#rows;
    this.#rows = 0;
    return rows;
  }

  /** Writes the last record, which has `length` bytes. Throws BinaryDoubt. */
  readonly add = (length: number): void => {
    const { source, serials, starts, count, rowid } = this.#records;
    const columns = this.#columns;
    const out = this.#out;
    out.reserve(length * 2 + 2 + columns.length * mostBytesAdded);
    out.tuple(columns.length);
    for (let index = 0; index < columns.length; index++) {
      const { place, isRowid, isNullWhereAbsent, encode } = columns[index]!;
      const serial = place < count ? serials[place]! : serialTypes.null;
      if (serial !== serialTypes.null) encode(out, source, serial, starts[place]!);
      else if (isRowid) encode(out, rowid, serialTypes.integer64, 0);
      else if (place < count || isNullWhereAbsent) out.null();
      else throw new BinaryDoubt('a record from before a column with a default was added');
    }
    this.#rows++;
  };
}
