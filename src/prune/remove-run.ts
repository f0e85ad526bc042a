import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspectRun } from '../catalog/inspect.js';
import { nameOf, type FoundRun } from '../catalog/run-entry.js';
import { CaptureError } from '../core/errors.js';
import type { Manifest } from '../core/records.js';
import { syncDirectory } from '../io/atomic.js';
import { lockRun, runHolder, unlockRun } from '../io/run-lock.js';
import { statsOf } from '../io/stats-of.js';
import { archiveRun } from './archive.js';
import { deleteAside, moveAside } from './aside.js';
import { whyNotIngested } from './ingested.js';
import { whyKept, type LookAgainPorts } from './look-again.js';
import { whyNot, type Ended, type Removal } from './outcome.js';
import type { RemoveDecision } from './plan.js';
import { since, type Policy } from './policy.js';
import { dig, type Burial, type Grave } from './trash.js';

/**
 * Removes a run: looks at it again, locks it, looks once more, archives it where that is asked for, makes its
 * tombstone, takes it out of the results by one rename, and deletes it unless it is to stay in the trash. Killed
 * anywhere in between, it is whole in the results or in the trash, or on its way out, which the next prune finishes.
 */
export async function removeRun(decision: RemoveDecision, ports: LookAgainPorts): Promise<Removal> {
  const path = nameOf(decision.run);
  try {
    return { path, ...(await remove(decision, ports)) };
  } catch (error) {
    return { path, outcome: 'failed', reason: whyNot(`cannot remove ${path}`, error) };
  }
}

async function remove(decision: RemoveDecision, ports: LookAgainPorts): Promise<Ended> {
  const { run } = decision;
  const path = join(ports.root, run.experiment, run.runId);
  const changed = await whyKept(run, ports, { isOurs: false });
  if (changed !== null) return changed;
  const hold = await holdForRemoval(path, run);
  if (typeof hold !== 'boolean') return hold;
  const isLocked = hold;
  try {
    const ended = await removeHeld(decision, path, isLocked, ports);
    if (ended.outcome === 'kept' && isLocked) await unlockRun(path);
    return ended;
  } catch (error) {
    if (isLocked) await unlockRun(path);
    throw error;
  }
}

/** @returns whether there is a lock, or how it ends here */
async function holdForRemoval(path: string, run: FoundRun): Promise<boolean | Ended> {
  // nobody here can tell whether its process still runs, and the policy says that it does not
  if (run.kind === 'held') return false;
  try {
    await lockRun(path, 'removing');
    return true;
  } catch (error) {
    if ((await statsOf(path)) === null) return { outcome: 'gone', reason: null };
    if (error instanceof CaptureError && error.kind === 'busy') {
      return { outcome: 'kept', reason: `live: ${error.message}` };
    }
    if (isFull(error)) return false;
    throw error;
  }
}

async function removeHeld(
  { run, action, reasons }: RemoveDecision,
  path: string,
  isLocked: boolean,
  ports: LookAgainPorts,
): Promise<Ended> {
  const { root, policy, nowMs } = ports;
  const changed = await whyKept(run, ports, { isOurs: isLocked });
  if (changed !== null) return changed;
  let files: Manifest['files'] = [];
  if (run.kind === 'finished') {
    const manifest = await manifestOf(root, run);
    if (typeof manifest === 'string') return { outcome: 'kept', reason: manifest };
    if (policy.requireIngested && run.marks.verdict !== 'rejected') {
      const why = await whyNotIngested(root, run, manifest, policy.dataset);
      if (why !== null) return { outcome: 'kept', reason: why };
    }
    ({ files } = manifest);
  }
  if (action === 'archive') await archiveRun(root, run, files, policy.archive!.folder);
  const keepUntilMs = keepUntil(policy, nowMs);
  const grave = await digUnlessFull(root, run, { reasons, bytes: run.bytes, deletedMs: nowMs, keepUntilMs });
  const done = action === 'archive' ? 'archived' : keepUntilMs > nowMs ? 'trashed' : 'removed';
  if (grave === null) return takeAway(path, root, isLocked);
  try {
    await rename(path, grave.path);
  } catch (error) {
    await rm(grave.folder, { recursive: true, force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
  await syncDirectory(grave.folder);
  if (keepUntilMs > nowMs) return { outcome: done, reason: null };
  const { outcome, reason } = await deleteAside(await moveAside(root, grave.folder));
  return { outcome: outcome === 'removed' ? done : outcome, reason };
}

/** Where space is short, the trash is no place to keep things. */
function keepUntil({ keepTrash, limits }: Policy, nowMs: number): number {
  if (keepTrash === null || limits.length > 0) return nowMs;
  return nowMs + (nowMs - since(keepTrash, nowMs));
}

/** A full disk has no room for a tombstone, and is what somebody prunes for; but what is to be kept needs one. */
async function digUnlessFull(root: string, run: FoundRun, burial: Burial): Promise<Grave | null> {
  try {
    return await dig(root, run, burial);
  } catch (error) {
    if (isFull(error) && burial.keepUntilMs <= burial.deletedMs) return null;
    throw error;
  }
}

function isFull(error: unknown): boolean {
  const { cause = error } = error as Error;
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Removal without a stop in the trash, on a disk with no room for anything. */
async function takeAway(path: string, root: string, isLocked: boolean): Promise<Ended> {
  const aside = await moveAside(root, path);
  // who came in between the look and the rename has left a lock: give the run back
  if (!isLocked && (await runHolder(aside)) !== null) {
    await rename(aside, path);
    return { outcome: 'kept', reason: 'it became live' };
  }
  return deleteAside(aside);
}

async function manifestOf(root: string, run: FoundRun): Promise<Manifest | string> {
  try {
    return await inspectRun(root, run);
  } catch (error) {
    if (error instanceof CaptureError && error.kind === 'input') return error.message;
    throw error;
  }
}
