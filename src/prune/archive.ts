import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { nameOf, type RunName } from '../catalog/run-entry.js';
import { CaptureError } from '../core/errors.js';
import { isInRejectedFolder, isLockFile, leftoverOf } from '../core/layout.js';
import type { Manifest } from '../core/records.js';
import { makeDirectories, syncDirectory, syncFile } from '../io/atomic.js';
import { hashFile } from '../io/file-hash.js';
import { ioError } from '../io/io-error.js';
import { statsOf } from '../io/stats-of.js';
import { findWorkFolders, makeWorkFolder } from '../io/work-folder.js';
import { requireCopy } from './copies.js';

const PURPOSE = 'archiving';

/**
 * Copies a run to `<archive>/<experiment>/<run_id>`, on disk and every hash compared when it resolves. A copy that is
 * there already is compared alone: a prune may have been killed before it removed the original.
 *
 * @param files of its manifest; none of a run that is not finished
 * @throws CaptureError `input` when another run lies there, or the copy is not as the manifest says; `io`
 */
export async function archiveRun(
  root: string,
  run: RunName,
  files: Manifest['files'],
  archive: string,
): Promise<void> {
  const source = join(root, run.experiment, run.runId);
  const folder = join(archive, run.experiment);
  const target = join(folder, run.runId);
  try {
    await makeDirectories(folder);
    await clearLeftovers(folder);
    if ((await statsOf(target)) !== null) {
      await requireSame(source, target, files);
      return;
    }
    const made = await makeWorkFolder(folder, PURPOSE);
    try {
      await copyTree(source, made);
      await requireSame(source, made, files);
      await rename(made, target);
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      throw error;
    }
    await syncDirectory(folder);
  } catch (error) {
    throw ioError(`cannot archive ${nameOf(run)} in ${archive}`, error);
  }
}

/** Copies that prunes were making when they were killed. */
async function clearLeftovers(folder: string): Promise<void> {
  for (const { path, owner } of await findWorkFolders(folder, PURPOSE)) {
    if (owner === 'gone') await rm(path, { recursive: true, force: true });
  }
}

/** Locks, and what commands that were killed have left unfinished. */
const isPassing = (name: string): boolean => isLockFile(name) || leftoverOf(name) === 'unfinished';

/** Everything but these: also what a manifest does not name may be somebody's. */
async function copyTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (isPassing(entry.name)) continue;
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyTree(source, target);
    } else if (entry.isFile()) {
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await syncFile(target);
    } else {
      throw new CaptureError('input', `${source} is neither a file nor a folder: it cannot be archived`, {
        hint: 'remove it, or prune without --archive',
      });
    }
  }
  await syncDirectory(to);
}

/** Compares a copy with the manifest, and where that says nothing of a file with the original. */
async function requireSame(source: string, copy: string, files: Manifest['files']): Promise<void> {
  const stated = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const found = await filesBelow(source);
  for (const path of found) {
    await requireCopy(join(source, path), join(copy, path));
    const { sha256 } = await hashFile(join(copy, path));
    const expected = stated.get(path) ?? (await hashFile(join(source, path))).sha256;
    if (sha256 !== expected) {
      throw new CaptureError('input', `${join(copy, path)} is not what the manifest of the run says`, {
        hint: 'validate the run; when another one lies in the archive, move that away',
      });
    }
  }
  // a prune may have emptied the samples of rejected episodes
  const missing = files.find(({ path }) => !found.includes(path) && !isInRejectedFolder(path));
  if (missing !== undefined) {
    throw new CaptureError('input', `${join(source, missing.path)} is missing`, { hint: 'validate the run' });
  }
}

/** What `copyTree` copies, relative to the folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).some(isPassing));
}
