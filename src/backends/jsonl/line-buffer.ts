/** Room behind the data, so that words can be compared up to its last byte. */
const PADDING = 8;

/** Text that arrives in chunks, of which whole lines are read and the rest is kept for the next chunk. */
export class LineBuffer {
  bytes = new Uint8Array(1 << 17);
  view = new DataView(this.bytes.buffer);
  /** Bytes held. */
  length = 0;
  /** Position after the last newline. */
  end = 0;

  append(chunk: Uint8Array): void {
    this.reserve(this.length + chunk.length + PADDING);
    this.bytes.set(chunk, this.length);
    this.length += chunk.length;
    const newline = chunk.lastIndexOf(10);
    if (newline >= 0) this.end = this.length - chunk.length + newline + 1;
  }

  /** Drops the whole lines. */
  shift(): void {
    this.bytes.copyWithin(0, this.end, this.length);
    this.length -= this.end;
    this.end = 0;
  }

  private reserve(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const grown = new Uint8Array(2 * bytes);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
