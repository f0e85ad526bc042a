import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CaptureError } from '../core/errors.js';
import { isSafeComponent } from '../core/ids.js';
import {
  isFileBesideRecords,
  isInRejectedFolder,
  isRecordFile,
  leftoverOf,
  MANIFEST_FILE,
  RECOVERED_FOLDER,
  RECOVERING_FOLDER,
  REJECTED_FOLDER,
  REJECTED_STEPS_FILE,
  REPLACES_FILE,
} from '../core/layout.js';
import { syncDirectory, writeFileAtomic } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { makeRejectedFolder } from '../io/rejected-folder.js';

/*
 * How files of a run are replaced so that a kill at any moment loses nothing: the new ones are made in a folder in the
 * run's directory, which gets another name once they are all there. From then on the old ones are as good as gone,
 * and whoever comes next finishes what is left to do. The process that does any of this holds the run.
 */

const replacesSchema = z.object({ remove: z.array(z.string()) });

/** The folder for the new files, empty. */
export async function makeAside(directory: string): Promise<string> {
  const path = join(directory, RECOVERING_FOLDER);
  try {
    // of one that was killed before all files were there
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
  } catch (error) {
    throw ioError(`cannot make ${path}`, error);
  }
  return path;
}

/** After an error, which counts more than a folder that the next recovery removes. */
export const removeAside = (directory: string): Promise<void> =>
  rm(join(directory, RECOVERING_FOLDER), { recursive: true, force: true }).catch(() => {});

/** Replaces old files by all that lie in the folder, each durable. @param old names in the run's directory */
export async function swapIn(directory: string, old: readonly string[]): Promise<void> {
  const aside = join(directory, RECOVERING_FOLDER);
  try {
    const fresh = new Set(await readdir(aside));
    const remove = old.filter((name) => name === MANIFEST_FILE || !fresh.has(name));
    await writeFileAtomic(join(aside, REPLACES_FILE), `${JSON.stringify({ remove })}\n`);
    await rename(aside, join(directory, RECOVERED_FOLDER));
    await syncDirectory(directory);
  } catch (error) {
    throw ioError(`cannot replace the files of ${directory}`, error);
  }
  await finishSwap(directory);
}

/**
 * Does what is left of a replacement.
 * @returns false when there is none
 * @throws CaptureError `input` for a folder that we did not make
 */
export async function finishSwap(directory: string): Promise<boolean> {
  const folder = join(directory, RECOVERED_FOLDER);
  const stats = await lstat(folder).catch(() => null);
  if (stats === null) return false;
  if (!stats.isDirectory()) throw notOurs(folder);
  try {
    const fresh = await freshNames(folder);
    // with nothing left to put in place, the old files are gone, and a manifest that is there is the new one
    const remove = fresh.length > 0 ? await namesToRemove(folder) : [];
    for (const name of remove) await rm(join(directory, name), { force: true });
    // the manifest last: it says that all is there
    const names = fresh.sort((a, b) => Number(a === MANIFEST_FILE) - Number(b === MANIFEST_FILE));
    for (const name of names) {
      if (name === MANIFEST_FILE) await syncDirectory(directory);
      if (isInRejectedFolder(name)) await makeRejectedFolder(directory);
      await rename(join(folder, name), join(directory, name));
    }
    if (names.some(isInRejectedFolder)) await syncDirectory(join(directory, REJECTED_FOLDER));
    await syncDirectory(directory);
    await rm(folder, { recursive: true });
    await syncDirectory(directory);
  } catch (error) {
    throw ioError(`cannot replace the files of ${directory}`, error);
  }
  return true;
}

/**
 * Names of the new files.
 * @throws CaptureError `input` for what we did not put there
 */
async function freshNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === REPLACES_FILE) continue;
    if (entry.isDirectory() && entry.name === REJECTED_FOLDER) {
      for (const file of await readdir(join(folder, entry.name), { withFileTypes: true })) {
        const name = `${REJECTED_FOLDER}/${file.name}`;
        if (!file.isFile() || name !== REJECTED_STEPS_FILE) throw notOurs(join(folder, name));
        names.push(name);
      }
    } else if (entry.isFile() && isOfRun(entry.name)) names.push(entry.name);
    else throw notOurs(join(folder, entry.name));
  }
  return names;
}

async function namesToRemove(folder: string): Promise<string[]> {
  const path = join(folder, REPLACES_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // it goes with the folder, when all else is done
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  let remove: string[] | undefined;
  try {
    remove = replacesSchema.safeParse(JSON.parse(text)).data?.remove;
  } catch {
    throw notOurs(path);
  }
  if (remove === undefined || !remove.every(isReplaceable)) throw notOurs(path);
  return remove;
}

const isOfRun = (name: string): boolean => isFileBesideRecords(name) || isReplaceable(name);

/** Whether a file of this name may be taken away: what a run was captured with stays. */
const isReplaceable = (name: string): boolean =>
  name === MANIFEST_FILE ||
  isRecordFile(name) ||
  leftoverOf(name) !== null ||
  (isSafeComponent(name) && !isFileBesideRecords(name));

const notOurs = (path: string): CaptureError =>
  new CaptureError('input', `${path} is nothing that a recovery of ours has left`, {
    hint: 'look at it, and remove it if the run does not need it',
  });
