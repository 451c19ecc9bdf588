/** Row text back into fields: what writers without a bulk text format and verification read rows with. */
import { isUtf8 } from 'node:buffer';
import { lineFeed } from '../model/row-bundle.ts';
import { unescapeField } from './decode-row.ts';

/** Bytes turned into one string at a time: long enough to make the call cheap, short enough to stay in the cache. */
const sliceBytes = 256 * 1024;

/**
 * Reads whole rows out of row text. The reused array of `readRow` is the only thing made per row besides the fields
 * themselves.
 */
export class RowTextDecoder {
  readonly #bytes: Buffer;
  /** Where the next slice begins in `bytes`. */
  #offset = 0;
  /** The slice whose rows are being given out, and where the next of them begins. */
  #text = '';
  #position = 0;

  /** `bytes`: whole rows. Throws a TypeError at the first row that is not UTF-8. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * Puts the next row's fields, unescaped, into `fields` (null = NULL), which has as many elements as the table has
   * columns. False at the end.
   */
  readRow(fields: (string | null)[]): boolean {
    if (this.#position >= this.#text.length && !this.#nextSlice()) return false;
    const text = this.#text;
    let position = this.#position;
    const last = fields.length - 1;
    for (let column = 0; column <= last; column++) {
      const end = text.indexOf(column === last ? '\n' : '\t', position);
      const field = text.substring(position, end);
      fields[column] = field === '\\N' ? null : unescapeField(field);
      position = end + 1;
    }
    this.#position = position;
    return true;
  }

  #nextSlice(): boolean {
    if (this.#offset >= this.#bytes.length) return false;
    let end = this.#bytes.lastIndexOf(lineFeed, this.#offset + sliceBytes) + 1;
    if (end <= this.#offset) end = this.#bytes.indexOf(lineFeed, this.#offset) + 1;
    const slice = this.#bytes.subarray(this.#offset, end === 0 ? this.#bytes.length : end);
    if (!isUtf8(slice)) throw new TypeError('Row text is not UTF-8.');
    this.#text = slice.toString('utf8');
    this.#position = 0;
    this.#offset += slice.length;
    return true;
  }
}
