import { lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { REJECTED_FOLDER } from '../core/layout.js';
import { ioError } from './io-error.js';

/** Makes the folder if it is not there. What stands in its place, a link out of the run say, is not followed. */
export async function makeRejectedFolder(directory: string): Promise<string> {
  const path = join(directory, REJECTED_FOLDER);
  try {
    const stats = await lstat(path).catch(() => null);
    if (stats?.isDirectory() === true) return path;
    await rm(path, { force: true });
    await mkdir(path);
    return path;
  } catch (error) {
    throw ioError(`cannot make directory ${path}`, error);
  }
}
