import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { runIdEpochMs } from '../core/ids.js';
import {
  isFileBesideRecords,
  isLockFile,
  leftoverOf,
  LOCK_FILE,
  MANIFEST_FILE,
  RECOVERED_FOLDER,
  REJECTED_FOLDER,
  RUN_FILE,
} from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import { heldBy, runHolder, whenHeld, type RunHolder } from '../io/run-lock.js';
import { NO_MARKS, type Marks } from './marks.js';
import type { FoundRun, HeldRun, RunName } from './run-entry.js';

/** Of a manifest without thousands of parts or findings; a larger one is read in a buffer of its own. */
const buffer = Buffer.allocUnsafe(1 << 16);
/** Of a text in a manifest, where it stands in a reason. */
const LONGEST_SAID = 128;
/** The same as `readJsonBytes` takes. */
const MAX_MANIFEST_BYTES = 200_000_000;
/** Never through a link, and never waiting for a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Looks at one directory of an experiment, at as little of it as tells what it is: of 100,000 runs each costs what
 * `find` needs for it twice over. Nothing is verified; who deletes looks closely (`inspectRun`).
 * @param evenHeld whoever holds it
 * @returns null for what is no run, or is gone
 */
export async function glanceAt(
  root: string,
  run: RunName,
  marks: Marks = NO_MARKS,
  { evenHeld = false }: { evenHeld?: boolean } = {},
): Promise<FoundRun | null> {
  const path = join(root, run.experiment, run.runId);
  try {
    return await look(path, run, marks, evenHeld);
  } catch (error) {
    return strange(run, marks, ioError(`cannot look at ${path}`, error).message);
  }
}

async function look(path: string, run: RunName, marks: Marks, evenHeld: boolean): Promise<FoundRun | null> {
  // nearly all are finished and nobody's, and asking for four names takes half the time of listing all
  const has = (name: string): boolean => existsSync(`${path}/${name}`);
  if (has(MANIFEST_FILE) && has(RUN_FILE) && !has(LOCK_FILE) && !has(RECOVERED_FOLDER)) {
    return finished(join(path, MANIFEST_FILE), has(REJECTED_FOLDER), run, marks);
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
  if (!names.includes(MANIFEST_FILE)) {
    return unfinished(path, names, run, marks, `not finished: it has no ${MANIFEST_FILE}`);
  }
  return finished(join(path, MANIFEST_FILE), names.includes(REJECTED_FOLDER), run, marks);
}

/** A directory that a capture claimed and was killed before there was a run in it. */
function isUnbegun(names: readonly string[]): boolean {
  const isEarly = (name: string): boolean => isFileBesideRecords(name) || leftoverOf(name) === 'unfinished';
  return names.some(isLockFile) && names.every(isEarly);
}

function strange(run: RunName, marks: Marks, reason: string): FoundRun {
  return { kind: 'strange', ...run, reason, bytes: 0, marks };
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
  return { kind: 'held', ...run, liveness, reason, ...measure(path, names), marks };
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

/** By its manifest: when the run ended and how large it is. Never by file times, which copying changes. */
function finished(path: string, hasRejectedSamples: boolean, run: RunName, marks: Marks): FoundRun {
  let text: string;
  try {
    text = readSmall(path);
  } catch (error) {
    return strange(run, marks, `${MANIFEST_FILE} cannot be read: ${(error as Error).message}`);
  }
  let manifest: Stated;
  try {
    manifest = (parseAsWritten(text) ?? JSON.parse(text) ?? {}) as Stated;
  } catch {
    return strange(run, marks, `${MANIFEST_FILE} is not one of ours`);
  }
  const { totals, counts, manifest_digest: manifestDigest } = manifest;
  if (typeof manifestDigest !== 'string' || !isCount(totals?.bytes) || !isCount(counts?.steps)) {
    return strange(run, marks, `${MANIFEST_FILE} is not one of ours`);
  }
  if (manifest.run_id !== run.runId) {
    return strange(run, marks, `renamed by hand: its ${MANIFEST_FILE} says ${said(manifest.run_id)}`);
  }
  if (manifest.experiment !== run.experiment) {
    return strange(
      run,
      marks,
      `moved by hand: its ${MANIFEST_FILE} says experiment ${said(manifest.experiment)}`,
    );
  }
  const { started_at: startedAt = null, ended_at: endedAt = null } = manifest;
  if (endedAt !== null && firstTime(endedAt) === null) {
    return strange(run, marks, `${MANIFEST_FILE} says it ended at '${said(endedAt)}', which is no date`);
  }
  const startedMs = firstTime(startedAt) ?? runIdEpochMs(run.runId);
  const endedMs = firstTime(endedAt) ?? startedMs;
  if (endedMs === null) return strange(run, marks, 'nothing says when it ended');
  return {
    kind: 'finished',
    experiment: run.experiment,
    runId: run.runId,
    status: said(manifest.status),
    startedMs: startedMs ?? endedMs,
    endedMs,
    episodes: isCount(counts.episodes) ? counts.episodes : 0,
    steps: counts.steps,
    bytes: totals.bytes,
    configHash: typeof manifest.config_hash === 'string' ? manifest.config_hash : null,
    manifestDigest,
    hasRejectedSamples,
    marks,
  };
}

/**
 * The manifest without its report and its inventory, which are the most of it and take the most time, where it is
 * printed as ours are; null for another form. No text in JSON has a line break, so these can only be the keys.
 */
function parseAsWritten(text: string): unknown {
  const from = text.indexOf('\n  "validation": {');
  const to = text.indexOf('\n  "totals": {');
  if (from < 0 || to < from) return null;
  try {
    return JSON.parse(text.slice(0, from) + text.slice(to));
  } catch {
    return null;
  }
}

/** What a manifest should say; a stranger's may say anything. */
type Stated = Partial<{
  run_id: unknown;
  experiment: unknown;
  status: unknown;
  started_at: unknown;
  ended_at: unknown;
  config_hash: unknown;
  totals: { bytes?: unknown };
  counts: { episodes?: unknown; steps?: unknown };
  manifest_digest: unknown;
}>;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** As it may stand in a line. */
const said = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, LONGEST_SAID) : `no text but ${typeof value}`;

/** A time that is one, in milliseconds since the epoch. */
function firstTime(time: unknown): number | null {
  const epochMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(epochMs) ? null : epochMs;
}

function readSmall(path: string): string {
  const file = openSync(path, READ);
  try {
    const length = readSync(file, buffer, 0, buffer.length, 0);
    if (length < buffer.length) return buffer.toString('utf8', 0, length);
    const { size } = fstatSync(file);
    if (size > MAX_MANIFEST_BYTES) throw new Error('it is larger than 200 MB, more than any run needs');
    const whole = Buffer.allocUnsafe(size);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < size; filled += read) {
      read = readSync(file, whole, filled, size - filled, filled);
    }
    return whole.toString('utf8', 0, filled);
  } finally {
    closeSync(file);
  }
}
