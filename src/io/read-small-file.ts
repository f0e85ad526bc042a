import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import { ioError } from './io-error.js';

/**
 * The text of a small file that anybody may have put there: a pipe is not waited for, and a large one not read.
 * @param most bytes
 * @returns null when there is no file
 * @throws CaptureError `input` for what is no file or too large, `io`
 */
export async function readSmallFile(path: string, most: number): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (stats.isFile() && stats.size <= most) return await file.readFile('utf8');
      const what = stats.isFile() ? `larger than ${most / 1e6} MB` : 'not a file';
      throw new CaptureError('input', `${path} is ${what}`, { hint: 'move it away' });
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read ${path}`, error);
  }
}
