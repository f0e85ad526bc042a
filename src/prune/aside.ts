import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { syncDirectory } from '../io/atomic.js';
import { findWorkFolders, workFolderPath } from '../io/work-folder.js';
import { whyNot, type Ended, type Removal } from './outcome.js';

/** What begins to be deleted is first renamed to such a folder, so that nothing is ever seen in part. */
const PURPOSE = 'gone';

/** Takes a folder away from where it is seen, durably; gives where it is now. */
export async function moveAside(root: string, path: string): Promise<string> {
  const aside = workFolderPath(root, PURPOSE);
  await rename(path, aside);
  await syncDirectory(root);
  return aside;
}

/** Deletes it; links in it are removed, never followed. */
export async function deleteAside(aside: string): Promise<Ended> {
  try {
    await rm(aside, { recursive: true, force: true });
    return { outcome: 'removed', reason: null };
  } catch (error) {
    return { outcome: 'failed', reason: whyNot(`cannot delete ${aside}`, error) };
  }
}

export interface Leftovers {
  /** Of prunes that were killed. */
  gone: string[];
  /** Of prunes on other machines, which nobody here knows about. */
  elsewhere: string[];
}

/** What prunes that were killed, or are still running elsewhere, have taken away and not deleted. */
export async function findLeftovers(root: string): Promise<Leftovers> {
  const folders = await findWorkFolders(root, PURPOSE);
  const of = (owner: string): string[] =>
    folders.filter((folder) => folder.owner === owner).map(({ path }) => path);
  return { gone: of('gone'), elsewhere: of('elsewhere') };
}

/** Deletes what killed prunes had already taken away. */
export async function finishLeftovers(leftovers: readonly string[]): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (const path of leftovers) removals.push({ path: basename(path), ...(await deleteAside(path)) });
  return removals;
}
