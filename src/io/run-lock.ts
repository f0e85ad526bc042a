import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { LOCK_FILE } from '../core/layout.js';
import { ioError } from './io-error.js';
import { holderOf, releaseLock, takeLock, type Doing, type Lock, type LockHolder } from './lock.js';

/** How long another command may take that holds a run only for a moment. */
const PATIENCE_MS = 3000;
/** These may take hours: nobody waits. */
const LONG: ReadonlySet<Doing> = new Set(['capturing', 'resuming']);

/** Who holds a run, or may. */
export type RunHolder = LockHolder;

const lockOf = (directory: string): Lock => ({ directory, file: LOCK_FILE });

/**
 * Marks a run directory as this process's alone until `unlockRun`; a lock that a process which is gone has left is
 * taken over.
 * @throws CaptureError `busy` when another process holds the run and goes on doing so, `io`
 */
export async function lockRun(directory: string, doing: Doing): Promise<void> {
  let holder: RunHolder | null;
  try {
    holder = await takeLock(lockOf(directory), doing, patienceWith);
  } catch (error) {
    throw ioError(`cannot lock ${directory}`, error);
  }
  if (holder !== null) throw heldError(directory, holder);
}

const patienceWith = ({ doing, liveness }: RunHolder): number =>
  liveness === 'running' && !LONG.has(doing) ? PATIENCE_MS : 0;

export const unlockRun = (directory: string): Promise<void> => releaseLock(lockOf(directory));

/**
 * Who holds the run, or null when nobody does: there is no lock, or it was left by a process that is gone. Where that
 * cannot be told from here (another machine or container, a lock that cannot be read), the run counts as held.
 */
export async function runHolder(directory: string): Promise<RunHolder | null> {
  try {
    return await holderOf(lockOf(directory));
  } catch (error) {
    // the run itself may be gone
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read the lock of ${directory}`, error);
  }
}

/** As in `process 12 on lab is capturing it`. */
export const heldBy = ({ pid, host, doing }: RunHolder): string => `process ${pid} on ${host} is ${doing} it`;

export const heldError = (directory: string, holder: RunHolder): CaptureError =>
  new CaptureError('busy', `${directory} is held: ${heldBy(holder)}`, { hint: whenHeld(directory, holder) });

/** What somebody can do about a run that is held. */
export const whenHeld = (directory: string, { liveness }: RunHolder): string =>
  liveness === 'running'
    ? 'wait until it has ended'
    : `from here nobody can tell whether it still runs; when it was killed, remove ${join(directory, LOCK_FILE)}`;
