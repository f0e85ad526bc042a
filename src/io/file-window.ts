import { open, type FileHandle } from 'node:fs/promises';
import { ioError } from './io-error.js';

const WINDOW_BYTES = 1 << 20;

/** A file read forward through a window: what was read and not yet taken is in `bytes`. */
export class FileWindow {
  private readonly buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  private readonly file: FileHandle;
  private readonly path: string;
  private start = 0;
  private end = 0;
  private atEnd = false;
  /** Position in the file of the first byte of the window. */
  offset: number;

  private constructor(path: string, file: FileHandle, offset: number) {
    this.path = path;
    this.file = file;
    this.offset = offset;
  }

  static async open(path: string, offset = 0): Promise<FileWindow> {
    try {
      return new FileWindow(path, await open(path, 'r'), offset);
    } catch (error) {
      throw ioError(`cannot read ${path}`, error);
    }
  }

  /** Valid until the next `fill`. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end);
  }

  /** Whether `fill` would change nothing. */
  has(count: number): boolean {
    return this.atEnd || this.end - this.start >= count;
  }

  /** Reads on until the window holds `count` bytes (at most a MiB) or the file ends. */
  async fill(count: number): Promise<void> {
    if (this.has(count)) return;
    this.buffer.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
    while (!this.has(count)) {
      let read: number;
      try {
        const position = this.offset + this.end - this.start;
        const space = WINDOW_BYTES - this.end;
        ({ bytesRead: read } = await this.file.read(this.buffer, this.end, space, position));
      } catch (error) {
        throw ioError(`cannot read ${this.path}`, error);
      }
      if (read === 0) this.atEnd = true;
      this.end += read;
    }
  }

  /** Moves past bytes of the window. */
  take(count: number): void {
    this.start += count;
    this.offset += count;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
