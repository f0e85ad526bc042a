import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { ioError } from './io-error.js';

const PIECE_BYTES = 1 << 20;

/** A file, written front to back and hashed on the way. */
export class HashedFile {
  bytes = 0;
  private readonly path: string;
  private readonly fd: number;
  private readonly hash = createHash('sha256');
  private open = true;

  /**
   * A new file, or the first `kept` bytes of one that is there.
   * @throws CaptureError `io` when the file exists, or does not, or cannot be made
   */
  constructor(path: string, kept: number | null = null) {
    this.path = path;
    try {
      this.fd = openSync(path, kept === null ? 'wx' : 'r+');
      if (kept !== null) this.keep(kept);
    } catch (error) {
      throw ioError(`cannot ${kept === null ? 'create' : 'write'} ${path}`, error);
    }
  }

  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.fd, bytes, at, bytes.length - at, this.bytes + at);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }

  private keep(kept: number): void {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    while (this.bytes < kept) {
      const read = readSync(this.fd, piece, 0, Math.min(piece.length, kept - this.bytes), this.bytes);
      if (read === 0) throw new Error(`it has ${this.bytes} bytes, not ${kept}`);
      this.hash.update(piece.subarray(0, read));
      this.bytes += read;
    }
    ftruncateSync(this.fd, kept);
  }

  /** Makes what has been written durable. */
  sync(): void {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
  }

  /** Makes it durable and closes it. */
  finish(): { bytes: number; sha256: string } {
    this.sync();
    this.abort();
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Closes the file as it stands. Idempotent. */
  abort(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }
}
