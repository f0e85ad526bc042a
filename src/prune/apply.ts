import { rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectories, syncDirectory } from '../io/atomic.js';
import { CaptureError } from '../core/errors.js';
import { ioError } from '../io/io-error.js';
import { lockRun, runHolder, unlockRun } from '../io/run-lock.js';
import { findWorkFolders, makeWorkFolder, type WorkFolder } from '../io/work-folder.js';
import { toRemove, type FinishedRun, type PrunePlan } from './plan.js';
import { readRun, statsOf } from './read-run.js';

const PURPOSE = 'trash';

export type Outcome = 'removed' | 'gone' | 'kept' | 'failed';

export interface Removal {
  /** `<experiment>/<run_id>`, or the name of a leftover. */
  path: string;
  /** `gone`: somebody else removed it meanwhile. `kept`: it is not what the plan was made for any more. */
  outcome: Outcome;
  /** Why, for `kept` and `failed`. */
  reason: string | null;
}

/** Trash folders of prunes that were killed, and those of others that are still running. */
export function findLeftovers(root: string): Promise<WorkFolder[]> {
  return findWorkFolders(root, PURPOSE);
}

/** Deletes what killed prunes had already taken out of the results. */
export async function finishLeftovers(leftovers: readonly WorkFolder[]): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (const { name, path, owner } of leftovers) {
    if (owner === 'gone') removals.push({ path: name, ...(await deleteTree(path)) });
  }
  return removals;
}

/**
 * Removes the runs of a plan: each is looked at again, taken out of the results by one rename, and then deleted. A
 * prune killed in between leaves runs whole, or in the trash folder.
 *
 * @throws CaptureError `io` when there can be no trash folder; nothing is removed then
 */
export async function applyPrune(root: string, plan: PrunePlan): Promise<Removal[]> {
  const runs = toRemove(plan).map((decision) => decision.run);
  if (runs.length === 0) return [];
  const trash = await makeWorkFolder(root, PURPOSE);
  const removals: Removal[] = [];
  try {
    for (const run of runs) {
      const path = `${run.experiment}/${run.runId}`;
      try {
        removals.push({ path, ...(await removeRun(root, run, trash)) });
      } catch (error) {
        removals.push({ path, outcome: 'failed', reason: whyNot(`cannot remove ${path}`, error) });
      }
    }
  } finally {
    // whatever could not be deleted keeps the folder, for the next prune
    await rmdir(trash).catch(() => {});
  }
  return removals;
}

async function removeRun(root: string, run: FinishedRun, trash: string): Promise<Omit<Removal, 'path'>> {
  const path = join(root, run.experiment, run.runId);
  const changed = await whyKept(root, run);
  if (changed !== null) return changed;
  let isLocked = true;
  try {
    await lockRun(path, 'removing');
  } catch (error) {
    if ((await statsOf(path)) === null) return { outcome: 'gone', reason: null };
    if (error instanceof CaptureError && error.kind === 'busy')
      return { outcome: 'kept', reason: `live: ${error.message}` };
    if (!isFull(error)) throw error;
    isLocked = false;
  }
  if (isLocked) {
    const since = await whyKept(root, run);
    if (since !== null) {
      await unlockRun(path);
      return since;
    }
  }
  const folder = join(trash, run.experiment);
  try {
    return await takeAndDelete(path, join(folder, run.runId), isLocked);
  } finally {
    await rmdir(folder).catch(() => {});
  }
}

/** A full disk has no room for a lock, and is what somebody prunes for. */
function isFull(error: unknown): boolean {
  const { code = '' } = ((error as CaptureError).cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function takeAndDelete(path: string, taken: string, isLocked: boolean): Promise<Omit<Removal, 'path'>> {
  try {
    await makeDirectories(dirname(taken));
    await rename(path, taken);
  } catch (error) {
    if ((await statsOf(path)) === null) return { outcome: 'gone', reason: null };
    if (isLocked) await unlockRun(path);
    throw error;
  }
  // who came in between the look and the rename has left a lock: give the run back
  if (!isLocked && (await runHolder(taken)) !== null) {
    await rename(taken, path);
    return { outcome: 'kept', reason: 'it became live' };
  }
  await syncDirectory(dirname(path));
  return deleteTree(taken);
}

/** Why a run is not to be removed after all, whoever holds it; null when it is still what the plan was made for. */
async function whyKept(
  root: string,
  run: FinishedRun,
): Promise<{ outcome: 'gone' | 'kept'; reason: string | null } | null> {
  for (const part of [run.experiment, join(run.experiment, run.runId)]) {
    const stats = await statsOf(join(root, part));
    if (stats === null) return { outcome: 'gone', reason: null };
    if (!stats.isDirectory())
      return { outcome: 'kept', reason: `${basename(part)} is no longer a directory` };
  }
  const now = await readRun(root, run.experiment, run.runId, { evenHeld: true });
  if (now === null) return { outcome: 'gone', reason: null };
  if (now.kind === 'protected') return { outcome: 'kept', reason: now.reason };
  if (now.manifestSha256 === run.manifestSha256) return null;
  return { outcome: 'kept', reason: 'its manifest changed since the plan was made' };
}

/** As the line of an error reads. */
function whyNot(doing: string, error: unknown): string {
  const { message, hint } = ioError(doing, error);
  return hint === undefined ? message : `${message} (${hint})`;
}

/** Deletes a folder in the trash; links in it are removed, never followed. */
async function deleteTree(path: string): Promise<Omit<Removal, 'path'>> {
  try {
    await rm(path, { recursive: true, force: true });
    return { outcome: 'removed', reason: null };
  } catch (error) {
    return { outcome: 'failed', reason: whyNot(`cannot delete ${path}`, error) };
  }
}
