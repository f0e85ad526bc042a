import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { DATASET_INDEX_FILE, RUN_FILE } from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import { statsOf } from '../io/stats-of.js';
import { whyNot, type Removal } from './outcome.js';
import { since, type Policy } from './policy.js';

/** A file below the folder of runtime logs. */
export interface LogFile {
  /** Relative to that folder. */
  path: string;
  bytes: number;
  changedMs: number;
}

export interface LogDecision extends LogFile {
  reason: string;
}

/** The seeds of scenes: without them a dataset cannot be made again, so they stay for ever. */
const SCENE_SEEDS = /^scenes\b/i;
/** What was written to so lately is likely to be written to again. */
const IN_USE_MS = 3_600_000;

/** The files of a folder of runtime logs, no scene seeds, no runs, nothing through links or on another file system. */
export async function findLogs(folder: string): Promise<LogFile[]> {
  const top = await statsOf(folder);
  if (top?.isDirectory() !== true) {
    throw new CaptureError('input', `${folder} is not a folder of runtime logs`, {
      hint: 'give --runtime-logs the folder they lie in: data/raw/runtime',
    });
  }
  const files: LogFile[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await entriesOf(join(folder, below));
    // a run, or a copy of one in a dataset, is no log
    if (entries.some(({ name }) => name === RUN_FILE || name === DATASET_INDEX_FILE)) return;
    for (const entry of entries) {
      const path = below === '' ? entry.name : join(below, entry.name);
      const stats = await statsOf(join(folder, path));
      if (stats === null || stats.dev !== top.dev) continue;
      if (stats.isDirectory()) await walk(path);
      else if (stats.isFile() && !SCENE_SEEDS.test(entry.name)) {
        files.push({ path, bytes: stats.size, changedMs: stats.mtimeMs });
      }
    }
  };
  await walk('');
  return files;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw ioError(`cannot read ${folder}`, error);
  }
}

/** Which logs go: those over the age, and the oldest while the others are too large. Pure. */
export function planLogs(
  files: readonly LogFile[],
  { maxAge, maxBytes }: NonNullable<Policy['logs']>,
  nowMs: number,
): LogDecision[] {
  const oldestFirst = [...files].sort((a, b) => a.changedMs - b.changedMs || (a.path < b.path ? -1 : 1));
  const until = maxAge === null ? -Infinity : since(maxAge, nowMs);
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const decisions: LogDecision[] = [];
  for (const file of oldestFirst) {
    const isOld = file.changedMs < until;
    const isTooMuch = maxBytes !== null && left > maxBytes && file.changedMs < nowMs - IN_USE_MS;
    if (!isOld && !isTooMuch) continue;
    decisions.push({ ...file, reason: isOld ? maxAge!.label : 'oldest first for logs-max-size' });
    left -= file.bytes;
  }
  return decisions;
}

/** Removes logs, unless they were written to since. */
export async function removeLogs(folder: string, decisions: readonly LogDecision[]): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (const { path, changedMs } of decisions) {
    const file = join(folder, path);
    try {
      const stats = await statsOf(file);
      if (stats === null) removals.push({ path: file, outcome: 'gone', reason: null });
      else if (!stats.isFile() || stats.mtimeMs !== changedMs) {
        removals.push({ path: file, outcome: 'kept', reason: 'it was written to since the plan was made' });
      } else {
        await rm(file);
        removals.push({ path: file, outcome: 'removed', reason: null });
      }
    } catch (error) {
      removals.push({ path: file, outcome: 'failed', reason: whyNot(`cannot remove ${file}`, error) });
    }
  }
  return removals;
}
