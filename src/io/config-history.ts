import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { changeLines, ExperimentHistory, type CaptureFacts } from '../core/config-history.js';
import { CaptureError } from '../core/errors.js';
import { HISTORY_FILE, HISTORY_LOCK_FILE } from '../core/layout.js';
import type { Clock } from '../core/ports.js';
import { readLines, readTail, START } from './append-log.js';
import { ioError } from './io-error.js';
import { releaseLock, takeLock, type Lock } from './lock.js';

/** Writing takes milliseconds; after so many of them whoever does it is likely to be gone. */
const PATIENCE_MS = 5000;
/** More than most captures write: of those that change nothing nothing else is read. */
const TAIL_BYTES = 1 << 18;

/** A configuration that an experiment is captured with from now on. */
export interface NewConfig extends Omit<CaptureFacts, 'ts'> {
  /** Resolved, integers and floats apart. */
  config: Parameters<typeof changeLines>[1];
}

export interface Appended {
  path: string;
  /** Keys that differ from the experiment's last configuration; 0 and nothing was written. */
  changes: number;
  /** Number of a line that is damaged, the first one; null when none was met. */
  damagedLine: number | null;
}

/**
 * Appends to the history of a results folder what a configuration changes. What has been read stays as it is, so the
 * folder is locked only for what others may have added since.
 * @throws CaptureError `io` when the history cannot be read or written, `busy` when somebody holds it too long
 */
export async function appendConfig(output: string, next: NewConfig, clock: Clock): Promise<Appended> {
  const path = join(output, HISTORY_FILE);
  const { experiment, config, config_hash: hash } = next;
  const tail = new ExperimentHistory(experiment);
  await readTail(path, TAIL_BYTES, (line) => void tail.add(line));
  if (tail.endsWith(hash)) return { path, changes: 0, damagedLine: null };

  let damagedLine: number | null = null;
  const history = new ExperimentHistory(experiment);
  const add = (line: string, number: number): void => {
    if (!history.add(line)) damagedLine ??= number;
  };
  const linesTo = (ts: string): string[] => changeLines(history.config(), config, { ...next, ts });
  const seen = (await readLines(path, START, add)) ?? START;
  if (linesTo('').length === 0) return { path, changes: 0, damagedLine };
  const lock = await lockHistory(output, path);
  try {
    await readLines(path, seen, add);
    const lines = linesTo(new Date(clock.now()).toISOString());
    if (lines.length > 0) await append(path, lines.join(''));
    return { path, changes: lines.length, damagedLine };
  } finally {
    await releaseLock(lock);
  }
}

/**
 * Reads the whole lines of the history of a results folder, numbered from 1.
 * @returns its path
 * @throws CaptureError `input` when there is none, `io`
 */
export async function readHistory(
  results: string,
  visit: (line: string, number: number) => void,
): Promise<string> {
  const path = join(results, HISTORY_FILE);
  if ((await readLines(path, START, visit)) !== null) return path;
  throw new CaptureError('input', `${path} does not exist`, {
    hint: 'give the folder of the results: a capture writes it there, beside the experiments',
  });
}

async function lockHistory(directory: string, path: string): Promise<Lock> {
  const lock: Lock = { directory, file: HISTORY_LOCK_FILE };
  const holder = await takeLock(lock, 'writing', () => PATIENCE_MS).catch((error: unknown) => {
    throw ioError(`cannot lock ${path}`, error);
  });
  if (holder === null) return lock;
  const { pid, host } = holder;
  throw new CaptureError('busy', `${path} is held by process ${pid} on ${host}`, {
    hint: `when that was killed, remove ${join(directory, HISTORY_LOCK_FILE)}`,
  });
}

/** All of it or nothing, behind the last line; one that is torn becomes a line of its own. */
async function append(path: string, text: string): Promise<void> {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // a pipe is not waited for
    const file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
    const { size } = await file.stat();
    try {
      const bytes = Buffer.from((await endsTorn(file, size)) ? `\n${text}` : text);
      // in one piece, unless the disk is full
      for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
    } catch (error) {
      await file.truncate(size).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    // as DVC puts one into its cache, which must not be written
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') {
      throw new CaptureError('io', `${path} is a symbolic link`, { hint: 'put the file itself there' });
    }
    throw ioError(`cannot write ${path}`, error);
  }
}

async function endsTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}
