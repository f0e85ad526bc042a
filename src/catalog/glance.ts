import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  isFileBesideRecords,
  isLockFile,
  leftoverOf,
  LOCK_FILE,
  MANIFEST_FILE,
  RECOVERED_FOLDER,
  RUN_FILE,
} from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import { heldBy, runHolder, whenHeld, type RunHolder } from '../io/run-lock.js';
import { finishedRun, strange } from './finished-run.js';
import { NO_MARKS, type Marks } from './marks.js';
import type { FoundRun, HeldRun, RunName } from './run-entry.js';

/**
 * Looks at one directory of an experiment, at as little of it as tells what it is: there may be 100,000. Nothing is
 * verified; who deletes looks closely (`inspectRun`).
 * @param evenHeld whoever holds it
 * @returns null for what is no run, or is gone
 */
export async function glanceAt(
  root: string,
  run: RunName,
  marks: Marks = NO_MARKS,
  { evenHeld = false }: { evenHeld?: boolean } = {},
): Promise<FoundRun | null> {
  const path = `${root}/${run.experiment}/${run.runId}`;
  try {
    const found = await look(path, run, marks, evenHeld);
    return found?.kind === 'strange' ? { ...found, bytes: measure(path, readdirSync(path)).bytes } : found;
  } catch (error) {
    return strange(run, marks, ioError(`cannot look at ${path}`, error).message);
  }
}

async function look(path: string, run: RunName, marks: Marks, evenHeld: boolean): Promise<FoundRun | null> {
  // nearly all are finished and nobody's, and asking for three names takes less time than listing all
  const has = (name: string): boolean => existsSync(`${path}/${name}`);
  if (has(RUN_FILE) && !has(LOCK_FILE) && !has(RECOVERED_FOLDER)) {
    const found = finishedRun(path, run, marks);
    if (found !== null) return found;
  }
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return strange(run, marks, ioError(`cannot read ${path}`, error).message);
  }
  if (!names.includes(RUN_FILE) && !isUnbegun(names)) return null;
  if (!evenHeld && names.some(isLockFile)) {
    const holder = await runHolder(path);
    if (holder !== null) return held(path, names, run, marks, holder);
  }
  if (!names.includes(RUN_FILE)) {
    return unfinished(path, names, run, marks, 'its capture was killed before the first step');
  }
  if (names.some((name) => leftoverOf(name) === 'recovered')) {
    return unfinished(path, names, run, marks, 'a recovery of it was killed: run recover again');
  }
  return (
    finishedRun(path, run, marks) ??
    unfinished(path, names, run, marks, `not finished: it has no ${MANIFEST_FILE}`)
  );
}

/** A directory that a capture claimed and was killed before there was a run in it. */
function isUnbegun(names: readonly string[]): boolean {
  const isEarly = (name: string): boolean => isFileBesideRecords(name) || leftoverOf(name) === 'unfinished';
  return names.some(isLockFile) && names.every(isEarly);
}

function unfinished(
  path: string,
  names: readonly string[],
  run: RunName,
  marks: Marks,
  reason: string,
): FoundRun {
  return { kind: 'unfinished', ...run, reason, ...measure(path, names), marks };
}

function held(
  path: string,
  names: readonly string[],
  run: RunName,
  marks: Marks,
  holder: RunHolder,
): HeldRun {
  const { liveness, pid, host } = holder;
  const reason =
    liveness === 'running'
      ? `live: ${heldBy(holder)}`
      : `may be live: locked by process ${pid} on ${host}; ${whenHeld(path, holder)}`;
  const hasManifest = names.includes(MANIFEST_FILE);
  return { kind: 'held', ...run, liveness, hasManifest, reason, ...measure(path, names), marks };
}

/** Size of the files, and when the last of them was written. */
function measure(path: string, names: readonly string[]): { bytes: number; touchedMs: number } {
  let bytes = 0;
  let touchedMs = 0;
  for (const name of ['', ...names]) {
    const stats = lstatSync(join(path, name), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    touchedMs = Math.max(touchedMs, stats.mtimeMs);
    if (stats.isFile()) bytes += stats.size;
  }
  return { bytes, touchedMs };
}
