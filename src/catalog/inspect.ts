import { join } from 'node:path';
import { canonicalHash, parseTypedJson, plainJson, type JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { isInRejectedFolder, MANIFEST_FILE, RUN_FILE } from '../core/layout.js';
import { manifestSchema, type Manifest } from '../core/records.js';
import { openRun, readJsonBytes } from '../io/run-directory.js';
import { statsOf } from '../io/stats-of.js';
import { nameOf, newestFirst, type FinishedRun, type RunName } from './run-entry.js';

/**
 * A finished run looked at closely: its manifest is whole and unchanged, and run.json and the manifest agree with
 * where the run lies.
 * @throws CaptureError `input` that says what is not as it should be
 */
export async function inspectRun(root: string, name: RunName): Promise<Manifest> {
  const path = join(root, name.experiment, name.runId);
  const { run, names } = await openRun(path);
  const refuse = (why: string): never => {
    throw new CaptureError('input', why);
  };
  if (run.run_id !== name.runId) refuse(`renamed by hand: its ${RUN_FILE} says ${run.run_id}`);
  if (run.experiment !== name.experiment) {
    refuse(`moved by hand: its ${RUN_FILE} says experiment ${run.experiment}`);
  }
  if (!names.includes(MANIFEST_FILE)) refuse(`not finished: it has no ${MANIFEST_FILE}`);
  const { manifest, digest } = parseManifest((await readJsonBytes(join(path, MANIFEST_FILE))).toString());
  if (manifest.run_id !== name.runId) refuse(`${MANIFEST_FILE} is of another run, ${manifest.run_id}`);
  if (manifest.manifest_digest !== digest) refuse(`${MANIFEST_FILE} was changed after it was written`);
  return manifest;
}

/** A manifest of ours and the digest it should state. */
function parseManifest(text: string): { manifest: Manifest; digest: string } {
  try {
    const json = parseTypedJson(text);
    const manifest = manifestSchema.parse(plainJson(json));
    const { manifest_digest: _, ...body } = json as JsonMap;
    return { manifest, digest: canonicalHash(body) };
  } catch (error) {
    throw new CaptureError('input', `${MANIFEST_FILE} is not one of ours`, { cause: error });
  }
}

/**
 * How much a run would be missed: 2 when it is whole and valid, and nobody has rejected it; 1 when it is only whole, its
 * manifest holds and every file is there in its size; 0 when something of it is lost.
 */
async function worthOf(root: string, run: FinishedRun): Promise<0 | 1 | 2> {
  try {
    const { files, validation } = await inspectRun(root, run);
    for (const { path, bytes } of files) {
      // a prune may have emptied them
      if (isInRejectedFolder(path)) continue;
      const stats = await statsOf(join(root, run.experiment, run.runId, path));
      if (stats === null || !stats.isFile() || stats.size !== bytes) return 0;
    }
    return validation.ok && run.marks.verdict !== 'rejected' ? 2 : 1;
  } catch (error) {
    if (error instanceof CaptureError) return 0;
    throw error;
  }
}

/**
 * The last run of each experiment that is whole and valid, and that nobody has rejected; where there is none, the
 * last that is whole, or the newest.
 * @returns names as of `nameOf`
 */
export async function lastSoundRuns(root: string, runs: readonly FinishedRun[]): Promise<Set<string>> {
  const last = new Map<string, { run: FinishedRun; worth: number }>();
  for (const run of [...runs].sort(newestFirst)) {
    const best = last.get(run.experiment);
    if (best?.worth === 2) continue;
    const worth = await worthOf(root, run);
    if (best === undefined || worth > best.worth) last.set(run.experiment, { run, worth });
  }
  return new Set([...last.values()].map(({ run }) => nameOf(run)));
}
