const BLOCK_BYTES = 1 << 16;
/** The library comes back to what it wrote a few hundred kB ago, and hardly ever to more. */
const MOST_BLOCKS = 64;

/** Reads or writes a file at a place. @returns bytes that were read or written */
export type Transfer = (bytes: Uint8Array, offset: number, length: number, place: number) => number;

interface Block {
  /** Zero where nobody wrote. */
  readonly bytes: Uint8Array;
  dirty: boolean;
}

/**
 * The blocks of a file that were used last. The library reads and writes some 4 kB at a time, and a system call for
 * each takes a quarter of its time.
 */
export class BlockCache {
  private readonly readAt: Transfer;
  private readonly writeAt: Transfer;
  /** Length of the file once everything is written. */
  private size: number;
  /** By number, the one used last at the end. */
  private readonly blocks = new Map<number, Block>();

  /** @param size length of the file now */
  constructor(readAt: Transfer, writeAt: Transfer, size: number) {
    this.readAt = readAt;
    this.writeAt = writeAt;
    this.size = size;
  }

  /** @returns bytes read: fewer than asked for at the end of the file */
  read(target: Uint8Array, length: number, place: number): number {
    const there = Math.max(0, Math.min(length, this.size - place));
    for (let done = 0; done < there;) {
      const { block, at } = this.blockOf(place + done);
      const count = Math.min(there - done, BLOCK_BYTES - at);
      target.set(block.bytes.subarray(at, at + count), done);
      done += count;
    }
    return there;
  }

  write(source: Uint8Array, length: number, place: number): number {
    this.size = Math.max(this.size, place + length);
    for (let done = 0; done < length;) {
      const { block, at } = this.blockOf(place + done);
      const count = Math.min(length - done, BLOCK_BYTES - at);
      block.bytes.set(source.subarray(done, done + count), at);
      block.dirty = true;
      done += count;
    }
    return length;
  }

  /** Brings everything that was written to the file. */
  flush(): void {
    for (const number of [...this.blocks.keys()].sort((a, b) => a - b)) this.bring(number);
  }

  /** Goes on with a file of another length, after `flush`. */
  resize(size: number): void {
    this.blocks.clear();
    this.size = size;
  }

  private blockOf(place: number): { block: Block; at: number } {
    const number = Math.floor(place / BLOCK_BYTES);
    const at = place - number * BLOCK_BYTES;
    const held = this.blocks.get(number);
    if (held !== undefined) this.blocks.delete(number);
    const block = held ?? this.load(number);
    this.blocks.set(number, block);
    return { block, at };
  }

  private load(number: number): Block {
    let bytes: Uint8Array | null = null;
    if (this.blocks.size >= MOST_BLOCKS) {
      const oldest = this.blocks.keys().next().value!;
      this.bring(oldest);
      bytes = this.blocks.get(oldest)!.bytes.fill(0);
      this.blocks.delete(oldest);
    }
    bytes ??= new Uint8Array(BLOCK_BYTES);
    const length = this.lengthOf(number);
    for (let done = 0; done < length;) {
      const got = this.readAt(bytes, done, length - done, number * BLOCK_BYTES + done);
      // what has not been brought yet the file does not have
      if (got === 0) break;
      done += got;
    }
    return { bytes, dirty: false };
  }

  private bring(number: number): void {
    const block = this.blocks.get(number)!;
    if (!block.dirty) return;
    const length = this.lengthOf(number);
    for (let done = 0; done < length;) {
      done += this.writeAt(block.bytes, done, length - done, number * BLOCK_BYTES + done);
    }
    block.dirty = false;
  }

  /** Bytes of a block that lie in the file. */
  private lengthOf(number: number): number {
    return Math.min(BLOCK_BYTES, this.size - number * BLOCK_BYTES);
  }
}
