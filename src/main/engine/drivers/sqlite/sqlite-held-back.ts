/** The mark by which a page says that a value is too large to be one of its own. */

/** Bytes that no database holds by chance. */
export const heldBack: Uint8Array<ArrayBuffer> = Uint8Array.from(
  Buffer.from('9f2c4be1d7354a08b6d15e08f3a7c294', 'hex'),
);

export const isHeldBack = (bytes: Uint8Array): boolean =>
  bytes.length === heldBack.length && Buffer.compare(bytes, heldBack) === 0;
