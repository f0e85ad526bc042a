import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ioError } from './io-error.js';

/** Makes names of a directory durable: after a rename or a new file, before anything relies on it. */
export const syncDirectory = (directory: string): Promise<void> => syncFile(directory);

/** Makes what is written to a file durable, whoever wrote it. */
export async function syncFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw ioError(`cannot write ${path}`, error);
  }
}

/** The same of a directory and those above it, up to the one that holds `root`: all may be new. */
export async function syncPath(directory: string, root: string): Promise<void> {
  const last = dirname(resolve(root));
  for (let path = resolve(directory); ; path = dirname(path)) {
    await syncDirectory(path);
    if (path === last || path === dirname(path)) return;
  }
}

/** Writes a whole file or nothing: a temporary file beside it, fsync, rename, fsync of the directory. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    // the first error counts
    await rm(temporary, { force: true }).catch(() => {});
    throw ioError(`cannot write ${path}`, error);
  }
}

/**
 * Makes the directories that are missing, each once, while other processes may do the same: mkdir's own `recursive`
 * never ends where none can be made.
 */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    // another process may have made the parent since
    if (!(await exists(dirname(path)))) await makeDirectories(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      // another process was faster
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/** Whether something lies at a path, links followed. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Makes a directory that must not exist yet; false when it does. Parents are made. */
export async function claimDirectory(path: string): Promise<boolean> {
  try {
    await makeDirectories(dirname(path));
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A parent that is a file also says EEXIST; only the directory itself counts as taken.
    if (code === 'EEXIST' && (error as NodeJS.ErrnoException).path === path) return false;
    throw ioError(`cannot make directory ${path}`, error);
  }
}
