/**
 * Writes row text (docs/row-text.md) byte by byte into a growing buffer: what readers use whose server hands out raw
 * values. No strings, no objects per field.
 *
 * The caller reserves room first, then appends without further checks: `reserve` is called once per row, not per byte.
 */
import { backslash, carriageReturn, lineFeed, nullMark, tab } from '../model/row-bundle.ts';
import { GrowingBuffer } from './growing-buffer.ts';

/** What becomes of byte 0x00 in text. Under `error` it stays, so that the target refuses the row. */
export type NulRule = 'keep' | 'strip' | 'replace' | 'error';

/** Fields longer than this are searched and copied by native code, which costs more to call than it saves below. */
const nativeCopyLength = 400;
/** Largest number of bytes that one input byte becomes: U+2400 in place of NUL. */
export const mostBytesPerByte = 3;

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');

export class RowTextEncoder extends GrowingBuffer {
  /** Writes over one byte of what was written since the last `take`. */
  patch(at: number, value: number): void {
    this.out[at] = value;
  }

  /** One byte as it is: separators, or a character that needs no escape. */
  byte(value: number): void {
    this.out[this.used++] = value;
  }

  null(): void {
    this.out[this.used++] = backslash;
    this.out[this.used++] = nullMark;
  }

  /** Bytes that hold no character to escape: digits, dates. */
  plain(source: Buffer, from: number, to: number): void {
    if (to - from > nativeCopyLength) {
      source.copy(this.out, this.used, from, to);
      this.used += to - from;
      return;
    }
    const out = this.out;
    let length = this.used;
    for (let at = from; at < to; at++) out[length++] = source[at]!;
    this.used = length;
  }

  /** Text with escapes. Reserve `mostBytesPerByte` times its length. */
  text(source: Buffer, from: number, to: number, nul: NulRule): void {
    if (to - from > nativeCopyLength) return this.#longText(source, from, to, nul);
    const out = this.out;
    let length = this.used;
    for (let at = from; at < to; at++) {
      const value = source[at]!;
      // Everything that may need an escape is below 0x0e, but for the backslash.
      if (value > carriageReturn && value !== backslash) {
        out[length++] = value;
      } else {
        this.used = length;
        this.#special(value, nul);
        length = this.used;
      }
    }
    this.used = length;
  }

  /** Lower-case hex, without prefix. Reserve twice its length. */
  hex(source: Buffer, from: number, to: number): void {
    const out = this.out;
    let length = this.used;
    if (to - from > nativeCopyLength) {
      this.used += out.write(source.toString('hex', from, to), length, 'latin1');
      return;
    }
    for (let at = from; at < to; at++) {
      const value = source[at]!;
      out[length++] = hexDigits[value >> 4]!;
      out[length++] = hexDigits[value & 15]!;
    }
    this.used = length;
  }

  /** The mark that begins a bytes value: `\x`, its backslash escaped. */
  bytesPrefix(): void {
    this.out[this.used++] = backslash;
    this.out[this.used++] = backslash;
    this.out[this.used++] = 0x78;
  }

  #longText(source: Buffer, from: number, to: number, nul: NulRule): void {
    const field = source.subarray(from, to);
    const next = [0x00, tab, lineFeed, carriageReturn, backslash].map((value) => ({ value, at: field.indexOf(value) }));
    let copied = 0;
    for (;;) {
      let first = field.length;
      for (const special of next) if (special.at !== -1 && special.at < first) first = special.at;
      field.copy(this.out, this.used, copied, first);
      this.used += first - copied;
      if (first === field.length) return;
      this.#special(field[first]!, nul);
      copied = first + 1;
      for (const special of next) if (special.at === first) special.at = field.indexOf(special.value, copied);
    }
  }

  #special(value: number, nul: NulRule): void {
    switch (value) {
      case tab:
        return this.#escaped(0x74);
      case lineFeed:
        return this.#escaped(0x6e);
      case carriageReturn:
        return this.#escaped(0x72);
      case backslash:
        return this.#escaped(backslash);
      case 0x00:
        if (nul === 'replace') this.#nulSymbol();
        else if (nul !== 'strip') this.byte(value);
        return;
      default:
        this.byte(value);
    }
  }

  #escaped(letter: number): void {
    this.out[this.used++] = backslash;
    this.out[this.used++] = letter;
  }

  /** U+2400 SYMBOL FOR NULL. */
  #nulSymbol(): void {
    this.out[this.used++] = 0xe2;
    this.out[this.used++] = 0x90;
    this.out[this.used++] = 0x80;
  }
}
