import { constants } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LOCK_FILE } from '../core/layout.js';
import { ioError } from './io-error.js';
import { livenessOf, thisProcess, type Liveness } from './process-identity.js';

/** No lock comes near it. */
const MOST_BYTES = 1 << 16;

/** What a lock says; one of an older version, or of somebody else, says less. */
const lockSchema = z.object({
  pid: z.int(),
  host: z.string(),
  machine: z.string().nullable().default(null),
  boot: z.string().nullable().default(null),
  namespace: z.string().nullable().default(null),
  started: z.int().nullable().default(null),
  /** ISO 8601 UTC. */
  since: z.string().default(''),
});

/** Who is writing a run, or may be. */
export interface RunHolder {
  pid: number;
  host: string;
  liveness: Exclude<Liveness, 'gone'>;
}

/** Marks a run directory as being written by this process; the directory was claimed, so nobody else has it. */
export async function lockRun(directory: string, since: string): Promise<void> {
  try {
    await writeFile(join(directory, LOCK_FILE), `${JSON.stringify({ ...thisProcess(), since })}\n`, {
      flag: 'wx',
    });
  } catch (error) {
    throw ioError(`cannot lock ${directory}`, error);
  }
}

export async function unlockRun(directory: string): Promise<void> {
  await rm(join(directory, LOCK_FILE), { force: true });
}

/**
 * Who holds the run, or null when nobody does: there is no lock, or it was left by a process that is gone. Where that
 * cannot be told from here (another machine or container, a lock that cannot be read), the run counts as held.
 */
export async function runHolder(directory: string): Promise<RunHolder | null> {
  let text: string;
  try {
    text = await readLock(join(directory, LOCK_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read the lock of ${directory}`, error);
  }
  const lock = parseLock(text);
  if (lock === null) return { pid: 0, host: 'an unknown machine', liveness: 'unknown' };
  const liveness = livenessOf(lock);
  return liveness === 'gone' ? null : { pid: lock.pid, host: lock.host, liveness };
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
