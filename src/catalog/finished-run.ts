import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { runIdEpochMs } from '../core/ids.js';
import { MANIFEST_FILE } from '../core/layout.js';
import { MAX_JSON_BYTES } from '../io/run-directory.js';
import { markPath, type MarkDetails, type MarkName, type Marks } from './marks.js';
import type { FoundRun, RunName } from './run-entry.js';

/** Of a manifest without thousands of parts or findings; a larger one is read in a buffer of its own. */
const buffer = Buffer.allocUnsafe(1 << 16);
/** Of a text in a manifest, where it stands in a reason. */
const LONGEST_SAID = 128;
/** Never through a link, and never waiting for a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A run that is not as one of ours should be. */
export function strange(run: RunName, marks: Marks, reason: string): FoundRun {
  return { kind: 'strange', ...run, reason, bytes: 0, marks };
}

/**
 * By its manifest: when the run ended and how large it is. Never by file times, which copying changes.
 * @param path of the run
 * @returns null when it has no manifest
 */
export function finishedRun(path: string, run: RunName, marks: Marks): FoundRun | null {
  let text: string;
  try {
    text = readSmall(`${path}/${MANIFEST_FILE}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    const isFile = lstatSync(`${path}/${MANIFEST_FILE}`, { throwIfNoEntry: false })?.isFile() ?? true;
    return strange(run, marks, `${MANIFEST_FILE} ${isFile ? `cannot be read: ${message}` : 'is not a file'}`);
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
    marks: standing(path, run, marks, manifestDigest),
  };
}

/** Marks without those that were made for another run of that name, or before it was gone on with. */
function standing(path: string, run: RunName, marks: Marks, manifestDigest: string): Marks {
  const isOfAnother = (mark: MarkName): boolean => {
    try {
      const { manifest_digest: of } = JSON.parse(
        readSmall(markPath(dirname(path), run, mark)),
      ) as MarkDetails;
      return typeof of === 'string' && of !== manifestDigest;
    } catch {
      // what stands in it nobody can tell, but somebody has made it
      return false;
    }
  };
  const { verdict, ingested } = marks;
  if (verdict === null && !ingested) return marks;
  return {
    ...marks,
    verdict: verdict === null || isOfAnother(verdict) ? null : verdict,
    ingested: ingested && !isOfAnother('ingested'),
  };
}

/**
 * The manifest without its environment, its report and its inventory, which are the most of it and take the most
 * time, where it is printed as ours are; null for another form. No text in JSON has a line break, so these can only
 * be the keys.
 */
function parseAsWritten(text: string): unknown {
  const from = text.indexOf('\n  "env_config": {');
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
    if (size > MAX_JSON_BYTES) throw new Error('it is larger than 200 MB, more than any run needs');
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
