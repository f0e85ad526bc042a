import { statfs } from 'node:fs/promises';
import { ioError } from './io-error.js';

/** Bytes of the file system a path lies on: all of them, and those that this user may still write. */
export async function diskSpace(path: string): Promise<{ total: number; free: number }> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    return { total: blocks * bsize, free: bavail * bsize };
  } catch (error) {
    throw ioError(`cannot ask for the free space of ${path}`, error);
  }
}
