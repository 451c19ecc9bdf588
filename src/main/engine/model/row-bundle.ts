/**
 * Rows on their way from a reader to a writer: bytes of row text, never objects (SPEC: the row bundle's text).
 *
 * Row text: fields end with TAB except the last, which ends with LF. NULL is `\N` alone in a field. The only escapes are
 * `\\`, `\t`, `\n`, `\r`; every other byte is raw UTF-8, and NUL never occurs.
 */
export interface RowBundle {
  /**
   * Row text, or row binary where that was agreed on. Row text may begin or end inside a row: only the concatenation of a reader's bundles is whole rows. Valid until the next
   * bundle is pulled: the reader may then use the buffer again. Who keeps bytes longer copies them.
   */
  readonly bytes: Buffer;
  /** Rows that end in `bytes`, which is the number of LF bytes in it. */
  readonly rows: number;
}

/** Whole rows that a writer loads with one statement and can take back alone. */
export type LoadUnit =
  | {
      readonly kind: 'held';
      readonly bytes: Buffer;
      /** True: row binary. Default: row text. */
      readonly isBinary?: boolean;
      readonly rows: number;
      /** To be called when nothing uses `bytes` any more, not even a socket: they are overwritten then. */
      readonly release?: () => void;
    }
  /** One row too large to hold: its bytes, LF included, come once and in order. */
  | { readonly kind: 'streamed'; readonly bytes: AsyncIterable<Buffer>; readonly rows: 1 };

export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const backslash = 0x5c;
/** Second byte of the NULL mark `\N`. */
export const nullMark = 0x4e;
