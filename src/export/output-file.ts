import { BgzfFile, bgzfMember, MEMBER_INPUT_BYTES } from '../io/bgzf-writer.js';
import { HashedFile } from '../io/hashed-file.js';

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
  return level === null ? new HashedFile(path) : new GzipFile(path, level);
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
    this.file.write(bgzfMember(this.pending.subarray(0, this.length), this.level));
    this.length = 0;
  }
}
