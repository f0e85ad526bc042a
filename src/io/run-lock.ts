import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LOCK_FILE } from '../core/layout.js';
import { ioError } from './io-error.js';

/** Who is writing a run. */
export interface RunLock {
  pid: number;
  host: string;
  /** ISO 8601 UTC. */
  since: string;
}

/** Marks a run directory as being written by this process; the directory was claimed, so nobody else has it. */
export async function lockRun(directory: string, since: string): Promise<void> {
  const lock: RunLock = { pid: process.pid, host: hostname(), since };
  try {
    await writeFile(join(directory, LOCK_FILE), `${JSON.stringify(lock)}\n`, { flag: 'wx' });
  } catch (error) {
    throw ioError(`cannot lock ${directory}`, error);
  }
}

export async function unlockRun(directory: string): Promise<void> {
  await rm(join(directory, LOCK_FILE), { force: true });
}

/** Whether a process of this machine is running, whoever owns it. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Who holds the run, or null when nobody does (no lock, or one left by a killed process of this machine).
 * A lock of another host or one we cannot read counts as held: we cannot know better.
 */
export async function runHolder(directory: string): Promise<RunLock | null> {
  let text: string;
  try {
    text = await readFile(join(directory, LOCK_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read the lock of ${directory}`, error);
  }
  const lock = parseLock(text);
  return lock.host === hostname() && !processExists(lock.pid) ? null : lock;
}

function parseLock(text: string): RunLock {
  try {
    const { pid, host, since } = JSON.parse(text) as RunLock;
    if (Number.isInteger(pid) && typeof host === 'string') return { pid, host, since };
  } catch {
    // fall through: a torn lock is a lock
  }
  return { pid: 0, host: 'unknown', since: '' };
}
