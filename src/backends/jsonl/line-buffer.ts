/** Room behind the data, so that words can be compared up to its last byte. */
const PADDING = 8;

/** Text that arrives in chunks, of which whole lines are read and the rest is kept for the next chunk. */
export class LineBuffer {
  bytes: Uint8Array = new Uint8Array(1 << 17);
  view: DataView = new DataView(this.bytes.buffer);
  /** Bytes held. */
  length = 0;
  /** Position after the last newline. */
  end = 0;
  /** Where what is kept lies, when it is not in a chunk. */
  private own = this.bytes;

  /** Takes a chunk, which must stay as it is until `shift`. */
  append(chunk: Uint8Array): void {
    const newline = chunk.lastIndexOf(10);
    if (this.length === 0 && hasRoomBehind(chunk)) {
      this.use(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length + PADDING));
    } else {
      this.reserve(this.length + chunk.length + PADDING);
      this.own.set(chunk, this.length);
    }
    if (newline >= 0) this.end = this.length + newline + 1;
    this.length += chunk.length;
  }

  /** Drops the whole lines. */
  shift(): void {
    const rest = this.bytes.subarray(this.end, this.length);
    this.length = 0;
    this.reserve(rest.length + PADDING);
    this.own.set(rest);
    this.length = rest.length;
    this.end = 0;
  }

  clear(): void {
    this.end = this.length;
    this.shift();
  }

  private reserve(bytes: number): void {
    if (bytes > this.own.length) {
      const grown = new Uint8Array(2 * bytes);
      grown.set(this.own.subarray(0, this.length));
      this.own = grown;
    }
    this.use(this.own);
  }

  private use(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

const hasRoomBehind = ({ buffer, byteOffset, byteLength }: Uint8Array): boolean =>
  byteOffset + byteLength + PADDING <= buffer.byteLength;
