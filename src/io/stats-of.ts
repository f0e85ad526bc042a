import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { ioError } from './io-error.js';

/** What lies at a path, links not followed; null when nothing does. */
export async function statsOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot look at ${path}`, error);
  }
}
