/**
 * COPY's text differs from row text in three escapes: `\b`, `\f` and `\v` become the raw bytes. The rest (`\\`, `\t`,
 * `\n`, `\r`, `\N`) is equal, and the server emits no other.
 */
import { backslash } from '../../model/row-bundle.ts';

const raw = new Uint8Array(256);
raw[0x62] = 0x08;
raw[0x66] = 0x0c;
raw[0x76] = 0x0b;

export interface RowText {
  /** Bytes of row text at the buffer's beginning. */
  readonly length: number;
  /** True: a backslash after them waits for its second byte. */
  readonly dangling: boolean;
}

/** Turns the first `length` bytes of `bytes` from COPY text into row text, in place. They begin outside an escape. */
export function toRowText(bytes: Buffer, length: number): RowText {
  let read = bytes.indexOf(backslash);
  if (read < 0 || read >= length) return { length, dangling: false };
  let write = read;
  while (read < length) {
    const byte = bytes[read]!;
    if (byte !== backslash) {
      bytes[write++] = byte;
      read++;
      continue;
    }
    if (read + 1 === length) return { length: write, dangling: true };
    const second = bytes[read + 1]!;
    const replacement = raw[second]!;
    if (replacement === 0) {
      bytes[write++] = backslash;
      bytes[write++] = second;
    } else {
      bytes[write++] = replacement;
    }
    read += 2;
  }
  return { length: write, dangling: false };
}
