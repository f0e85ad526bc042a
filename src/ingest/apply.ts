import { chmod, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DATASET_INDEX_FILE, isInRejectedFolder } from '../core/layout.js';
import { makeDirectories, syncDirectory } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { makeRejectedFolder } from '../io/rejected-folder.js';
import { findWorkFolders, makeWorkFolder } from '../io/work-folder.js';
import type { DatasetIndex } from '../core/dataset-index.js';
import type { DestinationFacts } from './plan.js';

const PURPOSE = 'staging';

export async function makeOutDir(outDir: string): Promise<void> {
  try {
    await mkdir(outDir, { recursive: true });
  } catch (error) {
    throw ioError(`cannot make directory ${outDir}`, error);
  }
}

/** Removes what killed ingests left; says what it has to leave. */
export async function clearStaging(outDir: string): Promise<string[]> {
  const notes: string[] = [];
  for (const { path, owner } of await findWorkFolders(outDir, PURPOSE)) {
    if (owner === 'gone') {
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw ioError(`cannot remove ${path}`, error);
      });
    }
    if (owner === 'elsewhere') {
      notes.push(`${path} is of an ingest on another machine; remove it if none is running there`);
    }
  }
  return notes;
}

/** Gives a hidden folder in `outDir` to work in, and takes it away again. */
export async function withStaging<T>(outDir: string, work: (staging: string) => Promise<T>): Promise<T> {
  const staging = await makeWorkFolder(outDir, PURPOSE);
  try {
    return await work(staging);
  } finally {
    // what cannot be removed now the next ingest will clear; the work's own error counts
    await rm(staging, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * Puts a finished folder at its place by one rename.
 * @returns false when another ingest was faster; nothing is changed then
 */
export async function placeFolder(built: string, { path, kind }: DestinationFacts): Promise<boolean> {
  const experiment = dirname(path);
  const aside = join(dirname(built), 'link');
  try {
    await makeDirectories(experiment);
    // A folder cannot be renamed onto a link. If we are killed in between, neither is there, and nothing is lost.
    if (kind === 'link' && (await lstat(path)).isSymbolicLink()) await rename(path, aside);
    await rename(built, path);
    await syncDirectory(experiment);
    await syncDirectory(dirname(experiment));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw ioError(`cannot put ${path} in place`, error);
  }
}

/**
 * Replaces the files of a folder that differ, each by one rename, so that a link into DVC's cache is replaced and
 * never written through. The index comes last: until then the folder still counts as damaged.
 */
export async function repairFolder(
  built: string,
  index: DatasetIndex,
  { path, files }: DestinationFacts,
): Promise<string[]> {
  const replaced = index.files
    .filter((file) => files.get(file.path) !== file.sha256)
    .map((file) => file.path);
  try {
    await makeWritable(path);
    if (replaced.some(isInRejectedFolder)) await makeWritable(await makeRejectedFolder(path));
    for (const name of [...replaced, DATASET_INDEX_FILE]) await rename(join(built, name), join(path, name));
    await syncDirectory(path);
  } catch (error) {
    throw ioError(`cannot repair ${path}`, error);
  }
  return replaced;
}

async function makeWritable(directory: string): Promise<void> {
  const { mode } = await lstat(directory);
  if ((mode & 0o700) !== 0o700) await chmod(directory, mode | 0o700);
}
