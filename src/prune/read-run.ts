import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalHash, parseTypedJson, plainJson, type JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { runIdEpochMs } from '../core/ids.js';
import { MANIFEST_FILE, RUN_FILE } from '../core/layout.js';
import { manifestSchema, type Manifest, type RunMetadata } from '../core/records.js';
import { ioError } from '../io/io-error.js';
import { openRun, readJsonBytes } from '../io/run-directory.js';
import { heldBy, runHolder, whenHeld, type RunHolder } from '../io/run-lock.js';
import type { FoundRun } from './plan.js';

/**
 * Looks at one run; whatever is not quite as a finished run should be protects it, with the reason.
 * @param evenHeld whoever holds it
 * @returns null when it is gone: another prune may be at work
 */
export async function readRun(
  root: string,
  experiment: string,
  runId: string,
  { evenHeld = false }: { evenHeld?: boolean } = {},
): Promise<FoundRun | null> {
  const path = join(root, experiment, runId);
  const found = await lookAt(path, experiment, runId, evenHeld);
  if (found.kind === 'finished') return found;
  return (await statsOf(path)) === null ? null : found;
}

/** What lies at a path, links not followed; null when nothing does. */
export async function statsOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot look at ${path}`, error);
  }
}

async function lookAt(path: string, experiment: string, runId: string, evenHeld: boolean): Promise<FoundRun> {
  const protect = (reason: string): FoundRun => ({ kind: 'protected', experiment, runId, reason });
  try {
    const holder = evenHeld ? null : await runHolder(path);
    if (holder !== null) return protect(whyHeld(path, holder));
    const { run, names } = await openRun(path);
    if (run.run_id !== runId) return protect(`renamed by hand: its ${RUN_FILE} says ${run.run_id}`);
    if (run.experiment !== experiment) {
      return protect(`moved by hand: its ${RUN_FILE} says experiment ${run.experiment}`);
    }
    if (!names.includes(MANIFEST_FILE)) return protect(`not known to be finished: no ${MANIFEST_FILE}`);
    return await readFinished(path, run);
  } catch (error) {
    if (error instanceof CaptureError) return protect(error.message);
    throw error;
  }
}

function whyHeld(path: string, holder: RunHolder): string {
  const { pid, host, liveness } = holder;
  if (liveness === 'running') return `live: ${heldBy(holder)}`;
  return `may be live: locked by process ${pid} on ${host}; ${whenHeld(path, holder)}`;
}

/** By its manifest: when the run ended and how large it is. Never by file times, which copying changes. */
async function readFinished(path: string, run: RunMetadata): Promise<FoundRun> {
  const { experiment, run_id: runId } = run;
  const protect = (reason: string): FoundRun => ({ kind: 'protected', experiment, runId, reason });
  let text: Buffer;
  try {
    text = await readJsonBytes(join(path, MANIFEST_FILE));
  } catch (error) {
    return protect(`${MANIFEST_FILE} cannot be read: ${(error as Error).message}`);
  }
  const parsed = parseManifest(text.toString());
  if (parsed === null) return protect(`${MANIFEST_FILE} is not one of ours`);
  const { manifest, digest } = parsed;
  if (manifest.run_id !== runId) return protect(`${MANIFEST_FILE} is of another run, ${manifest.run_id}`);
  if (manifest.manifest_digest !== digest) {
    return protect(`${MANIFEST_FILE} was changed after it was written`);
  }
  if (manifest.ended_at !== null && firstTime(manifest.ended_at) === null) {
    return protect(`${MANIFEST_FILE} says it ended at '${manifest.ended_at}', which is no date`);
  }
  const endedMs = firstTime(manifest.ended_at, manifest.started_at, run.start_time) ?? runIdEpochMs(runId);
  if (endedMs === null) return protect('nothing says when it ended');
  const manifestSha256 = createHash('sha256').update(text).digest('hex');
  return { kind: 'finished', experiment, runId, endedMs, bytes: manifest.totals.bytes, manifestSha256 };
}

/** A manifest of ours and the digest it should state, or null when it is none. */
function parseManifest(text: string): { manifest: Manifest; digest: string } | null {
  try {
    const json = parseTypedJson(text);
    const manifest = manifestSchema.parse(plainJson(json));
    const { manifest_digest: _, ...body } = json as JsonMap;
    return { manifest, digest: canonicalHash(body) };
  } catch {
    return null;
  }
}

/** The first that is a time, in milliseconds since the epoch. */
function firstTime(...times: (string | null)[]): number | null {
  for (const time of times) {
    const epochMs = time === null ? Number.NaN : Date.parse(time);
    if (!Number.isNaN(epochMs)) return epochMs;
  }
  return null;
}
