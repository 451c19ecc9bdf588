/** Where an encoder writes rows. The caller reserves room first, then appends without further checks. */
export class GrowingBuffer {
  protected out: Buffer;
  /** Bytes of `out` that are written. */
  protected used = 0;

  /** Writes to `buffer`, and to larger ones of its own where that is too small. */
  constructor(buffer: Buffer) {
    this.out = buffer;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.used;
  }

  /** Makes room for `bytes` more. */
  reserve(bytes: number): void {
    const needed = this.used + bytes;
    if (needed <= this.out.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.out.length * 2));
    this.out.copy(grown, 0, 0, this.used);
    this.out = grown;
  }

  /** Hands out what was written and goes on in another buffer. */
  take(next: Buffer): Buffer {
    const taken = this.out.subarray(0, this.used);
    this.out = next;
    this.used = 0;
    return taken;
  }
}
