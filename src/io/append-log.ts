import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import { ioError } from './io-error.js';

const BLOCK_BYTES = 1 << 20;
/** No line of ours comes near it: what is longer is damaged, and not kept in memory. */
const MOST_LINE_BYTES = 1 << 25;
const NEWLINE = 10;

/** A place between two lines of a file. */
export interface Place {
  /** In bytes. */
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}
export const START: Place = { offset: 0, lines: 0 };

/**
 * Reads the whole lines of a file that others may be appending to.
 * @param visit is given each line and its number, from 1; of a line that is too long not all
 * @returns the place behind the last line that has its end; null when there is no file
 * @throws CaptureError `io`
 */
export const readLines = (
  path: string,
  from: Place,
  visit: (line: string, number: number) => void,
): Promise<Place | null> =>
  withFile(path, async (file) => {
    let { offset, lines } = from;
    let rest: Buffer = Buffer.alloc(0);
    let read = offset;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, read);
      if (bytesRead === 0) return { offset, lines };
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        visit(bytes.toString('utf8', start, end), ++lines);
        start = end + 1;
      }
      read += bytesRead;
      if (start > 0) offset = read - (bytes.length - start);
      rest = bytes.subarray(start, start + MOST_LINE_BYTES);
    }
  });

/** Reads the whole lines among the last bytes of a file, where there is one. @throws CaptureError `io` */
export const readTail = (
  path: string,
  mostBytes: number,
  visit: (line: string) => void,
): Promise<void | null> =>
  withFile(path, async (file) => {
    const { size } = await file.stat();
    const from = Math.max(0, size - mostBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
    for (const line of from === 0 ? lines : lines.slice(1)) visit(line);
  });

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T | null> {
  try {
    // a pipe is not waited for
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) {
        throw new CaptureError('io', `${path} is not a file`, { hint: 'move it away' });
      }
      return await work(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw ioError(`cannot read ${path}`, error);
  }
}
