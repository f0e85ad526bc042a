import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { CaptureError } from '../core/errors.js';
import { isLockFile, LOCK_FILE, lockClaimName } from '../core/layout.js';
import { ioError } from './io-error.js';
import { livenessOf, thisProcess, type Liveness } from './process-identity.js';

/** No lock comes near it. */
const MOST_BYTES = 1 << 16;
/** How long another command may take that holds a run only for a moment, and how often it is looked at. */
const PATIENCE_MS = 3000;
const LOOK_EVERY_MS = 50;
/** Under these names locks are made whole. */
const UNCLAIMED = /^\.run\.lock\.[0-9a-f]{8}\.tmp$/;

/** What a process does with a run it holds, as in messages. */
const DOING = ['capturing', 'resuming', 'recovering', 'ingesting', 'removing'] as const;
export type Doing = (typeof DOING)[number];
/** These may take hours: nobody waits. */
const LONG: ReadonlySet<Doing> = new Set(['capturing', 'resuming']);

/** What a lock says; one of an older version, or of somebody else, says less. */
const lockSchema = z.object({
  pid: z.int(),
  host: z.string(),
  machine: z.string().nullable().default(null),
  boot: z.string().nullable().default(null),
  namespace: z.string().nullable().default(null),
  started: z.int().nullable().default(null),
  doing: z.enum(DOING).catch('capturing').default('capturing'),
  /** ISO 8601 UTC. */
  since: z.string().default(''),
});

/** Who holds a run, or may. */
export interface RunHolder {
  pid: number;
  host: string;
  doing: Doing;
  liveness: Exclude<Liveness, 'gone'>;
}

/** Of a lock that does not say. */
const NOBODY_KNOWN: RunHolder = {
  pid: 0,
  host: 'an unknown machine',
  doing: 'capturing',
  liveness: 'unknown',
};

/**
 * Marks a run directory as this process's alone until `unlockRun`; a lock that a process which is gone has left is
 * taken over.
 *
 * A lock is made whole under another name and linked to its own, which one process alone can do, on NFS too. Where
 * stale locks lie, the next free name is taken, and the place is looked at again: of two that take over at the same
 * time at least one sees the other and gives way. Then the claim gets the lock's usual name.
 *
 * @throws CaptureError `busy` when another process holds the run and goes on doing so, `io`
 */
export async function lockRun(directory: string, doing: Doing): Promise<void> {
  const text = `${JSON.stringify({ ...thisProcess(), doing, since: new Date().toISOString() })}\n`;
  const whole = join(directory, `.${LOCK_FILE}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(whole, text, { flag: 'wx' });
    for (const begun = performance.now(); ; await setTimeout(LOOK_EVERY_MS * (0.5 + Math.random()))) {
      const holder = await runHolder(directory);
      if (holder === null && (await claim(directory, whole, text))) {
        // what cannot be removed harms nobody
        await clearUnclaimed(directory, whole).catch(() => {});
        return;
      }
      if (holder === null) continue;
      if (isWorthWaiting(holder) && performance.now() - begun < PATIENCE_MS) continue;
      throw heldError(directory, holder);
    }
  } catch (error) {
    throw ioError(`cannot lock ${directory}`, error);
  } finally {
    // what stays the next one clears
    await rm(whole, { force: true }).catch(() => {});
  }
}

export async function unlockRun(directory: string): Promise<void> {
  const path = join(directory, LOCK_FILE);
  await rm(path, { force: true }).catch((error: unknown) => {
    throw ioError(`cannot remove ${path}`, error);
  });
}

/**
 * @param whole a file with the text of the lock
 * @returns false when another process was faster
 */
async function claim(directory: string, whole: string, text: string): Promise<boolean> {
  const names = await locksIn(directory);
  let name = LOCK_FILE;
  for (let number = 1; names.includes(name); number++) name = lockClaimName(number);
  const path = join(directory, name);
  try {
    await linkNew(whole, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // while it was being written, the process that held the run took it for a leftover
    if (code === 'ENOENT') await writeFile(whole, text, { flag: 'wx' });
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
  for (const other of await locksIn(directory)) {
    if (other === name || (await holderOf(directory, other)) === null) continue;
    await rm(path, { force: true });
    return false;
  }
  if (name !== LOCK_FILE) await rename(path, join(directory, LOCK_FILE));
  // claims of processes that are gone
  for (const other of await locksIn(directory)) {
    if (other !== LOCK_FILE && (await holderOf(directory, other)) === null) {
      await rm(join(directory, other), { force: true });
    }
  }
  return true;
}

/** Removes what processes have left that were killed before their lock had its name. */
async function clearUnclaimed(directory: string, own: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!UNCLAIMED.test(name) || path === own) continue;
    const holder = await holderOf(directory, name);
    // a process that waits has one, too; it makes anew what was removed while it was being written
    if (holder === null || holder === NOBODY_KNOWN) await rm(path, { force: true });
  }
}

/** A file under a new name, or EEXIST; some file systems know no links. */
async function linkNew(whole: string, path: string): Promise<void> {
  try {
    await link(whole, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    const { doing, since } = lockSchema.parse(JSON.parse(await readLock(whole)));
    await writeFile(path, `${JSON.stringify({ ...thisProcess(), doing, since })}\n`, { flag: 'wx' });
  }
}

/** Claims first: one that becomes the lock meanwhile is then seen there. */
const locksIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter(isLockFile).sort().reverse();

/**
 * Who holds the run, or null when nobody does: there is no lock, or it was left by a process that is gone. Where that
 * cannot be told from here (another machine or container, a lock that cannot be read), the run counts as held.
 */
export async function runHolder(directory: string): Promise<RunHolder | null> {
  try {
    for (const name of await locksIn(directory)) {
      const holder = await holderOf(directory, name);
      if (holder !== null) return holder;
    }
    return null;
  } catch (error) {
    // the run itself may be gone
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read the lock of ${directory}`, error);
  }
}

async function holderOf(directory: string, name: string): Promise<RunHolder | null> {
  let text: string;
  try {
    text = await readLock(join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const lock = parseLock(text);
  if (lock === null) return NOBODY_KNOWN;
  const { pid, host, doing } = lock;
  const liveness = livenessOf(lock);
  return liveness === 'gone' ? null : { pid, host, doing, liveness };
}

/** The text of a lock, of a file that is none as far as it is short: a pipe is not waited for. */
async function readLock(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const isWorthWaiting = ({ doing, liveness }: RunHolder): boolean =>
  liveness === 'running' && !LONG.has(doing);

/** As in `process 12 on lab is capturing it`. */
export const heldBy = ({ pid, host, doing }: RunHolder): string => `process ${pid} on ${host} is ${doing} it`;

export const heldError = (directory: string, holder: RunHolder): CaptureError =>
  new CaptureError('busy', `${directory} is held: ${heldBy(holder)}`, { hint: whenHeld(directory, holder) });

/** What somebody can do about a run that is held. */
export const whenHeld = (directory: string, { liveness }: RunHolder): string =>
  liveness === 'running'
    ? 'wait until it has ended'
    : `from here nobody can tell whether it still runs; when it was killed, remove ${join(directory, LOCK_FILE)}`;

/** Null for a torn lock. */
function parseLock(text: string): z.output<typeof lockSchema> | null {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
