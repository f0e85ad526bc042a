import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ioError } from './io-error.js';

/** The real path of a folder, also when its last parts do not exist yet. */
export async function realPathSoFar(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) {
      throw ioError(`cannot look at ${path}`, error);
    }
    return join(await realPathSoFar(parent), basename(path));
  }
}
