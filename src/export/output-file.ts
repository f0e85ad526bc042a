import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { BgzfFile, bgzfMember, MEMBER_INPUT_BYTES } from '../io/bgzf-writer.js';
import { ioError } from '../io/io-error.js';

/** A new file of text, written front to back. */
export interface OutputFile {
  write(bytes: Uint8Array): void;
  /** Makes it durable and closes it. */
  finish(): { bytes: number; sha256: string };
  /** Closes it as it stands. Idempotent. */
  abort(): void;
}

/** @param level zlib level, 0 to 9; null for no compression */
export function openOutputFile(path: string, level: number | null): OutputFile {
  return level === null ? new PlainFile(path) : new GzipFile(path, level);
}

class PlainFile implements OutputFile {
  private readonly path: string;
  private readonly fd: number;
  private readonly hash = createHash('sha256');
  private bytes = 0;
  private open = true;

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

  finish(): { bytes: number; sha256: string } {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
    this.abort();
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  abort(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }
}

/** In members as the JSON lines are, so that readers of such files can work in parallel. */
class GzipFile implements OutputFile {
  private readonly file: BgzfFile;
  private readonly level: number;
  private readonly pending = Buffer.allocUnsafe(MEMBER_INPUT_BYTES);
  private length = 0;

  constructor(path: string, level: number) {
    this.file = new BgzfFile(path);
    this.level = level;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + MEMBER_INPUT_BYTES - this.length);
      this.pending.set(piece, this.length);
      this.length += piece.length;
      at += piece.length;
      if (this.length === MEMBER_INPUT_BYTES) this.closeMember();
    }
  }

  finish(): { bytes: number; sha256: string } {
    if (this.length > 0) this.closeMember();
    return this.file.finish();
  }

  abort(): void {
    this.file.abort();
  }

  private closeMember(): void {
    this.file.append(bgzfMember(this.pending.subarray(0, this.length), this.level));
    this.length = 0;
  }
}
