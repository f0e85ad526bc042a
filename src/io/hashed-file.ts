import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { ioError } from './io-error.js';

/** A new file, written front to back and hashed on the way. */
export class HashedFile {
  bytes = 0;
  private readonly path: string;
  private readonly fd: number;
  private readonly hash = createHash('sha256');
  private open = true;

  /** @throws CaptureError `io` when the file exists or cannot be made */
  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, 'wx');
    } catch (error) {
      throw ioError(`cannot create ${path}`, error);
    }
  }

  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.fd, bytes, at);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
    this.hash.update(bytes);
    this.bytes += bytes.length;
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
