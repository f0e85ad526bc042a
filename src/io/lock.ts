import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { isLockName, lockClaimName } from '../core/layout.js';
import { ioError } from './io-error.js';
import { livenessOf, thisProcess, type Liveness } from './process-identity.js';

/** No lock comes near it. */
const MOST_BYTES = 1 << 16;
/** How often a lock that is waited for is looked at, first and then. */
const LOOK_EVERY_MS = 50;
const LOOK_AT_LEAST_EVERY_MS = 500;

/** What a process does with what it holds, as in messages. */
const DOING = ['capturing', 'resuming', 'recovering', 'ingesting', 'removing', 'writing'] as const;
export type Doing = (typeof DOING)[number];

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

/** A file that says who holds something, as long as somebody does. */
export interface Lock {
  readonly directory: string;
  /** Its name. */
  readonly file: string;
}

/** Who holds a lock, or may. */
export interface LockHolder {
  pid: number;
  host: string;
  doing: Doing;
  liveness: Exclude<Liveness, 'gone'>;
}

/** Of a lock that does not say. */
const NOBODY_KNOWN: LockHolder = {
  pid: 0,
  host: 'an unknown machine',
  doing: 'capturing',
  liveness: 'unknown',
};

/**
 * Takes a lock until `releaseLock`; one that a process which is gone has left is taken over.
 *
 * A lock is made whole under another name and linked to its own, which one process alone can do, on NFS too. Where
 * stale locks lie, the next free name is taken, and the place is looked at again: of two that take over at the same
 * time at least one sees the other and gives way. Then the claim gets the lock's usual name.
 *
 * @param patience how long that holder is waited for, in milliseconds; another one after it is waited for anew
 * @returns null, or the holder that took too long
 * @throws a system error
 */
export async function takeLock(
  lock: Lock,
  doing: Doing,
  patience: (holder: LockHolder) => number,
): Promise<LockHolder | null> {
  let waitMs = LOOK_EVERY_MS;
  for (let last: LockHolder | null = null, since = 0; ;) {
    const holder = await holderOf(lock);
    if (holder === null) {
      if (await tryLock(lock, doing)) return null;
    } else {
      if (holder.pid !== last?.pid || holder.host !== last.host) since = performance.now();
      if (performance.now() - since >= patience(holder)) return holder;
      last = holder;
    }
    await setTimeout(waitMs * (0.5 + Math.random()));
    // hundreds may be waiting
    waitMs = Math.min(LOOK_AT_LEAST_EVERY_MS, waitMs * 1.3);
  }
}

/** @returns false when another process was faster */
async function tryLock(lock: Lock, doing: Doing): Promise<boolean> {
  const { directory, file } = lock;
  const whole = join(directory, `.${file}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const text = `${JSON.stringify({ ...thisProcess(), doing, since: new Date().toISOString() })}\n`;
    await writeFile(whole, text, { flag: 'wx' });
    if (!(await claim(lock, whole))) return false;
    // what cannot be removed harms nobody
    await clearUnclaimed(lock, whole).catch(() => {});
    return true;
  } finally {
    // what stays the next one clears
    await rm(whole, { force: true }).catch(() => {});
  }
}

/** @throws CaptureError `io` */
export async function releaseLock({ directory, file }: Lock): Promise<void> {
  const path = join(directory, file);
  await rm(path, { force: true }).catch((error: unknown) => {
    throw ioError(`cannot remove ${path}`, error);
  });
}

/**
 * Who holds a lock, null when nobody does; where that cannot be told from here, somebody does.
 * @throws a system error
 */
export async function holderOf(lock: Lock): Promise<LockHolder | null> {
  for (const name of await locksIn(lock)) {
    const holder = await readHolder(lock, name);
    if (holder !== null) return holder;
  }
  return null;
}

/**
 * @param whole a file with the text of the lock
 * @returns false when another process was faster
 */
async function claim(lock: Lock, whole: string): Promise<boolean> {
  const { directory, file } = lock;
  const names = await locksIn(lock);
  let name = file;
  for (let number = 1; names.includes(name); number++) name = lockClaimName(file, number);
  const path = join(directory, name);
  try {
    await linkNew(whole, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: while it was being written, the process that held the lock took it for a leftover
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
  for (const other of await locksIn(lock)) {
    if (other === name || (await readHolder(lock, other)) === null) continue;
    await rm(path, { force: true });
    return false;
  }
  if (name !== file) await rename(path, join(directory, file));
  // claims of processes that are gone
  for (const other of await locksIn(lock)) {
    if (other !== file && (await readHolder(lock, other)) === null) {
      await rm(join(directory, other), { force: true });
    }
  }
  return true;
}

/** Removes what processes have left that were killed before their lock had its name. */
async function clearUnclaimed(lock: Lock, own: string): Promise<void> {
  for (const name of await readdir(lock.directory)) {
    const path = join(lock.directory, name);
    if (!isUnclaimed(lock, name) || path === own) continue;
    const holder = await readHolder(lock, name);
    // a process that was slower has one, too; it makes anew what was removed while it was being written
    if (holder === null || holder === NOBODY_KNOWN) await rm(path, { force: true });
  }
}

/** Under these names locks are made whole. */
const isUnclaimed = ({ file }: Lock, name: string): boolean =>
  name.startsWith(`.${file}.`) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(file.length + 2));

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
const locksIn = async ({ directory, file }: Lock): Promise<string[]> =>
  (await readdir(directory))
    .filter((name) => isLockName(file, name))
    .sort()
    .reverse();

async function readHolder({ directory }: Lock, name: string): Promise<LockHolder | null> {
  let text: string;
  try {
    text = await readLock(join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const said = parseLock(text);
  if (said === null) return NOBODY_KNOWN;
  const { pid, host, doing } = said;
  const liveness = livenessOf(said);
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

/** Null for a torn lock. */
function parseLock(text: string): z.output<typeof lockSchema> | null {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
