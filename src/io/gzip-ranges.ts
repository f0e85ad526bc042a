import { closeSync, openSync, readSync } from 'node:fs';
import { memberRun } from './gzip-members.js';

const WINDOW_BYTES = 1 << 20;

/** A place between two members of a .gz file. */
export interface GzipPlace {
  offset: number;
  /** Members before it, and whether the last of them is the end block of BGZF. */
  members: number;
  ended: boolean;
}

export const GZIP_START: GzipPlace = { offset: 0, members: 0, ended: false };

/** Some members on end. */
export interface GzipRange {
  from: GzipPlace;
  bytes: number;
}

/**
 * Cuts a BGZF file into ranges of whole members, found by hopping from header to header. Ends where the file does, or
 * at the first that is no such member or cannot be read: what comes there is for `readGzip` to say.
 */
export class GzipRanges {
  private readonly path: string;
  private readonly size: number;
  /** Where the ranges given so far end. */
  place = GZIP_START;

  /** @param size about what a range inflates to */
  constructor(path: string, size: number) {
    this.path = path;
    this.size = size;
  }

  *[Symbol.iterator](): Generator<GzipRange> {
    const file = this.open();
    if (file === null) return;
    try {
      const buffer = Buffer.allocUnsafe(WINDOW_BYTES);
      for (;;) {
        const window = buffer.subarray(0, readAt(file, buffer, this.place.offset));
        let taken = 0;
        for (;;) {
          const run = memberRun(window.subarray(taken), this.size);
          // the window may cut a range short: then the next one begins with it
          if (run.count === 0 || (taken > 0 && run.size < this.size)) break;
          const from = this.place;
          taken += run.bytes;
          this.place = {
            offset: from.offset + run.bytes,
            members: from.members + run.count,
            ended: run.ended,
          };
          yield { from, bytes: run.bytes };
        }
        if (taken === 0) return;
      }
    } finally {
      closeSync(file);
    }
  }

  private open(): number | null {
    try {
      return openSync(this.path, 'r');
    } catch {
      return null;
    }
  }
}

/** Reads until the buffer is full or the file ends; what cannot be read counts as its end. */
function readAt(file: number, buffer: Buffer, offset: number): number {
  let length = 0;
  try {
    while (length < buffer.length) {
      const read = readSync(file, buffer, length, buffer.length - length, offset + length);
      if (read === 0) break;
      length += read;
    }
  } catch {
    return length;
  }
  return length;
}

/** Reads the bytes of ranges, one after the other into the same buffer. */
export class RangeBytes {
  private buffer = Buffer.alloc(0);

  /** Good until the next call; null when they cannot be read, or are no longer there. */
  read(path: string, { from, bytes }: GzipRange): Buffer | null {
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(2 * bytes);
    const target = this.buffer.subarray(0, bytes);
    try {
      const file = openSync(path, 'r');
      try {
        return readAt(file, target, from.offset) === bytes ? target : null;
      } finally {
        closeSync(file);
      }
    } catch {
      return null;
    }
  }
}
