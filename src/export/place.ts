import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claimDirectory, exists, syncDirectory } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { findWorkFolders, makeWorkFolder } from '../io/work-folder.js';
import type { MadeFile } from './formats/format.js';
import { targetPaths, type Target } from './target.js';

const PURPOSE = 'export';

/**
 * Lets `make` write into a hidden folder beside the target and then puts what it made in place, so that nobody sees
 * half of it. What a killed export left beside the target goes.
 */
export async function makeAside(
  target: Target,
  make: (folder: string) => Promise<MadeFile[]>,
): Promise<MadeFile[]> {
  await claimDirectory(target.parent);
  for (const { path, owner } of await findWorkFolders(target.parent, PURPOSE)) {
    if (owner === 'gone') await remove(path);
  }
  const work = await makeWorkFolder(target.parent, PURPOSE);
  try {
    const made = join(work, 'made');
    await mkdir(made);
    const files = await make(made);
    await put(target, work, made, files);
    return files;
  } finally {
    // what cannot be removed now the next export will clear; the work's own error counts
    await remove(work).catch(() => {});
  }
}

async function put(target: Target, work: string, made: string, files: readonly MadeFile[]): Promise<void> {
  const [first] = targetPaths(target);
  try {
    if (target.kind === 'folder') {
      if (await exists(first!)) await rename(first!, join(work, 'replaced'));
      await rename(made, first!);
    } else {
      // the steps last: where they are, the episodes are too
      for (const { path, stream } of files.toReversed()) {
        await rename(join(made, path), target.paths[stream ?? 'steps']);
      }
    }
    await syncDirectory(target.parent);
  } catch (error) {
    throw ioError(`cannot put ${first} in place`, error);
  }
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true });
