/** The view of a buffer, through which words are read faster than byte by byte. One and the same buffer is asked for most of the time. */
export class LastView {
  #buffer: Buffer = Buffer.alloc(0);
  #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);

  of(buffer: Buffer): DataView {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    return this.#view;
  }
}
