import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Backend } from '../backends/backend.js';
import { recordingBackend } from '../backends/index.js';
import { canonicalHash, plainJson, type JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { requireSafeComponent } from '../core/ids.js';
import {
  CONFIG_FILE,
  DATASET_INDEX_FILE,
  isLockFile,
  isRecordFile,
  MANIFEST_FILE,
  OVERRIDES_FILE,
  parquetName,
  parseStreamFile,
  RUN_FILE,
  STREAM_NAMES,
  type StreamName,
  isInRejectedFolder,
} from '../core/layout.js';
import { manifestSchema, type Manifest, type RunMetadata } from '../core/records.js';
import { hashFile } from '../io/file-hash.js';
import { openRun, readManifest, type RunDirectory } from '../io/run-directory.js';
import type { Left, RunFile, SourceFacts } from './plan.js';

/** The schema of plume_nav_sim's own runs, which have no manifest of ours. */
const FOREIGN_SCHEMA = '0.1';

/** What ingest needs of a manifest of plume_nav_sim, which may hold anything else besides. */
const foreignManifestSchema = z.object({
  run_id: z.string().optional(),
  files: z.array(z.union([z.string(), z.looseObject({})])).optional(),
});

export interface Source {
  directory: RunDirectory;
  /** manifest.json as it stands, integers and floats apart. */
  manifestJson: JsonMap | null;
  manifest: Manifest | null;
  /** A backend of one's own that recorded it. */
  own: Backend | undefined;
  /** Threads to read in beside the caller's own. */
  threads: number;
}

/**
 * Opens a run that may be ingested: names that are safe as folders, finished.
 * @throws CaptureError `input`
 */
export async function openSource(
  path: string,
  { own, threads = 0 }: { own?: Backend | undefined; threads?: number } = {},
): Promise<Source> {
  const directory = await openRun(path);
  const { run } = directory;
  requireSafeComponent(`${join(path, RUN_FILE)}: experiment`, run.experiment, 'input');
  requireSafeComponent(`${join(path, RUN_FILE)}: run_id`, run.run_id, 'input');
  const manifestJson = await readManifest(directory);
  if (manifestJson === null && run.schema_version !== FOREIGN_SCHEMA) {
    throw new CaptureError('input', `${path} is not finished: it has no ${MANIFEST_FILE}`, {
      hint: `plume-nav-capture resume ${path} goes on with it, recover keeps what there is`,
    });
  }
  const parsed = manifestSchema.safeParse(plainJson(manifestJson));
  if (parsed.success) return { directory, manifestJson, manifest: parsed.data, own, threads };
  // validation says what is wrong with one that should be ours
  if (manifestJson !== null && run.schema_version === FOREIGN_SCHEMA) {
    requireForeignManifest(join(path, MANIFEST_FILE), manifestJson, run);
  }
  return { directory, manifestJson, manifest: null, own, threads };
}

function requireForeignManifest(path: string, manifestJson: JsonMap, run: RunMetadata): void {
  const hint = 'ingest takes the run without that file, too, and makes one';
  const parsed = foreignManifestSchema.safeParse(plainJson(manifestJson));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = `${issue!.path.join('.')}: ${issue!.message}`;
    throw new CaptureError('input', `${path} is not a manifest: ${what}`, { hint });
  }
  const { run_id: runId = run.run_id } = parsed.data;
  if (runId === run.run_id) return;
  throw new CaptureError('input', `${path} is of another run: its run_id is ${runId}, not ${run.run_id}`, {
    hint,
  });
}

/** What the plan needs to know of a run that has been validated. */
export async function sourceFacts({ directory, manifestJson, manifest, own }: Source): Promise<SourceFacts> {
  const { path, names, run } = directory;
  const listed = new Map(manifest?.files.map((file) => [file.path, file]));
  // a prune may have emptied the samples of rejected episodes
  const missing = [...listed.keys()].find((name) => !names.includes(name) && !isInRejectedFolder(name));
  if (missing !== undefined) {
    throw new CaptureError('input', `${join(path, missing)} does not exist, but ${MANIFEST_FILE} lists it`);
  }
  const files: RunFile[] = [];
  const leftOut: Left[] = [];
  for (const name of names) {
    // ours, or of a process that is gone: it says nothing of the run
    if (isLockFile(name)) continue;
    const file = listed.get(name);
    const reason = file === undefined ? await whyLeftOut(path, name, manifestJson === null) : null;
    if (reason !== null) leftOut.push({ path: name, reason });
    else if (file !== undefined) files.push({ path: name, bytes: file.bytes, sha256: file.sha256 });
    else files.push({ path: name, ...(await hashFile(join(path, name))) });
  }
  return {
    path,
    experiment: run.experiment,
    runId: run.run_id,
    manifest: manifest !== null ? 'ours' : manifestJson === null ? 'none' : 'foreign',
    manifestDigest: manifest?.manifest_digest ?? (manifestJson === null ? null : canonicalHash(manifestJson)),
    contentDigest: manifest?.content_digest ?? null,
    files,
    leftOut,
    withoutParquet: await withoutParquet(
      names.filter((name) => !leftOut.some((left) => left.path === name)),
      own,
    ),
  };
}

/** Why a file that no manifest of ours lists does not go into the dataset; null when it does. */
async function whyLeftOut(directory: string, name: string, unlisted: boolean): Promise<string | null> {
  if (name === DATASET_INDEX_FILE) return 'made anew';
  if (name.startsWith('.')) return 'hidden: a temporary file, or somebody else’s';
  const known = [RUN_FILE, MANIFEST_FILE, CONFIG_FILE, OVERRIDES_FILE].includes(name);
  if (!known && !isRecordFile(name)) return 'not a file of the run: no manifest lists it';
  // its columns are not those the manifest to be made would promise
  if (unlisted && parseStreamFile(name)?.format === 'parquet') return 'written by plume_nav_sim, made anew';
  if (!(await stat(join(directory, name))).isFile()) return 'not a file';
  // what is in it nobody has checked: it may be any file of whoever ingests the run
  const unchecked = name === CONFIG_FILE || name === OVERRIDES_FILE;
  return unchecked && (await leadsOut(directory, name))
    ? 'a link out of the run, and no manifest lists it'
    : null;
}

/** Whether a file of a directory really lies elsewhere. */
async function leadsOut(directory: string, name: string): Promise<boolean> {
  const [place, file] = await Promise.all([realpath(directory), realpath(join(directory, name))]);
  return dirname(file) !== place;
}

/** The streams Parquet can be made of: recorded in another format, and not there yet. */
async function withoutParquet(names: readonly string[], own: Backend | undefined): Promise<StreamName[]> {
  const recorded = await recordingBackend(names, own);
  return recorded.name === 'parquet'
    ? []
    : STREAM_NAMES.filter((stream) => !names.includes(parquetName(stream)));
}
