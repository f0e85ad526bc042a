import { readdir } from 'node:fs/promises';
import { ioError } from './io-error.js';

/** What lies in a folder; nothing when there is none. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw ioError(`cannot read ${folder}`, error);
  }
}
